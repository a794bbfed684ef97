package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"siaran/campaign"
)

// An onChannel is an address and the channel it is on.
type onChannel struct {
	address string
	channel campaign.ChannelKind
}

// addresses returns where m goes, in the order of channels; channels[0] is that of m.Address.
func addresses(m campaign.Message, channels []campaign.ChannelKind) []onChannel {
	to := make([]onChannel, 0, len(channels))
	for _, c := range channels {
		if a := m.To(c, channels[0]); a != "" {
			to = append(to, onChannel{a, c})
		}
	}
	return to
}

// decodeOthers reads message.others; empty is none.
func decodeOthers(text string, m *campaign.Message) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &m.Others); err != nil {
		return fmt.Errorf("message %d: its addresses: %w", m.Seq, err)
	}
	return nil
}

var insertAddress = bulk{
	head: `INSERT INTO address (address, run, seq, channel) VALUES `,
	cast: make([]string, 4),
}

var deleteAddress = bulk{
	head: `DELETE FROM address WHERE (address, run, seq, channel) IN (VALUES `,
	cast: []string{"TEXT", "TEXT", "BIGINT", "TEXT"},
	tail: `)`,
}

// addressRows are the rows of address that m has.
func addressRows(run campaign.Run, m campaign.Message) []any {
	var values []any
	for _, to := range addresses(m, run.Channels) {
		values = append(values, clean(to.address), run.ID, m.Seq, string(to.channel))
	}
	return values
}

// discardAddresses removes the addresses of a run's messages from row first to row last. There is no other way to
// them than by the messages: see the package's "Where addresses stand".
func discardAddresses(ctx context.Context, t *tx, run campaign.Run, first, last int) error {
	var values []any
	err := t.each(ctx, `SELECT seq, address, others FROM message WHERE run = $1 AND seq BETWEEN $2 AND $3`, []any{run.ID, first, last}, func(rows *sql.Rows) error {
		var m campaign.Message
		var others string
		if err := rows.Scan(&m.Seq, &m.Address, &others); err != nil {
			return err
		}
		if err := decodeOthers(others, &m); err != nil {
			return err
		}
		values = append(values, addressRows(run, m)...)
		return nil
	})
	if err == nil {
		_, err = t.execRows(ctx, &deleteAddress, nil, values)
	}
	return err
}
