package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
)

// preflight reads the whole file, plans it and counts, without writing anything down. The plan's
// digest says which run this would be.
func (l *loaded) preflight(ctx context.Context) (*campaign.Preflight, campaign.Plan, error) {
	p, err := campaign.NewPlanner(l.campaign, l.file.Header(), l.gateway)
	if err != nil {
		return nil, campaign.Plan{}, usage(err, "")
	}
	pre := campaign.NewPreflight(l.campaign)
	var plan campaign.Plan
	for m, err := range p.Messages(ctx, &plan, l.rows(ctx)) {
		if err != nil {
			return nil, plan, err
		}
		pre.Add(m, l.sms)
	}
	if err := l.file.Changed(ctx); err != nil {
		return nil, plan, err
	}
	pre.Done()
	pre.Hidden, pre.Empty = plan.Hidden, l.file.Counts().Empty
	if pre.Rows == 0 {
		return nil, plan, usage(fmt.Errorf("%s has no data row below its heading", l.campaign.File), "check tab: and header_row: in the campaign, or the file itself")
	}
	return pre, plan, nil
}

// sms is the text of m's SMS.
func (l *loaded) sms(m campaign.Message) (string, error) { return l.gateway.SMSText(m) }

// show prints a preflight for people.
func (l *loaded) show(ui *ui, pre *campaign.Preflight) {
	c := l.campaign
	ui.Say("%s: %s, account %s (%s)", c.Name, l.describe(), c.Account, live(l.account.Live))
	ui.Say("")
	ui.Say("  rows        %8s", count(pre.Rows))
	ui.Say("  sendable    %8s", count(pre.Sendable))
	ui.Say("  rejected    %8s", count(pre.Rejected))
	ui.Say("  duplicates  %8s", count(pre.Duplicates))
	if pre.Suppressed > 0 {
		ui.Say("  suppressed  %8s   of the sendable: will be withheld", count(pre.Suppressed))
	}
	ui.Say("  hidden      %8s   %s", count(pre.Hidden), hiddenWords(c.HiddenRows, pre.Hidden))
	ui.Say("  empty       %8s   not counted as rows", count(pre.Empty))
	showProblems(ui, pre)
	for i, m := range pre.Pairs {
		if i == 0 {
			ui.Say("\nDuplicates, the first of %s:", count(pre.Duplicates))
		}
		ui.Say("  row %d: %s", m.Seq, m.Problem.Reason)
	}
	for i, o := range pre.Oddities {
		if i == 0 {
			ui.Say("\nLook at these values:")
		}
		ui.Say("  column %q is %q in %s (first in row %d)", o.Column, o.Value, plural(o.Rows, "row"), o.First)
	}
	l.showChannels(ui, pre)
	for i, m := range pre.First {
		ui.Say("\nRow %d, as %s reads it:", m.Seq, campaign.Mask(m.Address))
		ui.Say("%s", indent(l.text(m)))
		if i == 2 {
			break
		}
	}
}

func hiddenWords(p campaign.HiddenRows, n int) string {
	switch {
	case n == 0 || p == campaign.HiddenInclude:
		return ""
	case p == campaign.HiddenSkip:
		return "left out (hidden_rows: skip)"
	default:
		return "decide: hidden_rows: skip, or include"
	}
}

func showProblems(ui *ui, pre *campaign.Preflight) {
	for i, g := range pre.Problems {
		if i == 0 {
			ui.Say("\nRejected, by reason:")
		}
		if i == 20 {
			ui.Say("  … and %s", plural(len(pre.Problems)-i, "other reason"))
			break
		}
		column := ""
		if g.Column != "" {
			column = fmt.Sprintf("column %q: ", g.Column)
		}
		ui.Say("  %s: %s%s (%s)", plural(g.Rows, "row"), column, g.Reason, rowList(g.First, g.Rows))
	}
}

