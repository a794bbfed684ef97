package ledger

import (
	"encoding/json"
	"fmt"

	"siaran/campaign"
)

const messageColumns = `seq, ref_id, address, others, cells, digest, problem`

func scanMessage(s scanner, run string) (campaign.Message, error) {
	m := campaign.Message{Run: run}
	var others, cells, problem string
	if err := s.Scan(&m.Seq, &m.RefID, &m.Address, &others, &cells, &m.Digest, &problem); err != nil {
		return m, err
	}
	return m, fillMessage(&m, others, cells, problem)
}

// fillMessage reads what stands as JSON.
func fillMessage(m *campaign.Message, others, cells, problem string) (err error) {
	if err := decodeOthers(others, m); err != nil {
		return err
	}
	if m.Cells, err = DecodeCells([]byte(cells)); err != nil {
		return fmt.Errorf("row %d: %w", m.Seq, err)
	}
	if problem == "" {
		return nil
	}
	m.Problem = &campaign.Problem{}
	if err := json.Unmarshal([]byte(problem), m.Problem); err != nil {
		return fmt.Errorf("row %d: its problem: %w", m.Seq, err)
	}
	return nil
}
