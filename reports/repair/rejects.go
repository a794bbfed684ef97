package repair

import "siaran/campaign"

// Rejects gathers the rejected rows of a file and puts them into a workbook beside it. Without a rejected row
// there is none.
//
// A workbook that cannot be written stops nothing, for the rows are in the report, too: the first error is
// kept until Save.
type Rejects struct {
	Settings
	book *Workbook
	err  error
}

// Beside returns where the workbook of a campaign's rejected rows belongs: beside the recipient file, or for
// standard input in the current folder, under the campaign's name.
func Beside(c *campaign.Campaign) string {
	if c.File == "-" {
		return c.Name
	}
	return c.File
}

// Add adds a message that was rejected: one with a Problem.
func (r *Rejects) Add(m campaign.Message) {
	if r.err != nil {
		return
	}
	if r.book == nil {
		if r.book, r.err = New(r.Settings); r.err != nil {
			return
		}
	}
	r.err = r.book.Add(m.Row(), *m.Problem)
}

// Save puts the workbook into its place. The Saved has no Path if there was no row.
func (r *Rejects) Save() (Saved, error) {
	if r.book == nil || r.err != nil {
		return Saved{}, r.err
	}
	return r.book.Save()
}

// Close throws away what was not saved.
func (r *Rejects) Close() error {
	if r.book == nil {
		return nil
	}
	err := r.book.Close()
	r.book = nil
	return err
}
