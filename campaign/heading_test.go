package campaign

import "testing"

func TestHeadingsAreComparedWithoutWhatNobodySees(t *testing.T) {
	for _, s := range []string{"Nomor HP", " nomor\u00a0hp ", "NOMOR\nHP", "\ufeffNomor\u200b  HP", "No\u00admor HP"} {
		if got := FoldHeading(s); got != "nomor hp" {
			t.Errorf("%q is %q", s, got)
		}
	}
}
