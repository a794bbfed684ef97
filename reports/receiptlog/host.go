package receiptlog

import (
	"regexp"
	"strings"
)

// A file of the log is HOST-2026-11-21.jsonl.
const filePattern = `^([A-Za-z0-9][A-Za-z0-9.-]{0,62})-(\d{4}-\d{2}-\d{2})\.jsonl$`

func validHost(host string) bool {
	return regexp.MustCompile(filePattern).MatchString(host + "-2006-01-02.jsonl")
}

// Host makes a machine's name fit for Settings: what cannot stand in it becomes a hyphen.
func Host(machine string) string {
	name := strings.Map(func(c rune) rune {
		if c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			return c
		}
		return '-'
	}, machine)
	name = strings.TrimLeft(name, ".-")
	if name == "" {
		return "host"
	}
	return name[:min(len(name), 63)]
}
