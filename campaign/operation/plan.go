package operation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/dispatch"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
	"siaran/campaign/sheet"
)

// A Request says what is to be sent, how, and by whom. Material.Ledger must be there.
type Request struct {
	Material
	By      campaign.Person
	NewRun  bool                       // a new run with new ref_ids of what was sent before
	From    string                     // with Material.Repair: the run; empty: the campaign's newest
	Accept  []planning.Guard           // objections that a person said yes to before anything was planned (file_age)
	Flags   string                     // how the command was given, for the record
	Teller  Teller                     // is told what happens; nil: nobody
	Prepare func(*dispatch.Dispatcher) // may wrap its parts before it runs: tests die there; nil: as it is
}

// A Planned is a campaign that may be sent now: a run that is here already, or a new one that is written down
// and not ready. Start it, or Discard it.
type Planned struct {
	*Look  // of a new run; nil if the run was here
	Run    campaign.Run
	Found  bool     // the run was here: unfinished, or done (see Run.State)
	Change []string // of a run that goes on: how the campaign's conduct changed since
	Older  []Result // unfinished runs of the campaign that were finished first

	r        Request
	draft    *draft        // nil if Found
	plan     *ledger.Plan  // nil if Found
	counts   planning.Plan // what reading the file came to
	replaced string        // the run that is done and in whose place this one stands
	seen     int64         // the number of the last run that was ready before the guards looked
}

// Plan finds the run that the campaign and its file are, or plans it. The file's bytes are read once for their
// digest, which tells whether they are a run's that is here: then nothing else is read and nothing written.
// Only bytes that are new are parsed, once, on the way into the ledger, where they wait under state planning.
// An older run of the campaign is dealt with first where the campaign says how.
//
// Errors: *RefusedError for a guard that needs no rows, *StoppedError for an older run that could not be finished,
// *Error, and those of sheet, definition and ledger.
func Plan(ctx context.Context, r Request) (*Planned, error) {
	c := *r.Campaign // answers change it
	r.Campaign = &c
	if err := r.Ledger.Original.Copied(ctx); err != nil { // a copied or restored ledger must not send again
		return nil, err
	}
	tally, err := CatchUp(ctx, r.Settings, r.Ledger)
	if err != nil {
		return nil, err
	}
	r.tell(ReceiptsRead{New: tally.New})
	var of *repairs
	if r.Repair {
		if of, err = repairsOf(ctx, r.Material, r.From); err != nil {
			return nil, err
		}
	}
	bytes, err := sheet.Read(ctx, r.sheetSettings())
	if err != nil {
		return nil, err
	}
	p := &Planned{r: r}
	found, err := p.byBytes(ctx, bytes, of)
	if err != nil || found {
		return p, errors.Join(err, bytes.Close())
	}
	if o := r.fileAge(); o != nil && !slices.Contains(r.Accept, o.Guard) {
		return nil, errors.Join(&RefusedError{Objections: []planning.Objection{*o}}, bytes.Close())
	}
	if p.draft, err = r.draft(ctx, bytes, of); err != nil {
		return nil, err
	}
	if err := p.write(ctx); err != nil {
		return nil, errors.Join(err, p.Discard(context.WithoutCancel(ctx)))
	}
	return p, nil
}

// byBytes finds the run of a file by its bytes alone. One that is done is left for --new-run.
func (p *Planned) byBytes(ctx context.Context, bytes *sheet.Bytes, of *repairs) (bool, error) {
	runs, err := p.r.Ledger.Runs.ByFile(ctx, campaign.FileIdentity{
		Campaign: p.r.Campaign.Name, Account: p.r.Account.Name, ContentDigest: p.r.Campaign.ContentDigest(),
		FileDigest: bytes.Digest(), Parent: of.parentID(),
	})
	if err != nil || len(runs) == 0 {
		return false, err
	}
	return p.take(runs[0])
}

// take makes the run that is here already p's, unless it is done and another is wanted in its place.
func (p *Planned) take(run campaign.Run) (taken bool, err error) {
	if run.State.Final() && p.r.NewRun {
		p.replaced, p.Run.Again = run.ID, run.Again+1
		return false, nil
	}
	p.Run, p.Found = run, true
	if run.State.Final() {
		return true, p.stale()
	}
	if run.State == campaign.StatePaused && run.PausedBy != "" {
		return true, &Error{Kind: Paused, Err: fmt.Errorf("run %s was paused by %s: %s", run.ID, run.PausedBy, run.Reason)}
	}
	_, p.Change, err = definition.Diff(run.Definition, p.r.Campaign.Text)
	return true, err
}

// stale refuses a file that was sent already where the campaign expects a newer one: yesterday's file again is
// not "all well, nothing to do".
func (p *Planned) stale() error {
	if o := p.r.fileAge(); o != nil {
		return person(o.Hint, "%s; it was sent already, by run %s", o.Problem, p.Run.ID)
	}
	return nil
}

