package operation

import (
	"context"
	"errors"

	"siaran/campaign"
	"siaran/campaign/planning"
)

// A Checked is what Check found: a look, and what send would do with it.
type Checked struct {
	*Look
	Same  *campaign.Run  // the run that this file and campaign are already; nil: none
	First []campaign.Run // unfinished runs that send would deal with first, as the campaign says
}

// Check is the preflight: it reads the whole file and says what would be sent and what is wrong. It sends
// nothing, and writes nothing but the repair workbook. Without m.Ledger, what is known of earlier sends is left out.
func Check(ctx context.Context, m Material) (_ *Checked, err error) {
	d, err := m.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.lookBack(ctx, ""); err != nil {
		return nil, err
	}
	var plan planning.Plan
	c := &Checked{}
	if c.Look, err = d.preflight(ctx, &plan); err != nil {
		return nil, err
	}
	if m.Ledger != nil {
		if err := c.compare(ctx, m, plan.Digest); err != nil {
			return nil, err
		}
	}
	if c.Same == nil {
		d.object(c.Look, "")
	}
	if o := m.fileAge(d.file.LastChanged()); o != nil && (c.Same == nil || c.Same.State.Final()) {
		c.Objections = append(c.Objections, *o)
	}
	return c, nil
}

// compare finds the run that these rows are already, and what the campaign's other runs mean for them.
func (c *Checked) compare(ctx context.Context, m Material, rows string) error {
	run, ok, err := m.Ledger.Runs.ByIdentity(ctx, campaign.Identity{
		Campaign: m.Campaign.Name, Account: m.Account.Name, ContentDigest: m.Campaign.ContentDigest(), RowsDigest: rows,
	})
	if err != nil {
		return err
	}
	if ok {
		c.Same = &run
		return nil
	}
	older, err := olderRuns(ctx, m, rows)
	if err != nil {
		return err
	}
	for _, o := range older {
		if o.objection != nil {
			c.Objections = append(c.Objections, *o.objection)
		} else {
			c.First = append(c.First, o.Run)
		}
	}
	return nil
}
