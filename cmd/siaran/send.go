package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/dispatch"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
	"siaran/ratelimit"
)

// sendCmd is siaran send.
type sendCmd struct {
	Campaign string `arg:"" help:"The campaign file." placeholder:"CAMPAIGN"`
	File     string `help:"Recipient file, instead of the campaign's." placeholder:"FILE" xor:"rows"`
	Yes      bool   `help:"Send without asking. Does not answer guards: those need a person (exit 5)."`
	NewRun   bool   `help:"A new run with new ref_ids of what was sent before. Rows that the earlier run sent within repeat_within are left out, unless the campaign says repeat: allow."`
	Repair   string `help:"Send the corrected rows of a repair workbook, as a part of the run they were rejected in." placeholder:"FILE" xor:"rows"`
	From     string `help:"With --repair: the run. Default: the campaign's newest." placeholder:"RUN"`

	dispatcher func(*dispatch.Dispatcher) // may wrap its parts before it runs: tests die there. nil: as it is
}

func (cmd *sendCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	l, err := cmd.load(ctx, c, ui)
	if err != nil {
		return err
	}
	defer l.Close()
	book, err := openOrCreate(ctx, l.settings, ui)
	if err != nil {
		return err
	}
	defer closing(book, &err)
	if err := l.adopt(ctx, book, cmd.From); err != nil {
		return err
	}
	s := &sending{loaded: l, cmd: cmd, ui: ui, ledger: book}
	sum, err := s.send(ctx)
	if err != nil {
		return err
	}
	s.show(sum)
	ui.JSON(sum)
	return quietly(max(s.worse, s.exit(sum)))
}

// load reads the campaign and its file, or a repair workbook.
func (cmd *sendCmd) load(ctx context.Context, c *common, ui *ui) (*loaded, error) {
	switch {
	case cmd.Repair != "":
		return loadRepair(ctx, c, ui, cmd.Campaign, cmd.Repair)
	case cmd.From != "":
		return nil, usage(errors.New("--from RUN goes with --repair FILE"), "")
	}
	return load(ctx, c, ui, cmd.Campaign, cmd.File)
}

// openOrCreate opens the ledger; on a terminal it offers to make a missing one.
func openOrCreate(ctx context.Context, s *definition.Settings, ui *ui) (*ledger.Ledger, error) {
	book, err := openLedger(ctx, s)
	if !errors.Is(err, ledger.ErrMissing) || !ui.terminal {
		return book, err
	}
	if answer := ui.Ask(fmt.Sprintf("There is no ledger at %s. Make one? [y/N]", s.Ledger)); !yes(answer) {
		return nil, err
	}
	return ledger.Create(ctx, ledgerSettings(s))
}

func yes(answer string) bool {
	switch strings.ToLower(answer) {
	case "y", "yes", "ya":
		return true
	}
	return false
}

// sending is one send, from the plan to the last answer.
type sending struct {
	*loaded
	cmd    *sendCmd
	ui     *ui
	ledger *ledger.Ledger

	run      campaign.Run
	stop     dispatch.Stop
	finished bool // it was finished before: nothing was sent
	planned  bool // it was planned by this call
	sendable int  // if it was
	worse    int  // the exit code of an older run that was finished first
}

// send finds or plans the run and sends what is unsettled.
func (s *sending) send(ctx context.Context) (summary, error) {
	if err := s.ledger.Original.Claim(ctx); err != nil { // a copied or restored ledger must not send again
		return summary{}, err
	}
	if err := catchUp(ctx, s.settings, s.ledger, s.ui); err != nil {
		return summary{}, err
	}
	if words := listenerWords(s.settings); words != "" {
		s.ui.Note("%s", words)
	}
	if err := s.lookBack(ctx, s.ledger); err != nil {
		return summary{}, err
	}
	pre, plan, err := s.preflight(ctx)
	if err != nil {
		return summary{}, err
	}
	s.repaired.note(s.ui)
	if err := s.find(ctx, pre, plan); err != nil {
		return summary{}, err
	}
	if s.finished {
		sum, _, err := summarise(ctx, s.ledger, s.run)
		return sum, err
	}
	return s.goOn(ctx)
}