// write reads the file into the ledger, under state planning, and lets the guards look.
func (p *Planned) write(ctx context.Context) error {
	d, r := p.draft, p.r
	again := p.Run.Again
	p.Run = campaign.Run{
		ID: campaign.NewRunID(), Kind: campaign.KindSend, Campaign: r.Campaign.Name, Account: r.Account.Name, Gateway: r.Account.Gateway,
		Live: r.Account.Live, FileName: r.Campaign.File, FileDigest: d.file.Digest(), Tab: d.file.Tab(),
		ContentDigest: r.Campaign.ContentDigest(), Again: again, Channels: r.Campaign.Kinds(), Tries: r.Campaign.Retry.Attempts,
		Definition: r.Campaign.Text, Header: d.header, CreatedAt: r.Now(), Parent: d.repairs.parentID(),
	}
	p.Run.ExpiresAt = expires(r.Campaign, p.Run.CreatedAt)
	if p.Run.Parent != "" {
		p.Run.Kind = campaign.KindResend
	}
	var err error
	if p.plan, err = r.Ledger.Plans.Start(ctx, p.Run); err != nil {
		return err
	}
	d.planner.Run, d.planner.Key = p.Run.ID, r.Ledger.Key()
	if err := p.readRows(ctx); err != nil {
		return err
	}
	if err := errors.Join(d.file.Changed(ctx), d.repairs.conflict()); err != nil {
		return err
	}
	if found, err := p.byRows(ctx); err != nil || found {
		return errors.Join(err, p.discardPlan(ctx))
	}
	return p.look(ctx)
}

// readRows brings the file's rows into the plan: the one time that they are read.
func (p *Planned) readRows(ctx context.Context) (err error) {
	d := p.draft
	if err := p.lookBack(ctx); err != nil {
		return err
	}
	candidates := d.planner.Candidates(ctx, &p.counts, d.rows(ctx))
	if d.Campaign.Duplicates.Keep != "last" {
		p.Look, err = d.fold(ctx, d.planner.Decide(candidates, nil), p.add, true)
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
			if err := p.add(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := p.add(ctx, batch); err != nil {
		return err
	}
	return p.decideAgain(ctx, true)
}

// add puts messages into the plan.
func (p *Planned) add(ctx context.Context, batch []planning.Decided) error {
	messages := make([]campaign.Message, len(batch))
	for i, d := range batch {
		messages[i] = d.Message
	}
	return p.plan.Add(ctx, messages)
}

// decideAgain decides anew about what is in the plan, and changes it there. Nothing of the file is read.
func (p *Planned) decideAgain(ctx context.Context, first bool) error {
	d := p.draft
	var last planning.Last
	if d.Campaign.Duplicates.Keep == "last" {
		last = make(planning.Last)
		for c, err := range d.planner.Recall(ctx, p.plan.Messages(ctx)) {
			if err != nil {
				return err
			}
			last.Add(c)
		}
	}
	look, err := d.fold(ctx, d.planner.Decide(d.planner.Recall(ctx, p.plan.Messages(ctx)), last), p.change, first)
	if err != nil {
		return err
	}
	if p.Look != nil {
		look.Mend = p.Mend
	}
	p.Look = look
	return nil
}

// change writes down what was decided otherwise than before.
func (p *Planned) change(ctx context.Context, batch []planning.Decided) error {
	var messages []campaign.Message
	for _, d := range batch {
		if d.Changed() {
			messages = append(messages, d.Message)
		}
	}
	if len(messages) == 0 {
		return nil
	}
	return p.plan.Change(ctx, messages)
}

// lookBack notes the number of the last ready run, and then what was sent before.
func (p *Planned) lookBack(ctx context.Context) (err error) {
	if p.seen, err = p.r.Ledger.Plans.ReadyNumber(ctx); err != nil {
		return err
	}
	return p.draft.lookBack(ctx, p.replaced)
}

// byRows finds the run that has the same rows, though its file had other bytes: saving a file anew changes
// nothing.
func (p *Planned) byRows(ctx context.Context) (found bool, err error) {
	p.Run.RowsDigest = p.counts.Digest
	for {
		run, ok, err := p.r.Ledger.Runs.ByIdentity(ctx, p.Run.Identity())
		if err != nil || !ok {
			return false, err
		}
		own := p.Run
		if found, err = p.take(run); err != nil || found {
			return found, err
		}
		own.Again = p.Run.Again
		p.Run = own
		if err := p.lookBack(ctx); err != nil {
			return false, err
		}
		if err := p.decideAgain(ctx, false); err != nil {
			return false, err
		}
	}
}

// look deals with older runs of the campaign as it says, and lets the guards look at the plan.
func (p *Planned) look(ctx context.Context) error {
	objections, dealt, err := p.older(ctx)
	if err != nil {
		return err
	}
	if dealt { // what was sent before is more than it was
		if err := p.lookBack(ctx); err != nil {
			return err
		}
		if err := p.decideAgain(ctx, false); err != nil {
			return err
		}
	}
	p.Preflight.Hidden = p.counts.Hidden
	if p.Objections = objections; len(objections) > 0 {
		return nil // the others look once it is known what becomes of that run
	}
	p.draft.object(p.Look, p.replaced)
	if p.replaced != "" && p.Preflight.LeftOut > 0 && p.Preflight.Sendable > 0 {
		p.r.tell(LeftOut{Rows: p.Preflight.LeftOut, Within: p.r.Campaign.RepeatWithin})
	}
	return nil
}

// Discard removes what was planned. It does nothing to a run that was found or started.
func (p *Planned) Discard(ctx context.Context) error {
	err := p.discardPlan(ctx)
	if p.draft != nil {
		err = errors.Join(err, p.draft.Close())
		p.draft = nil
	}
	return err
}

func (p *Planned) discardPlan(ctx context.Context) error {
	if p.plan == nil {
		return nil
	}
	plan := p.plan
	p.plan = nil
	return plan.Discard(context.WithoutCancel(ctx))
}

// tell tells the teller, if there is one.
func (r Request) tell(e Event) {
	if r.Teller != nil {
		r.Teller.Tell(e)
	}
}

// expires is when a run's messages are no longer worth sending; zero: never.
func expires(c *campaign.Campaign, from time.Time) time.Time {
	if c.ValidFor == 0 {
		return time.Time{}
	}
	return from.Add(c.ValidFor)
}
