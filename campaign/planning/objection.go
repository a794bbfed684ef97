package planning

import (
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/english"
)

// An Objection is what a guard says against a plan, as data. Whoever runs the command answers it; nobody
// answers for them.
type Objection struct {
	Guard    Guard
	Problem  string
	Hint     string // the way out
	Question string // what a person says yes to; empty: there is nothing to say yes to
}

// A Guard is what looks at a plan.
type Guard string

// The guards.
const (
	GuardHidden     Guard = "hidden"
	GuardDuplicates Guard = "duplicates"
	GuardRows       Guard = "rows"
	GuardRejected   Guard = "rejected"
	GuardCost       Guard = "cost"
	GuardFileAge    Guard = "file_age"
	GuardRepeat     Guard = "repeat"
	GuardUnfinished Guard = "unfinished" // another run of the campaign is: finish it first, or expire it
	GuardChanged    Guard = "changed"    // the campaign changed while its run is unfinished
	GuardPaused     Guard = "paused"     // a person paused another run of the campaign
	GuardNothing    Guard = "nothing"    // every row was sent before
)

const sendAllTheSame = "Send it all the same?"

// Facts are what the guards look at.
type Facts struct {
	Campaign  *campaign.Campaign
	Preflight *Preflight
	Estimate  campaign.Estimate
	Repair    bool           // corrected rows, which are neither many nor of today
	NewRun    bool           // the plan stands in the place of a run that is done
	Zone      *time.Location // for times in sentences
}

// Objections are what the guards say to a plan, all at once; none if nothing speaks against it.
func Objections(f Facts) []Objection {
	if f.NewRun && f.Preflight.LeftOut > 0 && f.Preflight.Sendable == 0 {
		return []Objection{{
			Guard:   GuardNothing,
			Problem: "nothing is left to send: every sendable row was sent within " + english.Span(f.Campaign.RepeatWithin),
			Hint:    "repeat: allow in the campaign sends to them again",
		}}
	}
	var all []Objection
	for _, guard := range []func(Facts) *Objection{hiddenRows, duplicates, rows, rejected, cost, repeated} {
		if o := guard(f); o != nil {
			all = append(all, *o)
		}
	}
	return all
}

func hiddenRows(f Facts) *Objection {
	if f.Preflight.Hidden == 0 || f.Campaign.HiddenRows != campaign.HiddenRefuse {
		return nil
	}
	return &Objection{
		Guard:    GuardHidden,
		Problem:  fmt.Sprintf("hidden rows: %s, by hand or by a filter", english.Count(f.Preflight.Hidden)),
		Hint:     "say in the campaign what is meant: hidden_rows: skip leaves them out, hidden_rows: include sends to them; or show them in Excel and save",
		Question: "Leave the hidden rows out, and send to the others?",
	}
}

func duplicates(f Facts) *Objection {
	n := f.Preflight.Duplicates - f.Preflight.LeftOut
	if n == 0 || f.Campaign.Duplicates.Keep != "refuse" {
		return nil
	}
	return &Objection{
		Guard:    GuardDuplicates,
		Problem:  fmt.Sprintf("duplicates: %s, and the campaign refuses them", english.Plural(n, "row")),
		Hint:     "take them out of the file, or say duplicates: {keep: first} in the campaign",
		Question: "Send to the first of each?",
	}
}

func rows(f Facts) *Objection {
	e, n := f.Campaign.Expect, f.Preflight.Rows
	if f.Repair || n >= e.RowsMin && (e.RowsMax == 0 || n <= e.RowsMax) {
		return nil
	}
	return &Objection{
		Guard:    GuardRows,
		Problem:  fmt.Sprintf("rows: %s, and the campaign expects %s", english.Count(n), expectedRows(e)),
		Hint:     "is it the right file, and is it whole? else change expect.rows in the campaign",
		Question: sendAllTheSame,
	}
}

func expectedRows(e campaign.Expect) string {
	switch {
	case e.RowsMax == 0:
		return "at least " + english.Count(e.RowsMin)
	case e.RowsMin == 0:
		return "at most " + english.Count(e.RowsMax)
	case e.RowsMin == e.RowsMax:
		return english.Count(e.RowsMin)
	default:
		return english.Count(e.RowsMin) + " to " + english.Count(e.RowsMax)
	}
}

