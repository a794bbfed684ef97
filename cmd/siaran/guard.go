package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/english"
	"siaran/campaign/planning"
)

// An objection is a guard's no. Without a terminal it ends the command with exit code 5; at one a person
// is asked. --yes never answers it.
type objection struct {
	problem  string
	hint     string
	question string // what a person at a terminal says yes to
}

// refuse makes one error of all objections; nil if there are none.
func refuse(objections []objection) error {
	if len(objections) == 0 {
		return nil
	}
	var problems, hints []string
	for _, o := range objections {
		problems, hints = append(problems, o.problem), append(hints, o.hint)
	}
	return &statusError{Code: exitPerson, Err: errors.New(strings.Join(problems, "\n")), Hint: strings.Join(hints, "\n")}
}

// objections are what the guards say to a plan, but for those that need the ledger.
func (l *loaded) objections(pre *planning.Preflight, now time.Time) []objection {
	var all []objection
	c := l.campaign
	if pre.Hidden > 0 && c.HiddenRows == campaign.HiddenRefuse {
		all = append(all, objection{
			fmt.Sprintf("hidden rows: %s, by hand or by a filter", count(pre.Hidden)),
			"say in the campaign what is meant: hidden_rows: skip leaves them out, hidden_rows: include sends to them; or show them in Excel and save",
			"Leave the hidden rows out, and send to the others?",
		})
	}
	if pre.Duplicates > l.earlier.left && c.Duplicates.Keep == "refuse" {
		all = append(all, objection{
			fmt.Sprintf("duplicates: %s, and the campaign refuses them", plural(pre.Duplicates-l.earlier.left, "row")),
			"take them out of the file, or say duplicates: {keep: first} in the campaign",
			"Send to the first of each?",
		})
	}
	return append(all, l.unexpected(pre, now)...)
}

// unexpected compares a plan with expect:. Corrected rows are neither many nor of today.
func (l *loaded) unexpected(pre *planning.Preflight, now time.Time) []objection {
	var all []objection
	e := l.campaign.Expect
	no := func(problem, hint string) {
		all = append(all, objection{problem, hint, "Send it all the same?"})
	}
	if l.repairs == nil && (pre.Rows < e.RowsMin || e.RowsMax > 0 && pre.Rows > e.RowsMax) {
		no(fmt.Sprintf("rows: %s, and the campaign expects %s", count(pre.Rows), rangeWords(e)), "is it the right file, and is it whole? else change expect.rows in the campaign")
	}
	if e.Rejected.Set && !e.Rejected.Allows(pre.Rejected, pre.Rows) {
		no(fmt.Sprintf("rejected: %s of %s rows, and the campaign allows %s", count(pre.Rejected), count(pre.Rows), shareWords(e.Rejected)),
			"mend the rows, or change expect.rejected in the campaign; siaran check lists them")
	}
	if e.Cost > 0 {
		estimate := pre.Estimate(l.campaign, l.account.Prices, now)
		switch {
		case !estimate.Known:
			no("cost: not known, and the campaign limits it", "give the account prices for all channels, or take expect.cost out of the campaign")
		case estimate.Most > e.Cost:
			no(fmt.Sprintf("cost: up to %s %s, and the campaign expects at most %s", estimate.Currency, english.Money(estimate.Most), english.Money(e.Cost)),
				"is it the right file? else change expect.cost in the campaign")
		}
	}
	if problem := l.tooOld(now); problem != "" {
		no(problem, "has today's file come? else change expect.file_age in the campaign")
	}
	return all
}

// tooOld says that the file is older than the campaign expects; empty if it is not.
func (l *loaded) tooOld(now time.Time) string {
	most := l.campaign.Expect.FileAge
	if most == 0 || l.repairs != nil || l.campaign.File == "-" {
		return ""
	}
	info, err := os.Stat(l.campaign.File)
	if errors.Is(err, fs.ErrNotExist) || err != nil {
		return fmt.Sprintf("file age: not known (%v), and the campaign limits it", err)
	}
	if age := now.Sub(info.ModTime()); age > most {
		return fmt.Sprintf("file age: %s was last changed %s ago, and the campaign expects at most %s", l.campaign.File, span(age), span(most))
	}
	return ""
}

