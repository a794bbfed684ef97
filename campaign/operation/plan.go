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
	fresh    *newPlan             // nil if the run was known by the file's bytes, and once sending began
	objected []planning.Objection // all that the guards said, when they looked last
	replaced string               // the run that is done and in whose place this one stands
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
	if o := r.fileAge(bytes.Changed()); o != nil && !slices.Contains(r.Accept, o.Guard) {
		return nil, errors.Join(&RefusedError{Objections: []planning.Objection{*o}}, bytes.Close())
	}
	draft, err := r.draft(bytes, of)
	if err != nil {
		return nil, err
	}
	p.fresh = &newPlan{draft: draft}
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
	return p.take(runs[0], bytes.Changed())
}

// take makes the run that is here already p's, unless it is done and another is wanted in its place.
func (p *Planned) take(run campaign.Run, changed time.Time) (taken bool, err error) {
	if run.State.Final() && p.r.NewRun {
		p.replaced, p.Run.Again = run.ID, run.Again+1
		return false, nil
	}
	p.Run, p.Found = run, true
	if run.State.Final() {
		return true, stale(p.r, run, changed)
	}
	if run.State == campaign.StatePaused && run.PausedBy != "" {
		return true, pausedByPerson(run)
	}
	_, p.Change, err = definition.Diff(run.Definition, p.r.Campaign.Text)
	return true, err
}

// stale refuses a file that was sent already where the campaign expects a newer one: yesterday's file again is
// not "all well, nothing to do".
func stale(r Request, run campaign.Run, changed time.Time) error {
	if o := r.fileAge(changed); o != nil && !slices.Contains(r.Accept, o.Guard) {
		return person(o.Hint, "%s; it was sent already, by run %s", o.Problem, run.ID)
	}
	return nil
}

// write reads the file into the ledger, under state planning, and lets the guards look.
func (p *Planned) write(ctx context.Context) error {
	n, r := p.fresh, p.r
	d := n.draft
	again := p.Run.Again
	p.Run = campaign.Run{
		ID: campaign.NewRunID(), Kind: campaign.KindSend, Campaign: r.Campaign.Name, Account: r.Account.Name, Gateway: r.Account.Gateway,
		Live: r.Account.Live, FileName: r.Campaign.File, FileDigest: d.file.Digest(), Tab: d.file.Tab(),
		ContentDigest: r.Campaign.ContentDigest(), Again: again, Channels: r.Campaign.Kinds(), Tries: r.Campaign.Retry.Attempts,
		Definition: r.Campaign.Text, Header: d.header, CreatedAt: r.Now(), Parent: d.repairs.parentID(),
	}
	if p.Run.Parent != "" {
		p.Run.Kind = campaign.KindResend
	}
	var err error
	if n.plan, err = r.Ledger.Plans.Start(ctx, p.Run); err != nil {
		return err
	}
	d.planner.Run, d.planner.Key = p.Run.ID, r.Ledger.Key()
	if err := n.readRows(ctx, p.replaced); err != nil {
		return err
	}
	if err := d.file.Changed(ctx); err != nil {
		return err
	}
	if found, err := p.byRows(ctx); err != nil || found {
		return errors.Join(err, n.discard(ctx))
	}
	if err := d.repairs.conflict(); err != nil {
		return err
	}
	return p.look(ctx)
}

// byRows finds the run that has the same rows, though its file had other bytes: saving a file anew changes
// nothing.
func (p *Planned) byRows(ctx context.Context) (found bool, err error) {
	p.Run.RowsDigest = p.fresh.counts.Digest
	for {
		run, ok, err := p.r.Ledger.Runs.ByIdentity(ctx, p.Run.Identity())
		if err != nil || !ok {
			return false, err
		}
		own := p.Run
		if found, err = p.take(run, p.r.Now()); err != nil || found {
			return found, err
		}
		own.Again = p.Run.Again
		p.Run = own
		if err := p.fresh.again(ctx, p.replaced); err != nil {
			return false, err
		}
	}
}

// look deals with older runs of the campaign as it says, and lets the guards look at the plan.
func (p *Planned) look(ctx context.Context) error {
	n := p.fresh
	var objections []planning.Objection
	if n.draft.repairs == nil {
		older, err := dealWithOlder(ctx, p.r, n.counts.Digest)
		p.Older = append(p.Older, older.finished...)
		if err != nil {
			return err
		}
		if older.dealt { // what was sent before is more than it was
			if err := n.again(ctx, p.replaced); err != nil {
				return err
			}
		}
		objections = older.objections
	}
	p.Look = n.look
	p.Preflight.Hidden = n.counts.Hidden
	if p.Objections = objections; len(objections) == 0 { // the others look once it is known what becomes of that run
		n.draft.object(p.Look, p.replaced)
	}
	p.objected = slices.Clone(p.Objections)
	if p.replaced != "" && p.Preflight.LeftOut > 0 && p.Preflight.Sendable > 0 {
		p.r.tell(LeftOut{Rows: p.Preflight.LeftOut, Within: p.r.Campaign.RepeatWithin})
	}
	return nil
}

// Discard removes what was planned. It does nothing to a run that was found or started.
func (p *Planned) Discard(ctx context.Context) error {
	if p.fresh == nil {
		return nil
	}
	n := p.fresh
	p.fresh = nil
	return n.close(ctx)
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

// pausedByPerson is the error of who would go on with a run that a person paused.
func pausedByPerson(run campaign.Run) error {
	return &Error{Kind: Paused, Err: fmt.Errorf("run %s was paused by %s: %s", run.ID, run.PausedBy, run.Reason)}
}
