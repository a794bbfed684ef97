package definition

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// standardInput as a file is what is piped in.
const standardInput = "-"

var (
	braces = regexp.MustCompile(`\{[^{}]*\}`)
	dated0 = regexp.MustCompile(`^\{date(?::([^{}]*))?\}$`)
)

// recipientFile reads file:, in which {date} is today and {date:yyyymmdd} today by Excel's patterns.
func (r *campaignReader) recipientFile(v value) {
	s, ok := v.text()
	if !ok {
		return
	}
	r.filePath = s
	if s == standardInput {
		r.campaign.File = s
		return
	}
	now := r.options.Now
	if r.options.Zone != nil {
		now = now.In(r.options.Zone)
	}
	good := true
	path := braces.ReplaceAllStringFunc(s, func(b string) string {
		m := dated0.FindStringSubmatch(b)
		if m == nil {
			v.fail("has "+shorten(b, 40)+" in it", "only {date} and {date:yyyymmdd} are filled in")
			good = false
			return b
		}
		if m[1] == "" {
			return now.Format(time.DateOnly)
		}
		day, ok := dayPattern(now, m[1])
		if !ok {
			v.fail("has a date pattern that is none: "+shorten(m[1], 40), "y, m and d, such as {date:yyyymmdd} or {date:dd-mm-yyyy}")
			good = false
		}
		return day
	})
	switch {
	case !good:
	case strings.ContainsAny(path, "{}\x00"):
		v.fail("has a brace too many", "only {date} and {date:yyyymmdd} are filled in")
	case strings.HasSuffix(path, "/"):
		v.fail("is a folder", "name the file in it")
	case filepath.IsAbs(path):
		r.campaign.File = filepath.Clean(path)
	default:
		r.campaign.File = filepath.Join(r.dir, path)
	}
}

// override puts the file that was named on the command line in the place of file:.
func (r *campaignReader) override() {
	switch f := r.options.File; f {
	case "":
	case standardInput:
		r.campaign.File = f
	default:
		if abs, err := filepath.Abs(f); err == nil {
			r.campaign.File = abs
		}
	}
}

// dayParts are Excel's patterns for days and what Go calls them.
var dayParts = map[string]string{"yyyy": "2006", "yy": "06", "mm": "01", "m": "1", "dd": "02", "d": "2"}

// dayPattern writes t by an Excel pattern of y, m and d; false if it is none. Months and days have no names
// here: a file's name is made by a program.
func dayPattern(t time.Time, pattern string) (string, bool) {
	var b strings.Builder
	p := strings.ToLower(pattern)
	letters := 0
	for i := 0; i < len(p); {
		j := i
		for j < len(p) && p[j] == p[i] {
			j++
		}
		run := p[i:j]
		i = j
		layout, ok := dayParts[run]
		switch {
		case ok:
			b.WriteString(t.Format(layout))
			letters++
		case strings.Trim(run, "-_. ") == "":
			b.WriteString(run)
		default:
			return "", false
		}
	}
	return b.String(), letters > 0
}
