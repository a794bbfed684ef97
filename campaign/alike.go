package campaign

import "strings"

// Alike takes out of a reason what differs from row to row, numbers and what stands in quotes: problems with
// the same rest are one problem to a person.
func Alike(reason string) string {
	var b strings.Builder
	quoted, number := false, false
	for _, r := range reason {
		digit := (r >= '0' && r <= '9') || r == '•'
		switch {
		case r == '"':
			quoted = !quoted
			b.WriteRune(r)
		case quoted:
		case digit && !number:
			b.WriteByte('#')
		case !digit:
			b.WriteRune(r)
		}
		number = digit
	}
	return b.String()
}
