package template

import "siaran/campaign"

// An Error is something wrong with a text of the campaign, for whatever row.
type Error struct {
	Name    string // the column or filter it is about; empty if the text as a whole
	Problem string
	Hint    string // may be empty
}

func (e *Error) Error() string { return e.Problem }

// rowError rejects a row.
func rowError(row campaign.Row, column, problem string) error {
	return &campaign.RowError{Row: row.Number, Column: column, Problem: problem}
}