func rangeWords(e campaign.Expect) string {
	switch {
	case e.RowsMax == 0:
		return "at least " + count(e.RowsMin)
	case e.RowsMin == 0:
		return "at most " + count(e.RowsMax)
	case e.RowsMin == e.RowsMax:
		return count(e.RowsMin)
	default:
		return count(e.RowsMin) + " to " + count(e.RowsMax)
	}
}

func shareWords(s campaign.Share) string {
	if s.IsPct {
		return fmt.Sprintf("%g%%", s.Percent)
	}
	return count(s.Count)
}

// repeated objects to rows that this campaign sent to before; nil if there are none to ask about.
func (l *loaded) repeatedRows(pre *planning.Preflight) []objection {
	if pre.Repeated == 0 {
		return nil
	}
	e := &l.earlier
	return []objection{{
		problem: fmt.Sprintf("repeat: %s of %s were sent the same by this campaign within %s, the last on %s by run %s (first: row %d)",
			plural(pre.Repeated, "row"), count(pre.Sendable), span(l.campaign.RepeatWithin), e.when(e.last, l.settings.Zone), e.runs[e.last.run], e.first),
		hint: "say in the campaign what is meant: repeat: skip leaves them out, repeat: allow sends to them again",
	}}
}

// guarded lets a plan pass, asks, or refuses. replaced is the finished run in whose place --new-run puts
// this one. The preflight may come back changed: with rows left out.
func (s *sending) guarded(ctx context.Context, pre *planning.Preflight, plan planning.Plan, replaced string) (*planning.Preflight, error) {
	if err := s.repairs.conflict(); err != nil {
		return nil, err
	}
	if s.repairs == nil {
		sent, err := s.unfinished(ctx, plan)
		if err == nil && sent { // which this file may repeat
			if err = s.lookBack(ctx, s.ledger); err == nil {
				pre, _, err = s.preflight(ctx)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if replaced != "" {
		var err error
		if pre, err = s.leaveOut(ctx, pre, replaced); err != nil {
			return nil, err
		}
	}
	objections := s.objections(pre, time.Now())
	if !s.ui.terminal {
		return pre, refuse(append(objections, s.repeatedRows(pre)...))
	}
	for _, o := range objections {
		if !yes(s.ui.Ask(o.problem + "\n" + o.question + " [y/N]")) {
			return nil, refuse([]objection{o})
		}
	}
	return s.askRepeated(ctx, pre)
}

// leaveOut takes the rows out that the replaced run sent, and says how many.
func (s *sending) leaveOut(ctx context.Context, pre *planning.Preflight, replaced string) (*planning.Preflight, error) {
	s.earlier.of = replaced
	if pre.Repeated > 0 {
		var err error
		if pre, _, err = s.preflight(ctx); err != nil {
			return nil, err
		}
	}
	n, within := s.earlier.left, span(s.campaign.RepeatWithin)
	if n > 0 && pre.Sendable == 0 {
		return nil, person("repeat: allow in the campaign sends to them again", "nothing is left to send: every sendable row was sent within %s", within)
	}
	if n > 0 {
		s.ui.Note("%s left out: sent already, within %s (repeat: allow in the campaign sends to them again)", plural(n, "row"), within)
	}
	return pre, nil
}

// askRepeated asks a person about rows that were sent to before.
func (s *sending) askRepeated(ctx context.Context, pre *planning.Preflight) (*planning.Preflight, error) {
	for _, o := range s.repeatedRows(pre) {
		switch strings.ToLower(s.ui.Ask(o.problem + "\nLeave these rows out, or send to them again? [leave/again/N]")) {
		case "leave":
			s.earlier.all = true
			again, _, err := s.preflight(ctx)
			return again, err
		case "again":
		default:
			return nil, refuse([]objection{o})
		}
	}
	return pre, nil
}

// stale refuses a file that was sent already where the campaign expects a newer one: yesterday's file again
// is not "all well, nothing to do".
func (s *sending) stale() error {
	if problem := s.tooOld(time.Now()); problem != "" {
		return person("has today's file come? else change expect.file_age in the campaign", "%s; it was sent already, by run %s", problem, s.run.ID)
	}
	return nil
}