// goOn sends what is unsettled of the run.
func (s *sending) goOn(ctx context.Context) (summary, error) {
	owner, err := s.ledger.Owners.Own(ctx, s.run.ID)
	if err != nil {
		return summary{}, err
	}
	defer func() { _ = owner.Release() }()
	if !s.planned {
		if err := s.resume(ctx); err != nil {
			return summary{}, err
		}
	}
	if err := s.dispatch(ctx, owner); err != nil {
		return summary{}, err
	}
	return s.settle(context.WithoutCancel(ctx))
}

// find finds the run that this plan is, or plans it.
func (s *sending) find(ctx context.Context, pre *planning.Preflight, plan planning.Plan) error {
	replaced := ""
	for n := 0; ; n++ {
		identity := s.identity(plan, n)
		run, ok, err := s.ledger.Runs.ByIdentity(ctx, identity)
		switch {
		case err != nil:
			return err
		case !ok:
			if pre, err = s.guarded(ctx, pre, plan, replaced); err != nil {
				return err
			}
			return s.plan(ctx, pre, plan, identity)
		case run.State == campaign.StateDone || run.State == campaign.StateCancelled:
			if s.cmd.NewRun {
				replaced = run.ID
				continue
			}
			s.run, s.finished = run, true
			return s.stale()
		default:
			s.run = run
			return nil
		}
	}
}

// resume lifts a pause that the run made itself, and records changed conduct.
func (s *sending) resume(ctx context.Context) error {
	if s.run.State == campaign.StatePaused && s.run.PausedBy != "" {
		return &statusError{Code: exitPaused, Err: fmt.Errorf("run %s was paused by %s: %s", s.run.ID, s.run.PausedBy, s.run.Reason)}
	}
	if _, conduct, err := definition.Diff(s.run.Definition, s.campaign.Text); err != nil {
		return err
	} else if len(conduct) > 0 {
		s.run.Definition, s.run.Tries = s.campaign.Text, s.campaign.Retry.Attempts
		if s.run.ExpiresAt = (time.Time{}); s.campaign.ValidFor > 0 {
			s.run.ExpiresAt = s.run.CreatedAt.Add(s.campaign.ValidFor)
		}
		if err := s.ledger.Runs.SetDefinition(ctx, s.run); err != nil {
			return err
		}
		if err := s.act(ctx, campaign.DeedConduct, "", strings.Join(conduct, "; ")); err != nil {
			return err
		}
		s.ui.Note("changed since planning: %s", strings.Join(conduct, "; "))
	}
	if err := s.confirm(nil); err != nil {
		return err
	}
	if s.run.State == campaign.StatePaused {
		if _, err := s.ledger.Runs.SetState(ctx, s.run.ID, []campaign.RunState{campaign.StatePaused}, campaign.StateReady, "", ""); err != nil {
			return err
		}
	}
	s.ui.Note("run %s goes on where it stopped", s.run.ID)
	return s.act(ctx, campaign.DeedSend, "", "resumed")
}

func (s *sending) act(ctx context.Context, what campaign.Deed, options, why string) error {
	return s.ledger.Actions.Add(ctx, campaign.Action{At: time.Now(), Who: who(), Host: hostName(), What: what, Run: s.run.ID, Options: options, Why: why})
}

