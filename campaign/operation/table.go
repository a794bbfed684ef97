package operation

import (
	"context"
	"errors"
	"io"

	"siaran/campaign"
	"siaran/campaign/sheet"
	"siaran/reports/receiptfile"
)

// openTable opens a portal's export in .xlsx, as package sheet reads it.
func openTable(ctx context.Context, r io.Reader, name string, wanted [][]string) (receiptfile.Table, error) {
	f, err := sheet.Open(ctx, sheet.Settings{Path: "-", Input: r, Name: name, AnyOf: wanted, HiddenRows: campaign.HiddenInclude})
	if errors.Is(err, sheet.ErrNoTable) {
		return receiptfile.Table{}, receiptfile.ErrNoTable
	}
	if err != nil {
		return receiptfile.Table{}, err
	}
	return receiptfile.Table{Header: f.Header(), Rows: f.Rows(ctx), Since1904: f.Since1904(), Close: f.Close}, nil
}
