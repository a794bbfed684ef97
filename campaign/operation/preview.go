package operation

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"siaran/campaign"
	"siaran/campaign/planning"
)

// A Preview is one message as it would be sent, or why it would not be.
type Preview struct {
	Row     int
	Body    json.RawMessage   // signature, time and ref_id are ***
	Text    string            // as the recipient reads it
	Problem *campaign.Problem // the row would not be sent
	Again   bool              // the campaign sent the same before
	OptOut  bool              // it would be withheld
}

// firstRows is how many rows are previewed where none are named.
const firstRows = 3

// Previews shows the named rows, or the first three that would be sent. It connects to no gateway and
// writes nothing.
func Previews(ctx context.Context, m Material, rows []int) iter.Seq2[Preview, error] {
	return func(yield func(Preview, error) bool) {
		if err := preview(ctx, m, rows, yield); err != nil {
			yield(Preview{}, err)
		}
	}
}

func preview(ctx context.Context, m Material, rows []int, yield func(Preview, error) bool) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d, err := m.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // it was only read
	if err := d.lookBack(ctx, ""); err != nil {
		return err
	}
	optOuts, err := newOptOuts(ctx, m)
	if err != nil {
		return err
	}
	last, err := d.last(ctx)
	if err != nil {
		return err
	}
	shown := 0
	for c, err := range d.planner.Decide(d.planner.Candidates(ctx, &planning.Plan{}, d.rows(ctx)), last) {
		if err != nil {
			return err
		}
		if len(rows) == 0 && c.Problem != nil || len(rows) > 0 && !slices.Contains(rows, c.Seq) {
			continue
		}
		p, err := previewOf(ctx, d, c, optOuts)
		if err != nil {
			return err
		}
		if shown++; !yield(p, nil) || len(rows) == 0 && shown == firstRows {
			return nil
		}
	}
	switch {
	case shown < len(rows):
		return usage(fmt.Errorf("only %d of the %d rows asked for are data rows of the file", shown, len(rows)), "rows are numbered as in Excel; the heading is row "+fmt.Sprint(d.header.Row))
	case shown == 0:
		return usage(fmt.Errorf("no row of %s can be sent", m.Campaign.File), "siaran check "+m.Campaign.Source+" says why")
	}
	return nil
}

// previewOf shows one message.
func previewOf(ctx context.Context, d *draft, c planning.Decided, optOuts optOuts) (p Preview, err error) {
	p = Preview{Row: c.Seq, Problem: c.Problem, Again: c.Again != nil}
	if c.Problem != nil {
		return p, nil
	}
	if p.Body, err = d.gateway.Body(c.Message, true); err != nil {
		return p, err
	}
	p.Text = d.text(c.Message)
	out, err := optOuts.of(ctx, []planning.Decided{c})
	if err == nil {
		p.OptOut = out[0]
	}
	return p, err
}
