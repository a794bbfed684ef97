package operation

import (
	"siaran/campaign"
	"siaran/campaign/sheet"
)

// rejectedRows writes the rejected rows of a draft into a repair workbook, from the first one on.
type rejectedRows struct {
	draft *draft
	book  *sheet.Repair
	err   error
}

// add adds m, if its row was rejected.
func (r *rejectedRows) add(m campaign.Message) {
	if m.Problem == nil || m.Problem.Verdict != campaign.VerdictRejected || r.err != nil {
		return
	}
	if r.book == nil {
		beside := r.draft.Campaign.File
		if beside == "-" {
			beside = r.draft.Campaign.Name
		}
		s := sheet.RepairSettings{Beside: beside, Tab: r.draft.file.Tab(), Header: r.draft.header}
		if r.book, r.err = sheet.NewRepair(s); r.err != nil {
			return
		}
	}
	r.err = r.book.Add(m.Row(), *m.Problem)
}

// save puts the workbook in its place, if any row was rejected.
func (r *rejectedRows) save() Mend {
	if r.book == nil || r.err != nil {
		return Mend{Err: r.err}
	}
	saved, err := r.book.Save()
	return Mend{Repaired: saved, Err: err}
}

func (r *rejectedRows) close() {
	if r.book != nil {
		_ = r.book.Close() // only temporary files
	}
}
