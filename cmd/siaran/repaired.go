package main

import (
	"fmt"
	"path/filepath"

	"siaran/campaign"
	"siaran/campaign/sheet"
)

// repaired writes the rejected rows of a preflight into a repair workbook. A workbook that cannot be
// written stops nothing: the rows are in the report, too.
type repaired struct {
	*loaded
	book  *sheet.Repair
	saved sheet.Repaired
	err   error
}

// add adds a rejected row.
func (r *repaired) add(m campaign.Message) {
	if r.err != nil {
		return
	}
	if r.book == nil {
		beside := r.campaign.File
		if beside == "-" {
			beside = r.campaign.Name
		}
		if r.book, r.err = sheet.NewRepair(sheet.RepairSettings{Beside: beside, Tab: r.file.Tab(), Header: r.header}); r.err != nil {
			return
		}
	}
	r.err = r.book.Add(m.Row(), *m.Problem)
}

// save puts the workbook in its place.
func (r *repaired) save() {
	if r.book != nil && r.err == nil {
		r.saved, r.err = r.book.Save()
	}
}

func (r *repaired) close() {
	if r.book != nil {
		_ = r.book.Close() // only temporary files
		r.book = nil
	}
}

// show says where the workbook is, below the problems.
func (r *repaired) show(ui *ui) {
	if r.err != nil || ui.json {
		r.note(ui)
		return
	}
	if r.saved.Path == "" {
		return
	}
	ui.Say("  All of them, to mend: %s%s", r.saved.Path, savedWords(r.saved))
}

func savedWords(s sheet.Repaired) string {
	words := ""
	if !s.New {
		words = " (written before)"
	}
	if s.Left > 0 {
		words += fmt.Sprintf(" (without %s that found no room)", plural(s.Left, "row"))
	}
	return words
}

// note says what those must know who do not see the preflight.
func (r *repaired) note(ui *ui) {
	switch {
	case r.err != nil:
		ui.Note("warning: the rejected rows could not be written into a repair workbook: %v", r.err)
	case r.saved.Path != "":
		ui.Note("rejected rows, to mend: %s%s", filepath.Base(r.saved.Path), savedWords(r.saved))
	}
}
