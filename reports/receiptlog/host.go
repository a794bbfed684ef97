package receiptlog

import (
	"regexp"
	"strings"
)

// filePattern is that of a file of the log, HOST-2026-11-21.jsonl. The host's name is as fileHost makes it.
var filePattern = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]{0,62})-(\d{4}-\d{2}-\d{2})\.jsonl$`)

// fileHost makes a machine's name fit for a file's: letters, digits, dots, hyphens and underscores, at most 63
// of them, the first a letter or digit. What cannot stand there becomes a hyphen; a machine without a name is
// "host".
func fileHost(machine string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c == '.', c == '_', '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			return c
		}
		return '-'
	}, machine)
	name = strings.TrimLeft(name, "._-")
	if name == "" {
		return "host"
	}
	return name[:min(len(name), 63)]
}
