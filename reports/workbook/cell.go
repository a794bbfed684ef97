package workbook

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
)

const (
	cellLimit = 32767 // UTF-16 units a cell holds
	cutMark   = "… [cut]"
	exact     = 15 // significant digits that Excel keeps
	shown     = 11 // digits of an integer that Excel shows whole under General
)

// cell returns the uploader's cell as it goes into the workbook: what it was, unchanged.
func (r *report) cell(s *styles, c campaign.Cell) excelize.Cell {
	switch c.Kind {
	case campaign.Number:
		if v, digits, ok := number(c.Raw); ok {
			id := s.format(c.Format)
			if id == 0 && digits > shown {
				id = s.whole
			}
			return excelize.Cell{StyleID: id, Value: v}
		}
		return r.text(s, c.Raw)
	case campaign.Date:
		if v, ok := serial(c.Raw); ok {
			id := s.format(c.Format)
			if id == 0 {
				id = s.time
				if len(c.Raw) == len(time.DateOnly) {
					id = s.date
				}
			}
			return excelize.Cell{StyleID: id, Value: v}
		}
		return r.text(s, c.Raw)
	case campaign.Bool:
		return excelize.Cell{Value: c.Raw == "TRUE"}
	case campaign.Empty:
		return excelize.Cell{}
	case campaign.Text, campaign.Error, campaign.Formula:
	}
	return r.text(s, c.Raw)
}

// text returns a cell of text that stays text: also if somebody edits it, when it begins like a formula
// or a number.
func (r *report) text(s *styles, v string) excelize.Cell {
	if v == "" {
		return excelize.Cell{}
	}
	c := excelize.Cell{Value: r.fit(v)}
	switch b := v[0]; {
	case b == '=' || b == '+' || b == '-' || b == '@':
		c.StyleID = s.quoted
	case b >= '0' && b <= '9':
		c.StyleID = s.text
	}
	return c
}

// fit cuts v where a cell ends, visibly, and puts U+FFFD for bytes and characters that XML cannot hold.
func (r *report) fit(v string) string {
	if len(v) > cellLimit { // a UTF-16 unit is at least a byte
		units, last := 0, 0
		for i, c := range v {
			if units <= cellLimit-len(cutMark) {
				last = i
			}
			if units++; c > 0xffff {
				units++
			}
		}
		if units > cellLimit {
			r.cut++
			v = v[:last] + cutMark
		}
	}
	return strings.ToValidUTF8(v, "\ufffd") // control characters are excelize's to replace
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

// dayZero is the day before Excel's day 1, as Excel counts from March 1900 on.
var dayZero = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serial turns an ISO date, date and time, or time ("T08:30:00") into Excel's number; not ok before 1900
// and past 9999.
func serial(raw string) (any, bool) {
	if rest, ok := strings.CutPrefix(raw, "T"); ok {
		t, err := time.Parse("15:04:05", rest)
		if err != nil {
			return nil, false
		}
		return fraction(t), true
	}
	layout := "2006-01-02T15:04:05"
	if len(raw) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.Parse(layout, raw)
	if err != nil || t.Year() < 1900 || t.Year() > 9999 {
		return nil, false
	}
	days := int64(t.Sub(dayZero) / (24 * time.Hour))
	if days <= 60 {
		days-- // Excel has a 29 February 1900
	}
	if layout == time.DateOnly {
		return days, true
	}
	return float64(days) + fraction(t), true
}

// fraction returns the time of day of t as a part of the day.
func fraction(t time.Time) float64 {
	h, m, s := t.Clock()
	return (float64(h*3600+m*60+s) + float64(t.Nanosecond())/1e9) / 86400
}

// moment returns Excel's number of t as a clock in its zone shows it, to the second; nil for the zero time.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	_, offset := t.Zone()
	// Days and seconds from Excel's day zero, in whole numbers, so that no second is lost.
	unix := t.Unix() + int64(offset) - dayZero.Unix()
	return float64(unix) / 86400
}

// money returns an amount as a number. Up to 15 significant digits it reads back exactly.
func money(m campaign.Money) any {
	if m%campaign.One == 0 {
		return int64(m / campaign.One)
	}
	return float64(m) / float64(campaign.One)
}

// width estimates how wide a cell shows, in characters.
func (s *styles) width(c excelize.Cell) float64 {
	switch v := c.Value.(type) {
	case string:
		return float64(utf8.RuneCountInString(v)) * 1.05
	case int64:
		if c.StyleID == s.date {
			return 11
		}
		return float64(len(strconv.FormatInt(v, 10)))*1.3 + 1
	case int:
		return float64(len(strconv.Itoa(v)))*1.3 + 1
	case float64:
		switch c.StyleID {
		case s.time:
			return 19
		case s.whole:
			return float64(len(strconv.FormatFloat(v, 'f', 0, 64)))*1.1 + 1
		}
		return 12
	case bool:
		return 6
	}
	return 0
}