func rejected(f Facts) *Objection {
	share := f.Campaign.Expect.Rejected
	if !share.Set || share.Allows(f.Preflight.Rejected, f.Preflight.Rows) {
		return nil
	}
	allowed := english.Count(share.Count)
	if share.IsPct {
		allowed = fmt.Sprintf("%g%%", share.Percent)
	}
	return &Objection{
		Guard:    GuardRejected,
		Problem:  fmt.Sprintf("rejected: %s of %s rows, and the campaign allows %s", english.Count(f.Preflight.Rejected), english.Count(f.Preflight.Rows), allowed),
		Hint:     "mend the rows, or change expect.rejected in the campaign; siaran check lists them",
		Question: sendAllTheSame,
	}
}

// cost compares the dearest estimate.
func cost(f Facts) *Objection {
	most := f.Campaign.Expect.Cost
	switch {
	case most == 0 || f.Estimate.Known && f.Estimate.Most <= most:
		return nil
	case !f.Estimate.Known:
		return &Objection{
			Guard:    GuardCost,
			Problem:  "cost: not known, and the campaign limits it",
			Hint:     "give the account prices for all channels, or take expect.cost out of the campaign",
			Question: sendAllTheSame,
		}
	}
	return &Objection{
		Guard: GuardCost,
		Problem: fmt.Sprintf("cost: up to %s %s, and the campaign expects at most %s",
			f.Estimate.Currency, english.Money(f.Estimate.Most), english.Money(most)),
		Hint:     "is it the right file? else change expect.cost in the campaign",
		Question: sendAllTheSame,
	}
}

func repeated(f Facts) *Objection {
	p := f.Preflight
	if p.Repeated == 0 {
		return nil
	}
	return &Objection{
		Guard: GuardRepeat,
		Problem: fmt.Sprintf("repeat: %s of %s were sent the same by this campaign within %s, the last on %s by run %s (first: row %d)",
			english.Plural(p.Repeated, "row"), english.Count(p.Sendable), english.Span(f.Campaign.RepeatWithin),
			p.LastRepeat.At.In(f.Zone).Format("2 Jan 15:04"), p.LastRepeat.Run, p.FirstRepeat),
		Hint:     "say in the campaign what is meant: repeat: skip leaves them out, repeat: allow sends to them again",
		Question: "Leave these rows out, or send to them again?",
	}
}

// FileAge objects to a file that is older than the campaign expects: yesterday's file again is not "all
// well, nothing to do". changed is when it was last changed.
func FileAge(c *campaign.Campaign, changed, now time.Time) *Objection {
	most := c.Expect.FileAge
	if most == 0 {
		return nil
	}
	o := &Objection{Guard: GuardFileAge, Hint: "has today's file come? else change expect.file_age in the campaign", Question: sendAllTheSame}
	if age := now.Sub(changed); age > most {
		o.Problem = fmt.Sprintf("file age: %s was last changed %s ago, and the campaign expects at most %s", c.File, english.Span(age), english.Span(most))
		return o
	}
	return nil
}

// Unfinished objects to a plan because another run of the campaign is not finished; nil if the campaign says
// what to do with it. content is how the campaign's content changed since, if that run has the same rows.
func Unfinished(c *campaign.Campaign, open campaign.Run, content []string, zone *time.Location) *Objection {
	started := open.CreatedAt.In(zone).Format("2 Jan 15:04")
	switch {
	case len(content) > 0:
		return &Objection{
			Guard: GuardChanged,
			Problem: fmt.Sprintf("the campaign changed since run %s of %s was planned, and that run is unfinished:\n  %s",
				open.ID, started, strings.Join(content, "\n  ")),
			Hint: "put the old text back to resume run " + open.ID + ", or give the corrected message a name of its own",
		}
	case open.State == campaign.StatePaused && open.PausedBy != "":
		return &Objection{
			Guard:   GuardPaused,
			Problem: fmt.Sprintf("run %s of this campaign, of %s, with another file, was paused by %s: %s", open.ID, started, open.PausedBy, open.Reason),
			Hint:    "it is theirs to go on with or to cancel, before this file is sent",
		}
	case c.Unfinished == "refuse":
		return &Objection{
			Guard:   GuardUnfinished,
			Problem: fmt.Sprintf("run %s of this campaign, of %s, with another file, is unfinished (%s)", open.ID, started, open.State),
			Hint: fmt.Sprintf("finish it with its own file (--file %s) and its own campaign text; or say in the campaign: unfinished: finish-first sends its rest before this file, "+
				"unfinished: expire gives its rest up", open.FileName),
			Question: "Finish it first, or give its unsent rows up?",
		}
	}
	return nil
}
