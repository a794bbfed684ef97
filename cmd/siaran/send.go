package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siaran/campaign/definition"
	"siaran/campaign/dispatch"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
	"siaran/campaign/planning"
)

// sendCmd is siaran send.
type sendCmd struct {
	Campaign string `arg:"" help:"The campaign file." placeholder:"CAMPAIGN"`
	File     string `help:"Recipient file, instead of the campaign's." placeholder:"FILE" xor:"rows"`
	Yes      bool   `help:"Send without asking. Does not answer guards: those need a person (exit 5)."`
	NewRun   bool   `help:"A new run with new ref_ids of what was sent before. Rows that the earlier run sent within repeat_within are left out, unless the campaign says repeat: allow."`
	Repair   string `help:"Send the corrected rows of a repair workbook, as a part of the run they were rejected in." placeholder:"FILE" xor:"rows"`
	From     string `help:"With --repair: the run. Default: the campaign's newest." placeholder:"RUN"`

	prepare func(*dispatch.Dispatcher) // see operation.Request
}

// Run plans the campaign, or finds its unfinished run, asks what has to be asked, and sends it.
func (cmd *sendCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	if cmd.From != "" && cmd.Repair == "" {
		return usage(errors.New("--from RUN goes with --repair FILE"), "")
	}
	m, err := load(c, ui, cmd.Campaign, cmd.File+cmd.Repair) // one of them
	if err != nil {
		return err
	}
	if m.Ledger, err = openOrCreate(ctx, m.Settings, ui); err != nil {
		return err
	}
	defer closing(m.Ledger, &err)
	if words := listenerWords(m.Settings); words != "" {
		ui.Note("%s", words)
	}
	m.Repair = cmd.Repair != ""
	view := &sendView{ui: ui, zone: m.Settings.Zone, account: m.Account, command: cmd.Campaign}
	result, err := cmd.send(ctx, view, operation.Request{
		Material: m, By: me(), NewRun: cmd.NewRun, From: cmd.From, Flags: strings.Join(cmd.flags(), " "), Teller: view, Prepare: cmd.prepare,
	})
	var stopped *operation.StoppedError
	if errors.As(err, &stopped) {
		return quietly(max(resultExit(stopped.Result), exitError)) // it was said: this file is not begun
	}
	if err != nil {
		return err
	}
	view.show(result)
	ui.JSON(result.Summary)
	return quietly(max(view.worst, resultExit(result)))
}

// send plans, asks and sends. What was planned and not sent is discarded.
func (cmd *sendCmd) send(ctx context.Context, view *sendView, r operation.Request) (_ operation.Result, err error) {
	p, err := cmd.plan(ctx, view.ui, r)
	if err != nil {
		return operation.Result{}, err
	}
	defer func() { err = errors.Join(err, p.Discard(context.WithoutCancel(ctx))) }()
	if p.Look != nil {
		noteMend(view.ui, p.Mend)
	}
	for {
		answers, err := ask(ctx, view.ui, p)
		if err != nil {
			return operation.Result{}, err
		}
		if err := cmd.confirm(ctx, view, r, p); err != nil {
			return operation.Result{}, err
		}
		result, err := p.Start(ctx, answers)
		if err == nil && p.Found && result.Summary.Rejected > 0 {
			view.ui.Note("rejected rows are written into a repair workbook by: siaran check %s", cmd.Campaign)
		}
		if !errors.Is(err, operation.ErrChanged) {
			return result, err
		}
		view.ui.Note("%v", err)
	}
}

// plan plans, once a person has answered the guards that need no rows.
func (cmd *sendCmd) plan(ctx context.Context, ui *ui, r operation.Request) (*operation.Planned, error) {
	p, err := operation.Plan(ctx, r)
	var refused *operation.RefusedError
	if !errors.As(err, &refused) || !ui.terminal {
		return p, err
	}
	for _, o := range refused.Objections {
		if err := askOne(ctx, ui, o); err != nil {
			return nil, err
		}
		r.Accept = append(r.Accept, o.Guard)
	}
	return operation.Plan(ctx, r)
}

// flags are how the command was given, for the record.
func (cmd *sendCmd) flags() []string {
	var o []string
	if cmd.Yes {
		o = append(o, "--yes")
	}
	if cmd.NewRun {
		o = append(o, "--new-run")
	}
	if cmd.File != "" {
		o = append(o, "--file "+strconv.Quote(cmd.File))
	}
	if cmd.Repair != "" {
		o = append(o, "--repair "+strconv.Quote(cmd.Repair))
	}
	return o
}

