package main

import (
	"fmt"
	"path/filepath"

	"siaran/reports/repair"
)

// repaired tells where the rejected rows of a preflight are.
type repaired struct {
	saved repair.Saved
	err   error
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

func savedWords(s repair.Saved) string {
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
