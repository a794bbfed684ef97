package main

import (
	"context"
	"fmt"
	"strings"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
)

// An openRun is another run of this campaign that is not finished, and what it went by.
type openRun struct {
	campaign.Run
	old     *campaign.Campaign
	content []string // it has the same rows: what changed in the campaign since
}

// identity is what makes a run the same run.
func (l *loaded) identity(plan planning.Plan, again int) campaign.Identity {
	c := l.campaign
	i := campaign.Identity{Campaign: c.Name, Account: c.Account, ContentDigest: c.ContentDigest(), RowsDigest: plan.Digest, Again: again}
	if l.repairs != nil {
		i.Parent = l.repairs.parent.ID
	}
	return i
}

// openRuns finds the unfinished runs of this campaign, the newest first.
func (l *loaded) openRuns(ctx context.Context, book *ledger.Ledger, plan planning.Plan) ([]openRun, error) {
	runs, err := book.Runs.All(ctx)
	if err != nil {
		return nil, err
	}
	var open []openRun
	for _, run := range runs {
		if run.Campaign != l.campaign.Name || run.Kind != campaign.KindSend || run.State == campaign.StateDone || run.State == campaign.StateCancelled {
			continue
		}
		old, err := definitionOf(run)
		if err != nil {
			return nil, fmt.Errorf("run %s: its definition: %w", run.ID, err)
		}
		o := openRun{Run: run, old: old}
		if run.RowsDigest == plan.Digest {
			if o.content, _, err = definition.Diff(old.Text, l.campaign.Text); err != nil {
				return nil, err
			}
		}
		open = append(open, o)
	}
	return open, nil
}

// object says no to a plan because of an unfinished run; nil if the campaign says what to do with it.
func (l *loaded) object(o openRun) *objection {
	started := o.CreatedAt.In(l.settings.Zone).Format("2 Jan 15:04")
	switch {
	case len(o.content) > 0:
		return &objection{
			problem: fmt.Sprintf("the campaign changed since run %s of %s was planned, and that run is unfinished:\n  %s", o.ID, started, strings.Join(o.content, "\n  ")),
			hint:    "put the old text back to resume run " + o.ID + ", or give the corrected message a name of its own",
		}
	case o.State == campaign.StatePaused && o.PausedBy != "":
		return &objection{
			problem: fmt.Sprintf("run %s of this campaign, of %s, with another file, was paused by %s: %s", o.ID, started, o.PausedBy, o.Reason),
			hint:    "it is theirs to go on with or to cancel, before this file is sent",
		}
	case l.campaign.Unfinished == "refuse":
		return &objection{
			problem:  fmt.Sprintf("run %s of this campaign, of %s, with another file, is unfinished (%s)", o.ID, started, o.State),
			hint:     fmt.Sprintf("finish it with its own file (--file %s) and its own campaign text; or say in the campaign: unfinished: finish-first sends its rest before this file, unfinished: expire gives its rest up", o.FileName),
			question: "finish",
		}
	}
	return nil
}

// unfinished deals with the campaign's other runs: never a mixture of two. It reports whether it sent
// any of their rows.
func (s *sending) unfinished(ctx context.Context, plan planning.Plan) (sent bool, err error) {
	open, err := s.openRuns(ctx, s.ledger, plan)
	if err != nil {
		return false, err
	}
	for _, o := range open {
		policy := s.campaign.Unfinished
		if no := s.object(o); no != nil {
			if !s.ui.terminal || no.question == "" {
				return sent, refuse([]objection{*no})
			}
			switch strings.ToLower(s.ui.Ask(no.problem + "\nFinish it first, or give its unsent rows up? [finish/expire/N]")) {
			case "finish":
				policy = "finish-first"
			case "expire":
				policy = "expire"
			default:
				return sent, refuse([]objection{*no})
			}
		}
		if policy == "expire" {
			err = s.expire(ctx, o)
		} else {
			sent = true
			err = s.finish(ctx, o)
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// finish sends what is left of an older run, from the ledger, by its own definition. Its summary is
// printed, and its exit code kept where it is the worse one.
func (s *sending) finish(ctx context.Context, o openRun) error {
	account, ok := s.settings.Accounts[o.Account]
	if !ok {
		return usage(fmt.Errorf("run %s is unfinished, and its account %s is no longer in %s", o.ID, o.Account, s.settings.Path), "put the account back, or say unfinished: expire in the campaign")
	}
	g, err := newGateway(account, o.old, o.Header)
	if err != nil {
		return fmt.Errorf("run %s: %w", o.ID, err)
	}
	s.ui.Note("run %s of %s is unfinished: it is finished first", o.ID, o.CreatedAt.In(s.settings.Zone).Format("2 Jan 15:04"))
	first := &sending{
		loaded: &loaded{settings: s.settings, campaign: o.old, account: account, header: o.Header, gateway: g},
		cmd:    &sendCmd{Campaign: s.cmd.Campaign, Yes: true}, ui: s.ui, ledger: s.ledger, run: o.Run,
	}
	sum, err := first.goOn(ctx)
	if err != nil {
		return err
	}
	first.show(sum)
	s.ui.JSON(sum)
	code := first.exit(sum)
	if campaign.RunState(sum.State) != campaign.StateDone {
		return quietly(max(code, exitError)) // it was said: this file is not begun
	}
	s.worse = max(s.worse, code)
	return nil
}

// expire gives up what is left of an older run.
func (s *sending) expire(ctx context.Context, o openRun) error {
	owner, err := s.ledger.Owners.Own(ctx, o.ID)
	if err != nil {
		return err
	}
	defer func() { _ = owner.Release() }()
	before, _, err := summarise(ctx, s.ledger, o.Run)
	if err != nil {
		return err
	}
	reason := "expired: a newer file of the campaign took its place"
	done, err := s.ledger.Runs.SetState(ctx, o.ID, []campaign.RunState{o.State}, campaign.StateDone, reason, "")
	if err != nil {
		return err
	}
	if !done {
		return &statusError{Code: exitBusy, Err: fmt.Errorf("run %s is unfinished and somebody is sending it", o.ID), Hint: "run the same command again when siaran status shows it at rest"}
	}
	s.ui.Note("run %s of %s: %s not sent, expired", o.ID, o.CreatedAt.In(s.settings.Zone).Format("2 Jan 15:04"), plural(before.Queued, "row"))
	return s.ledger.Actions.Add(ctx, campaign.Action{Who: who(), Host: hostName(), What: campaign.DeedExpire, Run: o.ID, Why: reason})
}