// plan writes the plan into the ledger: planning, then ready. Nothing is sent before it is whole.
func (s *sending) plan(ctx context.Context, pre *planning.Preflight, plan planning.Plan, identity campaign.Identity) error {
	if err := s.confirm(pre); err != nil {
		return err
	}
	now := time.Now()
	s.run = campaign.Run{
		ID: campaign.NewRunID(), Kind: campaign.KindSend, Campaign: s.campaign.Name, Account: s.account.Name, Gateway: s.account.Gateway,
		Live: s.account.Live, FileName: s.campaign.File, FileDigest: s.file.Digest(), Tab: s.file.Tab(),
		Parent: identity.Parent, ContentDigest: identity.ContentDigest, RowsDigest: identity.RowsDigest, Again: identity.Again,
		Definition: s.campaign.Text, Channels: channels(s.campaign), Tries: s.campaign.Retry.Attempts, Header: s.header, CreatedAt: now,
		Rows: pre.Rows, Hidden: pre.Hidden, Empty: pre.Empty,
	}
	if s.campaign.ValidFor > 0 {
		s.run.ExpiresAt = now.Add(s.campaign.ValidFor)
	}
	if s.repairs != nil {
		s.run.Kind = campaign.KindResend
	}
	book, err := s.ledger.Plans.Start(ctx, s.run)
	if err != nil {
		return err
	}
	if err := s.write(ctx, book, plan); err != nil {
		return errors.Join(err, book.Discard(context.WithoutCancel(ctx)))
	}
	how := planned{Flags: strings.Join(s.options(), " ")}
	if e := pre.Estimate(s.campaign, s.account.Prices, now); e.Known {
		how.Estimate = &e
	}
	action := campaign.Action{At: time.Now(), Who: who(), Host: hostName(), What: campaign.DeedPlan, Options: how.options()}
	err = book.Ready(ctx, campaign.Ready{Rows: pre.Rows, Hidden: pre.Hidden, Empty: pre.Empty, Action: action, Seen: math.MaxInt64})
	if err != nil {
		return err
	}
	s.run.State, s.planned, s.sendable = campaign.StateReady, true, pre.Sendable
	return nil
}

func (s *sending) options() []string {
	var o []string
	if s.cmd.Yes {
		o = append(o, "--yes")
	}
	if s.cmd.NewRun {
		o = append(o, "--new-run")
	}
	if s.cmd.File != "" {
		o = append(o, "--file "+strconv.Quote(s.cmd.File))
	}
	if s.cmd.Repair != "" {
		o = append(o, "--repair "+strconv.Quote(s.cmd.Repair))
	}
	return o
}

// planBatch is how many messages go into the ledger at a time.
const planBatch = 1000

