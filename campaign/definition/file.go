package definition

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"siaran/campaign/pattern"
)

// standardInput as a file is what is piped in.
const standardInput = "-"

var (
	braces = regexp.MustCompile(`\{[^{}]*\}`)
	dateIn = regexp.MustCompile(`^\{date(?::([^{}]*))?\}$`)
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
		m := dateIn.FindStringSubmatch(b)
		if m == nil {
			v.fail("has "+shorten(b, 40)+" in it", "only {date} and {date:yyyymmdd} are filled in")
			good = false
			return b
		}
		if m[1] == "" {
			return now.Format(time.DateOnly)
		}
		day, ok := dayPattern(now, m[1], r.campaign.Language)
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

// dayPattern writes t by one of Excel's patterns for days; false if it is none.
func dayPattern(t time.Time, code, language string) (string, bool) {
	p, err := pattern.Compile(code)
	if err != nil || !p.IsDate() || !p.ShowsDay() {
		return "", false
	}
	return string(p.AppendTime(nil, t, pattern.Notation{Language: language})), true
}
