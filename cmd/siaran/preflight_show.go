package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/english"
	"siaran/campaign/operation"
	"siaran/campaign/planning"
)

// showLook prints a preflight for people.
func showLook(ui *ui, m operation.Material, look *operation.Look) {
	c, pre := m.Campaign, look.Preflight
	ui.Say("%s: %s, account %s (%s)", c.Name, fileWords(look.File), c.Account, live(m.Account.Live))
	if look.Parent != "" {
		ui.Say("Corrected rows of run %s.", look.Parent)
	}
	ui.Say("")
	ui.Say("  rows        %8s", count(pre.Rows))
	ui.Say("  sendable    %8s", count(pre.Sendable))
	ui.Say("  rejected    %8s", count(pre.Rejected))
	ui.Say("  duplicates  %8s%s", count(pre.Duplicates), leftOut(pre.LeftOut))
	if pre.Suppressed > 0 {
		ui.Say("  suppressed  %8s   of the sendable: opted out, will be withheld", count(pre.Suppressed))
	}
	if pre.Repeated > 0 {
		ui.Say("  repeated    %8s   of the sendable: this campaign sent them the same before", count(pre.Repeated))
	}
	ui.Say("  hidden      %8s%s", count(pre.Hidden), hiddenWords(c.HiddenRows, pre.Hidden))
	ui.Say("  empty       %8s   not counted as rows", count(pre.Empty))
	for _, note := range fileNotes(look.File) {
		ui.Say("  %s", note)
	}
	showProblems(ui, look)
	for i, m := range pre.Pairs {
		if i == 0 {
			ui.Say("\nDuplicates, the first of %s:", count(pre.Duplicates))
		}
		ui.Say("  row %d: %s", m.Seq, m.Problem.Reason)
	}
	showOddities(ui, pre)
	showChannels(ui, m, look)
	for _, t := range look.Texts {
		ui.Say("\nRow %d, as %s reads it:", t.Row, t.To)
		ui.Say("%s", indent(t.Text))
	}
}

// leftOut says how many of the duplicates are no duplicates within the file.
func leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("   %s of them sent before, left out", count(n))
}

// fileWords say which file is read, and how.
func fileWords(f operation.FileFacts) string {
	words := []string{f.Name}
	if f.Tab != "" {
		words = append(words, "tab "+f.Tab)
	}
	if f.Delimiter != "" {
		words = append(words, f.Encoding, delimiterWord(f.Delimiter))
	}
	if f.HeaderRow > 1 {
		words = append(words, fmt.Sprintf("headings in row %d", f.HeaderRow))
	}
	return strings.Join(words, ", ")
}

// fileNotes say what of the file a person may not see at a glance.
func fileNotes(f operation.FileFacts) []string {
	var notes []string
	say := func(n int, format string) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf(format, count(n)))
		}
	}
	c := f.Counts
	if c.Filter != "" {
		notes = append(notes, "a filter is set on "+strings.ReplaceAll(c.Filter, "$", ""))
	}
	say(c.HiddenColumns, "hidden columns: %s; they are read like the others")
	say(c.Merged, "merged areas: %s; only the first cell of each has the value, the others are empty")
	say(c.Ragged, "rows with fewer or more values than headings: %s")
	say(c.Errors, "cells with an error such as #REF!: %s; a row that needs one is rejected")
	say(c.Formula, "formulas without a stored value: %s; open the file in Excel and save it")
	if len(f.HiddenTabs) > 0 {
		notes = append(notes, "hidden tabs: "+strings.Join(f.HiddenTabs, ", "))
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

func showProblems(ui *ui, look *operation.Look) {
	pre := look.Preflight
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
	showMend(ui, look.Mend)
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
func showChannels(ui *ui, m operation.Material, look *operation.Look) {
	c, pre := m.Campaign, look.Preflight
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
	ui.Say("  estimate    %s", estimate(m, look.Estimate))
	rate := m.Account.Rate.Min(c.Rate)
	if d := rate.Duration(pre.Sendable); d > 0 {
		ui.Say("  duration    %s at %s, until about %s", span(d), rateWords(rate), time.Now().Add(d).In(m.Settings.Zone).Format("15:04 on 2 Jan"))
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

func estimate(m operation.Material, e campaign.Estimate) string {
	switch {
	case m.Account.Prices == nil:
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

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n  ")
}

// showMend says where the repair workbook is, below the problems.
func showMend(ui *ui, m operation.Mend) {
	if m.Err != nil || ui.json {
		noteMend(ui, m)
	} else if m.Path != "" {
		ui.Say("  All of them, to mend: %s%s", m.Path, savedWords(m))
	}
}

func savedWords(m operation.Mend) string {
	words := ""
	if !m.New {
		words = " (written before)"
	}
	if m.Left > 0 {
		words += fmt.Sprintf(" (without %s that found no room)", plural(m.Left, "row"))
	}
	return words
}

// noteMend says what those must know who do not see the preflight.
func noteMend(ui *ui, m operation.Mend) {
	switch {
	case m.Err != nil:
		ui.Note("warning: the rejected rows could not be written into a repair workbook: %v", m.Err)
	case m.Path != "":
		ui.Note("rejected rows, to mend: %s%s", filepath.Base(m.Path), savedWords(m))
	}
}

// A problemLine is a row that cannot be sent, as a JSON line.
type problemLine struct {
	Type   string `json:"type"`
	Row    int    `json:"row"`
	Column string `json:"column"`
	Reason string `json:"reason"`
	Rows   int    `json:"rows"` // with the same problem
}
