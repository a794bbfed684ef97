package cells

import (
	"math"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// Number formats of values that come without one.
const (
	AsText   = "@"                   // text that stays text when somebody edits it
	AsWhole  = "0"                   // whole numbers that General would show as 6.28E+11
	AsDay    = "yyyy-mm-dd"          // days
	AsMoment = "yyyy-mm-dd hh:mm:ss" // days with a time
	AsClock  = "hh:mm:ss"            // times of day
)

const (
	exact = 15 // significant digits that Excel keeps
	shown = 11 // digits of an integer that Excel shows whole under General
)

// Value returns what the uploader's cell is in a workbook of ours, unchanged: its value (a string, int64,
// float64 or bool; nil if it is empty) and Excel's number format (empty is General). What Excel would
// change is text.
func Value(c campaign.Cell) (value any, format string) {
	switch c.Kind {
	case campaign.Empty:
		return nil, ""
	case campaign.Number:
		if v, digits, ok := number(c.Raw); ok {
			if c.Format == "" && digits > shown {
				return v, AsWhole
			}
			return v, c.Format
		}
	case campaign.Date:
		if v, ok := pattern.Serial(c.Raw); ok {
			return v, dateFormat(c)
		}
	case campaign.Bool:
		return c.Raw == "TRUE", ""
	case campaign.Text, campaign.Error, campaign.Formula:
	}
	return c.Raw, AsText
}

func dateFormat(c campaign.Cell) string {
	switch {
	case c.Format != "":
		return c.Format
	case strings.HasPrefix(c.Raw, "T"):
		return AsClock
	case len(c.Raw) == len(time.DateOnly):
		return AsDay
	}
	return AsMoment
}

// number reads an exact decimal, and counts the digits of an integer (0 for others). It is not ok if Excel
// would change it: then it stays text.
func number(raw string) (v any, digits int, ok bool) {
	if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
		digits = len(strings.TrimLeft(raw, "+-0"))
		return n, digits, significant(raw) <= exact
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(raw, "xXpP_") {
		return nil, 0, false
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e18 {
		digits = len(strconv.FormatFloat(math.Abs(f), 'f', 0, 64))
		return f, digits, significant(raw) <= exact
	}
	// Files hold fractions with up to 17 digits, which are a float64 and no more: those come back as they were.
	short := strconv.FormatFloat(f, 'g', -1, 64)
	return f, 0, significant(raw) <= exact || significant(raw) <= significant(short)
}

// significant counts the significant digits of a decimal.
func significant(raw string) int {
	mantissa, _, _ := strings.Cut(strings.ToLower(raw), "e")
	mantissa = strings.TrimLeft(mantissa, "+-")
	if whole, fraction, ok := strings.Cut(mantissa, "."); ok {
		return len(strings.TrimRight(strings.TrimLeft(whole+fraction, "0"), "0"))
	}
	return len(strings.TrimRight(strings.TrimLeft(mantissa, "0"), "0"))
}

// Moment returns Excel's number of t as a clock in its zone shows it, to the second; nil for the zero time.
func Moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	_, offset := t.Zone()
	// Days and seconds from Excel's day zero, in whole numbers, so that no second is lost.
	unix := t.Unix() + int64(offset) - pattern.DayZero().Unix()
	return float64(unix) / 86400
}

// Money returns an amount as a number. Up to 15 significant digits it reads back exactly.
func Money(m campaign.Money) any {
	if m%campaign.One == 0 {
		return int64(m / campaign.One)
	}
	return float64(m) / float64(campaign.One)
}
