package campaign

// mostLetters is how long a word may be that is compared letter by letter.
const mostLetters = 64

// Edits counts how many letters must be put in, left out, changed or swapped with the next to make b of a. It
// finds what a misspelt word was meant to be. Of words longer than 64 bytes it is 64.
func Edits(a, b string) int {
	if len(a) > mostLetters || len(b) > mostLetters {
		return mostLetters
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
