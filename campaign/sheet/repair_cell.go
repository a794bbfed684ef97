package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// textFormat is Excel's format of cells that stay text when somebody edits them.
const textFormat = "@"

const (
	cellLimit = 32767 // UTF-16 units a cell holds
	cutMark   = "… [cut]"
)

// cellValue is what c was, as a workbook's cell: value and number format. A number that Excel would change
// is text.
func cellValue(c campaign.Cell) (value any, format string) {
	switch c.Kind {
	case campaign.Empty:
		return nil, ""
	case campaign.Number:
		if v, ok := exactNumber(c.Raw); ok {
			return v, numberFormat(c)
		}
	case campaign.Date:
		if v, ok := serialNumber(c.Raw); ok {
			return v, dateFormat(c)
		}
	case campaign.Bool:
		return c.Raw == "TRUE", ""
	case campaign.Text, campaign.Error, campaign.Formula:
	}
	return fit(c.Raw), textFormat
}

// numberFormat is c's, or one that shows all digits of a long number.
func numberFormat(c campaign.Cell) string {
	if c.Format == "" && len(c.Raw) > 11 && !strings.ContainsAny(c.Raw, ".eE") {
		return "0"
	}
	return c.Format
}

func dateFormat(c campaign.Cell) string {
	switch {
	case c.Format != "":
		return c.Format
	case strings.HasPrefix(c.Raw, "T"):
		return "hh:mm:ss"
	case len(c.Raw) == len(time.DateOnly):
		return "yyyy-mm-dd"
	default:
		return "yyyy-mm-dd hh:mm:ss"
	}
}

// exactNumber reads a decimal; it is not ok if a float64 cannot hold all of its digits, or Excel not show
// them.
func exactNumber(raw string) (float64, bool) {
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) || strings.ContainsAny(raw, "xXpP_") {
		return 0, false
	}
	want, err := pattern.CleanDecimal(raw)
	if err != nil {
		return 0, false
	}
	got, err := pattern.CleanDecimal(strconv.FormatFloat(v, 'g', 15, 64))
	return v, err == nil && want == got
}

// dayZero is the day before Excel's day 1, as Excel counts from March 1900 on.
func dayZero() time.Time { return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) }

// serialNumber turns an ISO date, date and time, or time ("T08:30:00") into Excel's number.
func serialNumber(raw string) (float64, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "T15:04:05"} {
		t, err := time.Parse(layout, raw)
		if err != nil {
			continue
		}
		h, m, s := t.Clock()
		part := (float64(h*3600+m*60+s) + float64(t.Nanosecond())/1e9) / 86400
		if layout[0] == 'T' {
			return part, true
		}
		if t.Year() < 1900 || t.Year() > 9999 {
			return 0, false
		}
		days := math.Floor(t.Sub(dayZero()).Hours() / 24)
		if days <= 60 {
			days-- // Excel has a 29 February 1900
		}
		return days + part, true
	}
	return 0, false
}

// fit cuts s where a cell ends, visibly.
func fit(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) <= cellLimit { // a UTF-16 unit is at least a byte
		return s
	}
	units, last := 0, 0
	for i, r := range s {
		if units <= cellLimit-utf8.RuneCountInString(cutMark) {
			last = i
		}
		if units++; r > 0xffff {
			units++
		}
	}
	if units <= cellLimit {
		return s
	}
	return s[:last] + cutMark
}
