package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"siaran/campaign"
	"siaran/campaign/planning"
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
	l, err := look(ctx, c, ui, cmd.Campaign, cmd.File)
	if err != nil {
		return err
	}
	defer closing(l, &err)
	p, err := l.planner()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var plan planning.Plan
	shown, bad := 0, 0
	for m, err := range p.Messages(ctx, &plan, l.rows(ctx)) {
		if err != nil {
			return err
		}
		again := l.earlier.mark(&m, l.settings.Zone)
		if len(cmd.Rows) == 0 && m.Problem != nil || len(cmd.Rows) > 0 && !slices.Contains(cmd.Rows, m.Seq) {
			continue
		}
		shown++
		if m.Problem != nil {
			bad++
			ui.Line(problemLine{"problem", m.Seq, m.Problem.Column, m.Problem.Reason, 1})
			continue
		}
		body, err := l.gateway.Body(m, true)
		if err != nil {
			return err
		}
		if err := l.noteRow(ctx, ui, m, again); err != nil {
			return err
		}
		ui.Line(previewLine{Type: "preview", Row: m.Seq, Body: body, Text: l.text(m)})
		if len(cmd.Rows) == 0 && shown == 3 {
			break
		}
	}
	switch {
	case shown < len(cmd.Rows):
		return usage(fmt.Errorf("only %d of the %d rows asked for are data rows of the file", shown, len(cmd.Rows)), "rows are numbered as in Excel; the heading is row "+fmt.Sprint(l.header.Row))
	case shown == 0:
		return usage(fmt.Errorf("no row of %s can be sent", l.campaign.File), "siaran check "+cmd.Campaign+" says why")
	case bad > 0:
		return quietly(exitRows)
	}
	return nil
}

// noteRow says why a row that can be sent would perhaps not be.
func (l *loaded) noteRow(ctx context.Context, ui *ui, m campaign.Message, again bool) error {
	if again {
		ui.Note("row %d: this campaign sent the same within %s (repeat: ask)", m.Seq, span(l.campaign.RepeatWithin))
	}
	s, err := l.countWithheld(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(s.add(ctx, m), s.flush(ctx)); err != nil {
		return err
	}
	if s.n > 0 {
		ui.Note("row %d: opted out, will be withheld", m.Seq)
	}
	return nil
}
