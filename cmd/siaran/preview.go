package main

import (
	"context"
	"encoding/json"

	"siaran/campaign/operation"
)

// previewCmd is siaran preview.
type previewCmd struct {
	Campaign string `arg:"" help:"The campaign file." placeholder:"CAMPAIGN"`
	File     string `help:"Recipient file, instead of the campaign's." placeholder:"FILE"`
	Rows     []int  `help:"Row numbers as in Excel. Default: the first three sendable rows." placeholder:"2,3,17"`
}

// A previewLine is one message as it would be sent; signature, time and ref_id are ***.
type previewLine struct {
	Type string          `json:"type"`
	Row  int             `json:"row"`
	Body json.RawMessage `json:"body"`
	Text string          `json:"text"`
}

// Run prints JSON lines: the request bodies and the texts.
func (cmd *previewCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	m, err := load(c, ui, cmd.Campaign, cmd.File)
	if err != nil {
		return err
	}
	if err := lookIn(ctx, ui, &m); err != nil {
		return err
	}
	defer closeLedger(m, &err)
	bad := 0
	for p, err := range operation.Previews(ctx, m, cmd.Rows) {
		if err != nil {
			return err
		}
		if p.Problem != nil {
			bad++
			ui.Line(problemLine{"problem", p.Row, p.Problem.Column, p.Problem.Reason, 1})
			continue
		}
		if p.Again {
			ui.Note("row %d: this campaign sent the same within %s (repeat: ask)", p.Row, span(m.Campaign.RepeatWithin))
		}
		if p.OptOut {
			ui.Note("row %d: opted out, will be withheld", p.Row)
		}
		ui.Line(previewLine{Type: "preview", Row: p.Row, Body: p.Body, Text: p.Text})
	}
	if bad > 0 {
		return quietly(exitRows)
	}
	return nil
}
