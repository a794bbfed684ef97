package definition

import (
	"strings"

	"siaran/campaign"
)

// nearest returns the word that word was probably meant to be; false if none is near.
func nearest(word string, known []string) (string, bool) {
	w := foldWord(word)
	best, distance := "", len(w)/3+1
	for _, c := range known {
		if d := campaign.Edits(w, foldWord(c)); d <= distance && (best == "" || d < distance) {
			best, distance = c, d
		}
	}
	return best, best != ""
}

// foldWord makes Header-Row, headerRow and header_row the same.
func foldWord(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}
