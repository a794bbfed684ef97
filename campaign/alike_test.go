package campaign

import "testing"

func TestReasonsThatDifferInNumbersAndQuotedValuesAreAlike(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"row 12 has it, too", "row 7 has it, too"},
		{`"08x" is no phone number`, `"+62" is no phone number`},
		{"0812•••••01 is too short", "62812•••02 is too short"},
	} {
		if Alike(c.a) != Alike(c.b) {
			t.Errorf("%s: %s; %s: %s", c.a, Alike(c.a), c.b, Alike(c.b))
		}
	}
	if Alike("too short") == Alike("too long") || Alike("row 1") == Alike("rows") {
		t.Error("different reasons are alike")
	}
}
