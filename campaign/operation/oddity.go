package operation

import (
	"encoding/json"
	"slices"
	"strings"

	"siaran/campaign"
	"siaran/campaign/planning"
	"siaran/campaign/template"
)

// usedColumns are the columns whose values reach people: those that the campaign's texts name.
func usedColumns(c *campaign.Campaign, h campaign.Header) []int {
	var content any
	if err := json.Unmarshal(c.Content, &content); err != nil {
		return nil
	}
	s := template.Settings{Header: h, Short: c.Columns, Numbers: c.Numbers, Language: c.Language}
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
			if i := h.Find(name); i >= 0 && !slices.Contains(used, i) {
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

// notice counts the values of a row that would be sent that are probably not meant.
func notice(d *draft, pre *planning.Preflight, m planning.Decided) {
	if m.Problem != nil {
		return
	}
	for _, i := range d.used {
		text := m.Cells[i].Text
		if text == "" || len(text) > longestOdd && !strings.ContainsRune(text, '\ufffd') || !template.Suspicious(text) {
			continue
		}
		if strings.ContainsRune(text, '\ufffd') {
			text = "\ufffd" // values with it are all different
		}
		pre.Odd(d.header.Columns[i].Name, strings.TrimSpace(text), m.Seq)
	}
}
