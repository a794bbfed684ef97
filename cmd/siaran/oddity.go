package main

import (
	"encoding/json"
	"slices"
	"strings"

	"siaran/campaign"
	"siaran/campaign/planning"
	"siaran/campaign/template"
)

// usedColumns are the columns whose values reach people: those that the campaign's texts name.
func (l *loaded) usedColumns() []int {
	var content any
	if err := json.Unmarshal(l.campaign.Content, &content); err != nil {
		return nil
	}
	s := template.Settings{Header: l.header, Short: l.campaign.Columns, Numbers: l.campaign.Numbers, Language: l.campaign.Language}
	var used []int
	eachText(content, func(text string) {
		if !strings.Contains(text, "{{") {
			return
		}
		t, err := template.Compile(text, s)
		if err != nil {
			return // an approved text: its {{1}} are no columns
		}
		for _, name := range t.Columns() {
			if i := l.header.Find(name); i >= 0 && !slices.Contains(used, i) {
				used = append(used, i)
			}
		}
	})
	return used
}

// eachText calls f with every text in a JSON value.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, x := range v {
			eachText(x, f)
		}
	case map[string]any:
		for _, x := range v {
			eachText(x, f)
		}
	}
}

// longestOdd is how long a value is that means "nothing"; longer ones are only looked at for bad
// characters.
const longestOdd = 16

// oddities counts the values of m that are probably not meant.
func oddities(pre *planning.Preflight, h campaign.Header, used []int, m campaign.Message) {
	for _, i := range used {
		text := m.Cells[i].Text
		if text == "" || len(text) > longestOdd && !strings.ContainsRune(text, '\ufffd') || !template.Suspicious(text) {
			continue
		}
		if strings.ContainsRune(text, '\ufffd') {
			text = "\ufffd" // values with it are all different
		}
		pre.Odd(h.Columns[i].Name, strings.TrimSpace(text), m.Seq)
	}
}
