package definition

import (
	"fmt"
	"strings"
)

// Diff says what changed from one campaign text to another, a line a key, such as
//
//	whatsapp.body[1]: {{Jumlah | rupiah}} → {{Jumlah}}
//
// content are the keys that decide what is sent and to whom, conduct those that may change while a run
// goes on. Both are empty if only comments or the order of keys differ. An error is the Errors of a text
// that is no campaign to this version; its File is "the old campaign" or "the new campaign".
func Diff(before, after []byte) (contentChanges, conductChanges []string, err error) {
	old, err := parseCampaign("the old campaign", before, Options{})
	if err != nil {
		return nil, nil, err
	}
	now, err := parseCampaign("the new campaign", after, Options{})
	if err != nil {
		return nil, nil, err
	}
	return changes(content(old.campaign), content(now.campaign)),
		changes(conduct(old.campaign, old.filePath), conduct(now.campaign, now.filePath)), nil
}

// A leaf is one value of a tree and the way to it.
type leaf struct{ path, text string }

func changes(old, now tree) []string {
	before, after := leaves(nil, "", old), leaves(nil, "", now)
	was, is := byPath(before), byPath(after)
	var lines []string
	for _, l := range after {
		if o, there := was[l.path]; !there || o != l.text {
			lines = append(lines, change(l.path, o, l.text))
		}
	}
	for _, l := range before {
		if _, there := is[l.path]; !there {
			lines = append(lines, change(l.path, l.text, ""))
		}
	}
	return lines
}

func byPath(leaves []leaf) map[string]string {
	m := make(map[string]string, len(leaves))
	for _, l := range leaves {
		m[l.path] = l.text
	}
	return m
}

// leaves adds the values below v that are not empty. A channel's are under its name; channels itself is
// the list of names, whose order counts.
func leaves(all []leaf, path string, v any) []leaf {
	switch v := v.(type) {
	case tree:
		for _, b := range v {
			if hollow(b.value) {
				continue
			}
			all = leaves(all, strings.TrimPrefix(path+"."+b.key, "."), b.value)
		}
	case []any:
		if path == "channels" {
			return channelLeaves(all, v)
		}
		for i, x := range v {
			all = leaves(all, fmt.Sprintf("%s[%d]", path, i), x)
		}
	default:
		all = append(all, leaf{path, fmt.Sprint(v)})
	}
	return all
}

func channelLeaves(all []leaf, channels []any) []leaf {
	kinds := make([]string, 0, len(channels))
	for _, x := range channels {
		if t, ok := x.(tree); ok && len(t) == 1 {
			kinds = append(kinds, t[0].key)
		}
	}
	all = append(all, leaf{"channels", strings.Join(kinds, ", ")})
	for _, x := range channels {
		all = leaves(all, "", x)
	}
	return all
}

const (
	notSet    = "(not set)"
	shownText = 120 // runes of a value
	shownLead = 20  // of them, before the first difference
)

// change writes one changed value. Long ones are cut so that the first difference is in sight.
func change(path, old, now string) string {
	a, b := []rune(oneLine(old)), []rune(oneLine(now))
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	from := 0
	if max(len(a), len(b)) > shownText && same > shownLead {
		from = same - shownLead
	}
	return fmt.Sprintf("%s: %s → %s", path, window(a, from), window(b, from))
}

func oneLine(s string) string { return strings.NewReplacer("\r\n", "⏎", "\n", "⏎").Replace(s) }

func window(r []rune, from int) string {
	if len(r) == 0 {
		return notSet
	}
	head, tail := "", ""
	if from = min(from, len(r)); from > 0 {
		head = "…"
	}
	if r = r[from:]; len(r) > shownText {
		r, tail = r[:shownText], "…"
	}
	return head + string(r) + tail
}
