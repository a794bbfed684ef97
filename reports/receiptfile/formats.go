package receiptfile

import "slices"

// Formats says how to read what does not speak for itself.
type Formats struct {
	Custom map[string]*Reader // listen.formats: known by their headings, and by their keys
	Only   string             // --format: a table's headings are this format's, and bodies without a gateway are its
	// Workbook opens tables in .xlsx files; nil: they are refused.
	Workbook OpenTable
}

// names are those of the formats to look for, in a fixed order.
func (f Formats) names() []string {
	if f.Only != "" {
		return []string{f.Only}
	}
	var names []string
	for name := range f.Custom {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// wanted are the sets of headings that make a table one of a format's.
func (f Formats) wanted() [][]string {
	var sets [][]string
	for _, name := range f.names() {
		format := f.Custom[name]
		if format == nil {
			continue
		}
		var must []string
		for i, key := range format.columns() {
			if key != "" && i < neededColumns {
				must = append(must, key)
			}
		}
		if format.ID != "" {
			sets = append(sets, must)
			continue
		}
		for _, key := range []string{format.Recipient, format.GatewayID} {
			if key != "" {
				sets = append(sets, append([]string{key}, must...))
			}
		}
	}
	return sets
}

// match returns the table of the first format all of whose columns stand under heads.
func (f Formats) match(heads []string) (table, bool) {
	for _, name := range f.names() {
		format := f.Custom[name]
		if format == nil {
			continue
		}
		t := table{name: name, format: format, width: len(heads)}
		whole := true
		for i, want := range format.columns() {
			t.at[i] = -1
			if want != "" {
				t.at[i] = column(heads, want)
				whole = whole && (t.at[i] >= 0 || i >= neededColumns)
			}
		}
		whose := t.at[0] >= 0 || t.at[3] >= 0 || t.at[5] >= 0
		if whole && whose {
			return t, true
		}
	}
	return table{}, false
}
