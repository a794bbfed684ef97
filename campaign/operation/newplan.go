package operation

import (
	"context"
	"errors"

	"siaran/campaign"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
)

// A newPlan is a plan on its way from the file into the ledger, where it waits under state planning.
type newPlan struct {
	draft  *draft
	plan   *ledger.Plan  // nil once it is ready or discarded
	counts planning.Plan // what reading the file came to
	seen   int64         // the number of the last run that was ready before the guards looked
	look   *Look
}

// readRows brings the file's rows into the plan: the one time that they are read.
func (n *newPlan) readRows(ctx context.Context, replaced string) (err error) {
	d := n.draft
	if err := n.lookBack(ctx, replaced); err != nil {
		return err
	}
	candidates := d.planner.Candidates(ctx, &n.counts, d.rows(ctx))
	if d.Campaign.Duplicates.Keep != "last" {
		n.look, err = d.fold(ctx, d.planner.Decide(candidates, nil), n.add, true)
		return err
	}
	// Which of several is the last is known at the end; then the plan is decided about in the ledger.
	last := make(planning.Last)
	batch := make([]planning.Decided, 0, lookBatch)
	for c, err := range candidates {
		if err != nil {
			return err
		}
		last.Add(c)
		if batch = append(batch, planning.Decided{Candidate: c}); len(batch) == lookBatch {
			if err := n.add(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := n.add(ctx, batch); err != nil {
		return err
	}
	return n.decideAgain(ctx, last, true)
}

// add puts messages into the plan.
func (n *newPlan) add(ctx context.Context, batch []planning.Decided) error {
	messages := make([]campaign.Message, len(batch))
	for i, d := range batch {
		messages[i] = d.Message
	}
	return n.plan.Add(ctx, messages)
}

// decideAgain decides anew about what is in the plan, and changes it there. Nothing of the file is read. last may be
// nil: then it is found out, where it is needed.
func (n *newPlan) decideAgain(ctx context.Context, last planning.Last, first bool) error {
	d := n.draft
	if d.Campaign.Duplicates.Keep == "last" && last == nil {
		last = make(planning.Last)
		for c, err := range d.planner.Recall(ctx, n.plan.Messages(ctx)) {
			if err != nil {
				return err
			}
			last.Add(c)
		}
	}
	look, err := d.fold(ctx, d.planner.Decide(d.planner.Recall(ctx, n.plan.Messages(ctx)), last), n.change, first)
	if err != nil {
		return err
	}
	if n.look != nil {
		look.Mend = n.look.Mend
	}
	n.look = look
	return nil
}

// change writes down what was decided otherwise than before.
func (n *newPlan) change(ctx context.Context, batch []planning.Decided) error {
	var messages []campaign.Message
	for _, d := range batch {
		if d.Changed() {
			messages = append(messages, d.Message)
		}
	}
	if len(messages) == 0 {
		return nil
	}
	return n.plan.Change(ctx, messages)
}

// lookBack notes the number of the last ready run, and then what was sent before.
func (n *newPlan) lookBack(ctx context.Context, replaced string) (err error) {
	if n.seen, err = n.draft.Ledger.Plans.ReadyNumber(ctx); err != nil {
		return err
	}
	return n.draft.lookBack(ctx, replaced)
}

// again looks back and decides anew: what was sent before is not what it was.
func (n *newPlan) again(ctx context.Context, replaced string) error {
	if err := n.lookBack(ctx, replaced); err != nil {
		return err
	}
	if err := n.draft.repairs.conflict(); err != nil {
		return err
	}
	return n.decideAgain(ctx, nil, false)
}

// discard removes the plan, unless it is ready.
func (n *newPlan) discard(ctx context.Context) error {
	if n.plan == nil {
		return nil
	}
	plan := n.plan
	n.plan = nil
	return plan.Discard(context.WithoutCancel(ctx))
}

// close discards the plan, unless it is ready, and closes the file.
func (n *newPlan) close(ctx context.Context) error {
	return errors.Join(n.discard(ctx), n.draft.Close())
}
