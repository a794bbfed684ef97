package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// RepairHeader takes a repair workbook's heading apart: the uploader's columns, and where the row numbers
// of the recipient file stand. What stands right of them is ours.
func RepairHeader(h campaign.Header) (theirs campaign.Header, row int, err error) {
	row = -1
	for i, c := range h.Columns {
		if name := campaign.FoldHeading(c.Name); name == strings.ToLower(repairRow) || name == strings.ToLower(repairRow+repairTaken) {
			row = i
		}
	}
	if row < 0 {
		return h, row, fmt.Errorf("is no repair workbook: it has no column %q", repairRow)
	}
	return campaign.Header{Row: h.Row, Columns: h.Columns[:row]}, row, nil
}

// RepairNumber reads the row number in a repair workbook's column Row.
func RepairNumber(c campaign.Cell) (int, error) {
	raw := strings.TrimSpace(c.Raw)
	if c.Kind == campaign.Number {
		if clean, err := pattern.CleanDecimal(raw); err == nil {
			raw = clean
		}
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 || n > 1<<31 {
		return 0, fmt.Errorf("the column %s holds no row number", repairRow)
	}
	return n, nil
}