// openOrCreate opens the ledger; on a terminal it offers to make a missing one.
func openOrCreate(ctx context.Context, s *definition.Settings, ui *ui) (*ledger.Ledger, error) {
	book, err := openLedger(ctx, s)
	if !errors.Is(err, ledger.ErrMissing) || !ui.terminal {
		return book, err
	}
	answer, askErr := ui.Ask(ctx, fmt.Sprintf("There is no ledger at %s. Make one? [y/N]", s.Ledger))
	if askErr != nil {
		return nil, askErr
	}
	if !yes(answer) {
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

// ask asks a person about every objection; without a terminal nobody answers any.
func ask(ctx context.Context, ui *ui, p *operation.Planned) (d operation.Decisions, err error) {
	if p.Found || len(p.Objections) == 0 {
		return d, nil
	}
	if !ui.terminal {
		return d, &operation.RefusedError{Objections: p.Objections}
	}
	for i := 0; i < len(p.Objections); i++ {
		o := p.Objections[i]
		changes := operation.Decisions{}
		if o.Guard == planning.GuardUnfinished {
			changes.Unfinished, err = askUnfinished(ctx, ui, o)
		} else if o.Guard == planning.GuardRepeat {
			changes.Leave, err = askRepeat(ctx, ui, o)
		} else {
			err = askOne(ctx, ui, o)
		}
		if err != nil {
			return d, err
		}
		if o.Guard != planning.GuardUnfinished {
			d.Yes = append(d.Yes, o.Guard)
		}
		if changes.Leave || changes.Unfinished != "" {
			// Other objections may be left now; those that were answered stay so.
			if err := p.Answer(ctx, changes); err != nil {
				return d, err
			}
			p.Objections = slices.DeleteFunc(p.Objections, func(o planning.Objection) bool { return slices.Contains(d.Yes, o.Guard) })
			i = -1
		}
	}
	return d, nil
}

// askOne asks whether to send all the same.
func askOne(ctx context.Context, ui *ui, o planning.Objection) error {
	no := &operation.RefusedError{Objections: []planning.Objection{o}}
	if o.Question == "" {
		return no
	}
	answer, err := ui.Ask(ctx, o.Problem+"\n"+o.Question+" [y/N]")
	if err == nil && !yes(answer) {
		err = no
	}
	return err
}

func askUnfinished(ctx context.Context, ui *ui, o planning.Objection) (string, error) {
	answer, err := ui.Ask(ctx, o.Problem+"\n"+o.Question+" [finish/expire/N]")
	if err != nil {
		return "", err
	}
	switch strings.ToLower(answer) {
	case "finish":
		return "finish-first", nil
	case "expire":
		return "expire", nil
	}
	return "", &operation.RefusedError{Objections: []planning.Objection{o}}
}

func askRepeat(ctx context.Context, ui *ui, o planning.Objection) (leave bool, err error) {
	answer, err := ui.Ask(ctx, o.Problem+"\n"+o.Question+" [leave/again/N]")
	if err != nil {
		return false, err
	}
	switch strings.ToLower(answer) {
	case "leave":
		return true, nil
	case "again":
		return false, nil
	}
	return false, &operation.RefusedError{Objections: []planning.Objection{o}}
}

// confirm asks before anything is sent.
func (cmd *sendCmd) confirm(ctx context.Context, view *sendView, r operation.Request, p *operation.Planned) error {
	if cmd.Yes || p.Found && p.Run.State.Final() {
		return nil
	}
	ui := view.ui
	if !ui.terminal {
		return usage(errors.New("nobody is here to ask, and --yes was not given; nothing was sent"), "look at siaran check "+cmd.Campaign+", then: siaran send --yes "+cmd.Campaign)
	}
	want := "yes"
	question := fmt.Sprintf("Run %s is unfinished. Go on sending, %s? [y/N]", p.Run.ID, live(r.Account.Live))
	if !p.Found {
		showLook(ui, r.Material, p.Look)
		question = fmt.Sprintf("\nSend %s, %s? [y/N]", plural(p.Preflight.Sendable, "message"), live(r.Account.Live))
		if n := p.Preflight.Sendable; n > 1000 {
			want = strconv.Itoa(n)
			question = fmt.Sprintf("\nSend %s messages, %s? Type their number to go on:", count(n), live(r.Account.Live))
		}
	}
	answer, err := ui.Ask(ctx, question)
	if err != nil {
		return err
	}
	if want == "yes" && yes(answer) || want != "yes" && strings.NewReplacer(",", "", ".", "", " ", "").Replace(answer) == want {
		return nil
	}
	return &statusError{Code: exitPerson, Err: errors.New("nothing was sent")}
}

// resultExit is the exit code of a stretch of sending.
func resultExit(r operation.Result) int {
	switch r.Stop.Kind {
	case dispatch.StopInterrupted:
		return exitInterrupted
	case dispatch.StopSystemic, dispatch.StopOdd, dispatch.StopDown:
		return exitGateway
	case dispatch.StopState:
		return exitPaused
	case dispatch.StopDone, dispatch.StopExpired:
		if r.Run.PausedBy != "" { // between its last answer and its end
			return exitPaused
		}
	}
	return exitOfRun(r.Summary, r.Expect)
}
