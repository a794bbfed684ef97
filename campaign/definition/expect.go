package definition

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
)

// expect reads the limits past which a run needs a person.
func expect(v value, e *campaign.Expect) {
	v.mapping(
		field{"rows", func(v value) { expectRows(v, e) }},
		field{"rejected", func(v value) { expectRejected(v, &e.Rejected) }},
		field{"cost", money(&e.Cost)},
		field{"file_age", span(&e.FileAge, time.Second, year)},
	)
}

var rowRange = regexp.MustCompile(`^([0-9]{0,8}) ?\.\. ?([0-9]{0,8})$`)

// expectRows reads 50000..120000, 1000.., ..5000 or 1000.
func expectRows(v value, e *campaign.Expect) {
	const hint = "a number of rows or a range, such as 50000..120000 or 1000.., nothing between thousands"
	s, ok := v.text()
	if !ok {
		return
	}
	least, most := s, s
	if m := rowRange.FindStringSubmatch(s); m != nil && m[1]+m[2] != "" {
		least, most = m[1], m[2]
	} else if !digits.MatchString(s) || len(s) > 8 {
		v.fail("cannot be "+v.shown(), hint)
		return
	}
	e.RowsMin, _ = strconv.Atoi(least) // at most eight digits, or empty
	e.RowsMax, _ = strconv.Atoi(most)
	switch {
	case most != "" && e.RowsMax == 0:
		v.fail("cannot be "+v.shown(), "a file without rows is never sent")
	case most != "" && e.RowsMin > e.RowsMax:
		v.fail("cannot be "+v.shown(), "the smaller number first")
	}
}

// expectRejected reads 1% or 20.
func expectRejected(v value, s *campaign.Share) {
	t, ok := v.text()
	if !ok {
		return
	}
	switch {
	case perCent.MatchString(t):
		p, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(t, "%")), 64) // the pattern is a number
		*s = campaign.Share{Set: true, IsPct: true, Percent: p}
	case digits.MatchString(t) && len(t) <= 8:
		n, _ := strconv.Atoi(t)
		*s = campaign.Share{Set: true, Count: n}
	default:
		v.fail("cannot be "+v.shown(), "a share or a number of rows, such as 1% or 20")
	}
}
