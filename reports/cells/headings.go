package cells

import "siaran/campaign"

// Taken stands behind a heading of ours that the uploader has, too: theirs stay unchanged, and every heading
// of ours is found under one name.
const Taken = " (siaran)"

// Headings returns our headings as they stand behind theirs.
func Headings(theirs campaign.Header, ours ...string) []string {
	taken := make(map[string]bool, len(theirs.Columns))
	for _, c := range theirs.Columns {
		taken[campaign.FoldHeading(c.Name)] = true
	}
	names := make([]string, len(ours))
	for i, name := range ours {
		for taken[campaign.FoldHeading(name)] {
			name += Taken
		}
		names[i] = name
	}
	return names
}