// write reads the file a second time, into the ledger. A file that differs from what was checked is
// refused: never a mixture of two.
func (s *sending) write(ctx context.Context, book *ledger.Plan, checked planning.Plan) error {
	p, err := s.planner()
	if err != nil {
		return err
	}
	p.Run, p.Key = s.run.ID, s.ledger.Key()
	var plan planning.Plan
	batch := make([]campaign.Message, 0, planBatch)
	for m, err := range p.Messages(ctx, &plan, s.rows(ctx)) {
		if err != nil {
			return err
		}
		s.earlier.mark(&m, s.settings.Zone)
		if batch = append(batch, m); len(batch) == planBatch {
			if err := book.Add(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := book.Add(ctx, batch); err != nil {
		return err
	}
	if plan.Digest != checked.Digest {
		return usage(fmt.Errorf("%s changed while it was read; nothing was sent", s.campaign.File), "run the same command again when nobody is writing the file")
	}
	return nil
}

// confirm asks before anything is sent. pre is nil when a run goes on.
func (s *sending) confirm(pre *planning.Preflight) error {
	if s.cmd.Yes {
		return nil
	}
	if !s.ui.terminal {
		return usage(errors.New("nobody is here to ask, and --yes was not given; nothing was sent"), "look at siaran check "+s.cmd.Campaign+", then: siaran send --yes "+s.cmd.Campaign)
	}
	if pre == nil {
		if !yes(s.ui.Ask(fmt.Sprintf("Run %s is unfinished. Go on sending, %s? [y/N]", s.run.ID, live(s.account.Live)))) {
			return &statusError{Code: exitPerson, Err: errors.New("nothing was sent")}
		}
		return nil
	}
	s.loaded.show(s.ui, pre)
	want := "yes"
	question := fmt.Sprintf("\nSend %s, %s? [y/N]", plural(pre.Sendable, "message"), live(s.account.Live))
	if pre.Sendable > 1000 {
		want = strconv.Itoa(pre.Sendable)
		question = fmt.Sprintf("\nSend %s messages, %s? Type their number to go on:", count(pre.Sendable), live(s.account.Live))
	}
	answer := s.ui.Ask(question)
	if want == "yes" && yes(answer) || want != "yes" && strings.NewReplacer(",", "", ".", "", " ", "").Replace(answer) == want {
		return nil
	}
	return &statusError{Code: exitPerson, Err: errors.New("nothing was sent")}
}

// busyGC lets the heap grow to five times what lives while messages are sent or receipts come in: next to nothing
// does, and collecting it every few megabytes costs a tenth of the rate.
const busyGC = 400

// dispatch sends what is unsettled, until every attempt has an end: on PostgreSQL those of a sender that
// died stay open for a while, for it might not be dead. Theirs are sent again, too, if the campaign
// says so.
func (s *sending) dispatch(ctx context.Context, owner *ledger.Ownership) error {
	defer debug.SetGCPercent(debug.SetGCPercent(busyGC))
	rate := s.account.Rate.Min(s.campaign.Rate)
	bucket := ratelimit.NewBucket(float64(rate), s.account.Burst)
	queued, err := s.queued(ctx)
	if err != nil {
		return err
	}
	throttle := throttle{bucket, rate}
	bar := s.ui.progress(s.run, queued, throttle)
	defer bar.Close()
	defer s.watch(ctx, throttle, bar)()
	book, err := s.ledger.Attempts(ctx, ledger.Terms{Run: s.run, Account: s.account, Purpose: s.campaign.Purpose})
	if err != nil {
		return err
	}
	d := &dispatch.Dispatcher{
		Attempts:  book,
		Sender:    s.gateway,
		Limit:     bucket,
		Throttle:  bucket,
		Workers:   workers(s.account, s.campaign),
		Ahead:     ahead(s.account, s.campaign),
		Retry:     s.campaign.Retry,
		OnUnknown: s.campaign.OnUnknown,
		Outage:    s.campaign.Outage,
		Until:     s.run.ExpiresAt,
		Ended:     bar.Heard,
	}
	if s.cmd.dispatcher != nil {
		s.cmd.dispatcher(d)
	}
	for {
		open, err := owner.Reap(ctx)
		if err != nil {
			return err
		}
		if err := s.pass(ctx, d, owner); err != nil {
			return err
		}
		if open.IsZero() || s.stop.Kind != dispatch.StopDone && s.stop.Kind != dispatch.StopExpired {
			return nil
		}
		if wait := time.Until(open); wait > 0 {
			s.ui.Note("waiting %s: whether a sender that died had sent some messages is not decided before", span(wait))
			if err := s.await(ctx, owner, wait); err != nil || s.stop.Kind == dispatch.StopInterrupted {
				return err
			}
		}
	}
}

// pass hands the dispatcher what is queued, once. It ends with ErrOwned if another process took the run.
func (s *sending) pass(ctx context.Context, d *dispatch.Dispatcher, owner *ledger.Ownership) (err error) {
	lost, finished := make(chan dispatch.Stop, 1), make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-owner.Lost():
			lost <- dispatch.Stop{Kind: dispatch.StopState, Reason: "another process works on this run"}
		case <-finished:
		}
	})
	d.Stop = lost
	s.stop, err = d.Run(ctx, s.ledger.Queue(ctx, s.run.ID, campaign.Policy{Retry: s.campaign.Retry, OnUnknown: s.campaign.OnUnknown}))
	close(finished)
	watch.Wait()
	return errors.Join(err, s.owned(owner))
}

// owned is ErrOwned once the run is another process's.
func (s *sending) owned(owner *ledger.Ownership) error {
	select {
	case <-owner.Lost():
		return fmt.Errorf("run %s: %w", s.run.ID, ledger.ErrOwned)
	default:
		return nil
	}
}

// await waits, unless the run is interrupted or lost meanwhile.
func (s *sending) await(ctx context.Context, owner *ledger.Ownership, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-owner.Lost():
	case <-ctx.Done():
		s.stop = dispatch.Stop{Kind: dispatch.StopInterrupted, Reason: "interrupted"}
	}
	return s.owned(owner)
}

