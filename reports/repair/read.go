package repair

import (
	"fmt"
	"strconv"
	"strings"

	"siaran/campaign"
	"siaran/campaign/pattern"
	"siaran/reports/cells"
)

// Header takes a repair workbook's heading apart: the uploader's columns, and where the row numbers
// of the recipient file stand. What stands right of them is ours.
func Header(h campaign.Header) (theirs campaign.Header, row int, err error) {
	row = -1
	for i, c := range h.Columns {
		if name := campaign.FoldHeading(c.Name); name == campaign.FoldHeading(columnRow) || name == campaign.FoldHeading(columnRow+cells.Taken) {
			row = i
		}
	}
	if row < 0 {
		return h, row, fmt.Errorf("is no repair workbook: it has no column %q", columnRow)
	}
	return campaign.Header{Row: h.Row, Columns: h.Columns[:row]}, row, nil
}

// RowNumber reads the row number in a repair workbook's column Row.
func RowNumber(c campaign.Cell) (int, error) {
	raw := strings.TrimSpace(c.Raw)
	if c.Kind == campaign.Number {
		if clean, err := pattern.CleanDecimal(raw); err == nil {
			raw = clean
		}
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 || n > 1<<31 {
		return 0, fmt.Errorf("the column %s holds no row number", columnRow)
	}
	return n, nil
}
