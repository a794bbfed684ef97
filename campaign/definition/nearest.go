package definition

import "strings"

// nearest returns the word that word was probably meant to be; false if none is near.
func nearest(word string, known []string) (string, bool) {
	w := foldWord(word)
	best, distance := "", len(w)/3+1
	for _, c := range known {
		if d := edits(w, foldWord(c)); d <= distance && (best == "" || d < distance) {
			best, distance = c, d
		}
	}
	return best, best != ""
}

// foldWord makes Header-Row, headerRow and header_row the same.
func foldWord(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}

// edits counts how many letters must be put in, left out, changed or swapped with the next to make b of a.
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
