package campaign

import (
	"strings"
	"testing"
)

func TestAMisspeltWordIsAFewEditsAway(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"nomor", "nomor", 0},
		{"nomor", "nmoor", 1},
		{"nomor", "nomr", 1},
		{"nomor", "nomoor", 1},
		{"nomor", "nomer", 1},
		{"abc", "", 3},
		{"", "abc", 3},
		{"äö", "öä", 1},
		{"kitten", "sitting", 3},
		{strings.Repeat("x", 65), "x", 64},
	} {
		if got := Edits(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