// rowList is "rows 3, 17, 40 and 12 more".
func rowList(rows []int, total int) string {
	words := make([]string, 0, len(rows))
	for _, r := range rows {
		words = append(words, fmt.Sprint(r))
	}
	s := "row " + strings.Join(words, ", ")
	if total > 1 {
		s = "rows" + s[3:]
	}
	if total > len(rows) {
		s += fmt.Sprintf(" and %s more", count(total-len(rows)))
	}
	return s
}

// showChannels prints messages, parts, estimate and duration.
func (l *loaded) showChannels(ui *ui, pre *campaign.Preflight) {
	ui.Say("")
	for _, ch := range pre.Channels {
		line := fmt.Sprintf("  %-10s  %8s messages", ch.Kind, count(ch.Messages))
		if ch.Kind == campaign.SMS {
			line += fmt.Sprintf(", %s (at most %d in one message, %s in UCS-2)", plural(ch.Parts, "part"), ch.Most, count(ch.UCS2))
		}
		ui.Say("%s", line)
	}
	ui.Say("  estimate    %s", l.estimate(pre))
	rate := l.account.Rate.Min(l.campaign.Rate)
	if d := rate.Duration(pre.Sendable); d > 0 {
		ui.Say("  duration    %s at %s, until about %s", span(d), rateWords(rate), time.Now().Add(d).In(l.settings.Zone).Format("15:04 on 2 Jan"))
	} else {
		ui.Say("  duration    as fast as the gateway takes it (no rate limit)")
	}
}

func (l *loaded) estimate(pre *campaign.Preflight) string {
	e := pre.Estimate(l.campaign, l.account.Prices, time.Now())
	switch {
	case l.account.Prices == nil:
		return "not known: the account has no prices"
	case !e.Known:
		return "not known: a price is missing for one of the channels"
	default:
		return estimateWords(e)
	}
}

// estimateWords is an estimate for people.
func estimateWords(e campaign.Estimate) string {
	if e.Least == e.Most {
		return fmt.Sprintf("%s %s, without tax", e.Currency, groupMoney(e.Most))
	}
	return fmt.Sprintf("%s %s to %s (no backup to all backups), without tax", e.Currency, groupMoney(e.Least), groupMoney(e.Most))
}

// groupMoney writes an amount with commas: 1,250,000.50.
func groupMoney(m campaign.Money) string {
	s := m.String()
	whole, frac, found := strings.Cut(s, ".")
	var n int
	if _, err := fmt.Sscan(whole, &n); err != nil {
		return s
	}
	if found {
		return count(n) + "." + frac
	}
	return count(n)
}

func rateWords(r campaign.Rate) string {
	if r >= 1 {
		return fmt.Sprintf("%g/s", float64(r))
	}
	return fmt.Sprintf("%g/min", float64(r)*60)
}

// text is m as its recipient reads it.
func (l *loaded) text(m campaign.Message) string {
	text, err := l.gateway.Text(m)
	if err != nil {
		return "(" + err.Error() + ")" // Check has passed: it renders
	}
	return text
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n  ")
}

// problems prints the rejected rows as JSON lines, grouped rows one by one up to those kept.
func problems(ui *ui, pre *campaign.Preflight) {
	for _, g := range pre.Problems {
		for _, row := range g.First {
			ui.JSON(struct {
				Type   string `json:"type"`
				Row    int    `json:"row"`
				Column string `json:"column"`
				Reason string `json:"reason"`
				Rows   int    `json:"rows"` // with the same problem
			}{"problem", row, g.Column, g.Reason, g.Rows})
		}
	}
}

// summaryOf is the summary of what was not sent yet: the sendable are queued.
func (l *loaded) summaryOf(pre *campaign.Preflight) summary {
	return summary{Type: "summary", Campaign: l.campaign.Name, Kind: string(campaign.KindSend), Live: l.account.Live,
		Rows: pre.Rows, Rejected: pre.Rejected, Duplicate: pre.Duplicates, Suppressed: pre.Suppressed,
		Queued: pre.Sendable - pre.Suppressed}
}
