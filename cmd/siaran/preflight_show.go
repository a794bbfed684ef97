package main

import (
	"fmt"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/english"
	"siaran/campaign/planning"
)

// show prints a preflight for people.
func (l *loaded) show(ui *ui, pre *planning.Preflight) {
	c := l.campaign
	ui.Say("%s: %s, account %s (%s)", c.Name, l.describe(), c.Account, live(l.account.Live))
	if l.repairs != nil {
		ui.Say("Corrected rows of run %s.", l.repairs.parent.ID)
	}
	ui.Say("")
	ui.Say("  rows        %8s", count(pre.Rows))
	ui.Say("  sendable    %8s", count(pre.Sendable))
	ui.Say("  rejected    %8s", count(pre.Rejected))
	ui.Say("  duplicates  %8s%s", count(pre.Duplicates), l.leftOut())
	if pre.Suppressed > 0 {
		ui.Say("  suppressed  %8s   of the sendable: opted out, will be withheld", count(pre.Suppressed))
	}
	if pre.Repeated > 0 {
		ui.Say("  repeated    %8s   of the sendable: this campaign sent them the same before", count(pre.Repeated))
	}
	ui.Say("  hidden      %8s%s", count(pre.Hidden), hiddenWords(c.HiddenRows, pre.Hidden))
	ui.Say("  empty       %8s   not counted as rows", count(pre.Empty))
	for _, note := range l.fileNotes() {
		ui.Say("  %s", note)
	}
	l.showProblems(ui, pre)
	for i, m := range pre.Pairs {
		if i == 0 {
			ui.Say("\nDuplicates, the first of %s:", count(pre.Duplicates))
		}
		ui.Say("  row %d: %s", m.Seq, m.Problem.Reason)
	}
	showOddities(ui, pre)
	l.showChannels(ui, pre)
	for _, m := range pre.First {
		ui.Say("\nRow %d, as %s reads it:", m.Seq, address.Mask(m.Address))
		ui.Say("%s", indent(l.text(m)))
	}
}

// leftOut says how many of the duplicates are no duplicates within the file.
func (l *loaded) leftOut() string {
	if l.earlier.left == 0 {
		return ""
	}
	return fmt.Sprintf("   %s of them sent before, left out", count(l.earlier.left))
}

// fileNotes say what of the file a person may not see at a glance.
func (l *loaded) fileNotes() []string {
	var notes []string
	say := func(n int, format string) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf(format, count(n)))
		}
	}
	c := l.file.Counts()
	if c.Filter != "" {
		notes = append(notes, "a filter is set on "+strings.ReplaceAll(c.Filter, "$", ""))
	}
	say(c.HiddenColumns, "hidden columns: %s; they are read like the others")
	say(c.Merged, "merged areas: %s; only the first cell of each has the value, the others are empty")
	say(c.Ragged, "rows with fewer or more values than headings: %s")
	say(c.Errors, "cells with an error such as #REF!: %s; a row that needs one is rejected")
	say(c.Formula, "formulas without a stored value: %s; open the file in Excel and save it")
	var hidden []string
	for _, t := range l.file.Tabs() {
		if t.Hidden {
			hidden = append(hidden, t.Name)
		}
	}
	if len(hidden) > 0 {
		notes = append(notes, "hidden tabs: "+strings.Join(hidden, ", "))
	}
	return notes
}

func hiddenWords(p campaign.HiddenRows, n int) string {
	switch {
	case n == 0 || p == campaign.HiddenInclude:
		return ""
	case p == campaign.HiddenSkip:
		return "   left out (hidden_rows: skip)"
	default:
		return "   decide: hidden_rows: skip, or include"
	}
}

// shownReasons is how many reasons are printed; every row is in the repair workbook.
const shownReasons = 20

func (l *loaded) showProblems(ui *ui, pre *planning.Preflight) {
	for i, g := range pre.Problems {
		if i == 0 {
			ui.Say("\nRejected, by reason:")
		}
		if i == shownReasons {
			ui.Say("  … and %s", plural(len(pre.Problems)-i, "other reason"))
			break
		}
		column := ""
		if g.Column != "" {
			column = fmt.Sprintf("column %q: ", g.Column)
		}
		if pre.Whole(g) {
			ui.Say("  the whole %s%s (%s of %s rows)", column, g.Reason, count(g.Rows), count(pre.Rows))
			continue
		}
		ui.Say("  %s: %s%s (%s)", plural(g.Rows, "row"), column, g.Reason, rowList(g.First, g.Rows))
	}
	l.repaired.show(ui)
}

func showOddities(ui *ui, pre *planning.Preflight) {
	if pre.LostDigits() {
		ui.Say("\nThe digits of these phone numbers seem to be lost: %s of %s end in 00000. A spreadsheet rounds them when a .csv with 6.28E+11 in it is",
			count(pre.Rounded), count(pre.Sendable))
		ui.Say("opened and saved. Take the file from where it came from; format the column as text before entering or importing the numbers.")
	}
	for i, o := range pre.Oddities {
		if i == 0 {
			ui.Say("\nLook at these values, which people would read:")
		}
		if i == shownReasons {
			ui.Say("  … and %s", plural(len(pre.Oddities)-i, "other value"))
			break
		}
		if o.Value == "\ufffd" {
			ui.Say("  column %q has \ufffd, characters that an earlier program could not read, in %s (first in row %d)", o.Column, plural(o.Rows, "row"), o.First)
			continue
		}
		ui.Say("  column %q is %q in %s (first in row %d)", o.Column, o.Value, plural(o.Rows, "row"), o.First)
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
func (l *loaded) showChannels(ui *ui, pre *planning.Preflight) {
	ui.Say("")
	for _, ch := range pre.Channels {
		line := fmt.Sprintf("  %-10s  %8s messages", ch.Kind, count(ch.Messages))
		if ch.Kind == campaign.SMS {
			line += fmt.Sprintf(", %s (at most %d in one message)", plural(ch.Parts, "part"), ch.Most)
			if ch.UCS2 > 0 {
				line += fmt.Sprintf("; %s in UCS-2, because of %s", count(ch.UCS2), runes(ch.Forced))
			}
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

// runes names characters so that they can be found: "’" U+2019, "😀" U+1F600.
func runes(list []rune) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = fmt.Sprintf("%q %U", string(r), r)
	}
	return strings.Join(words, ", ")
}

func (l *loaded) estimate(pre *planning.Preflight) string {
	e := pre.Estimate(l.campaign, l.account.Prices, time.Now())
	switch {
	case l.account.Prices == nil:
		return "not known: the account has no prices"
	case !e.Known:
		return "not known: a price is missing for one of the channels"
	default:
		return english.Estimate(e)
	}
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