// queued counts the messages that wait, for the progress bar.
func (s *sending) queued(ctx context.Context) (int, error) {
	if s.planned {
		return s.sendable, nil
	}
	sum, _, err := summarise(ctx, s.ledger, s.run)
	return sum.Queued, err
}

// settle writes down where the run stands now, and counts.
func (s *sending) settle(ctx context.Context) (summary, error) {
	ready := []campaign.RunState{campaign.StateReady}
	var err error
	switch s.stop.Kind {
	case dispatch.StopDone, dispatch.StopExpired:
		_, err = s.ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StateDone, s.stop.Reason, "")
	case dispatch.StopSystemic, dispatch.StopOdd, dispatch.StopDown:
		_, err = s.ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StatePaused, s.stop.Reason, "")
	case dispatch.StopInterrupted:
		_, err = s.ledger.Runs.SetState(ctx, s.run.ID, ready, campaign.StateReady, s.stop.Reason, "")
	case dispatch.StopState:
	}
	if err != nil {
		return summary{}, err
	}
	if s.run, err = s.ledger.Runs.ByID(ctx, s.run.ID); err != nil {
		return summary{}, err
	}
	sum, _, err := summarise(ctx, s.ledger, s.run)
	if err == nil && sum.sum() != sum.Rows {
		err = fmt.Errorf("run %s: its counts come to %d, but it has %d rows: this is a bug; siaran report shows the difference", s.run.ID, sum.sum(), sum.Rows)
	}
	return sum, err
}

// exit is the exit code of what this call did.
func (s *sending) exit(sum summary) int {
	switch s.stop.Kind {
	case dispatch.StopInterrupted:
		return exitInterrupted
	case dispatch.StopSystemic, dispatch.StopOdd, dispatch.StopDown:
		return exitGateway
	case dispatch.StopState:
		return exitPaused
	case dispatch.StopDone, dispatch.StopExpired:
		if s.run.PausedBy != "" { // between its last answer and its end
			return exitPaused
		}
	}
	return sum.exit(s.campaign.Expect)
}

// show prints what became of the run.
func (s *sending) show(sum summary) {
	ui := s.ui
	if s.finished {
		ui.Say("Run %s of this campaign with this file was sent already, on %s. Nothing to do.", s.run.ID, s.run.CreatedAt.In(s.settings.Zone).Format("2 Jan 2006 15:04"))
		ui.Say("To send it again on purpose, with new ref_ids: siaran send --new-run %s (repeat: says what becomes of rows sent lately)", s.cmd.Campaign)
	}
	ui.Say("")
	ui.Say("Run %s, %s: %s", sum.Run, live(s.account.Live), stateWords(sum))
	showSummary(ui, sum)
	switch campaign.RunState(sum.State) {
	case campaign.StatePaused:
		ui.Hint("the gateway's words: " + sum.Reason + "\nno row was lost: when that is mended, the same siaran send goes on")
	case campaign.StateReady:
		ui.Hint("the same siaran send goes on where this one stopped")
	case campaign.StateDone, campaign.StateCancelled, campaign.StatePlanning:
		ui.Say("Next: siaran report %s", sum.Run)
	}
}

func stateWords(sum summary) string {
	if sum.Reason == "" {
		return sum.State
	}
	return sum.State + " (" + sum.Reason + ")"
}

// showSummary prints the counts that are not zero; they add up to the rows.
func showSummary(ui *ui, sum summary) {
	ui.Say("  %9s rows", count(sum.Rows))
	ui.Counts([]tallied{
		{sum.Accepted, "accepted by the gateway"},
		{sum.Queued, "queued"},
		{sum.Rejected, "rejected: not sent, mend them in the file"},
		{sum.Duplicate, "duplicates: not sent twice"},
		{sum.Suppressed, "suppressed: opted out"},
		{sum.Refused, "refused by the gateway"},
		{sum.NotSent, "not sent: not taken after all tries"},
		{sum.Unknown, "unknown: the answer was lost; not sent again by itself"},
		{sum.Expired, "expired"},
		{sum.Cancelled, "cancelled"},
	})
}
