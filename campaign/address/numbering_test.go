package address

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"siaran/campaign"

	"github.com/nyaruka/phonenumbers"
)

// What quick takes must be what resolve, which asks the library, makes of it: in every country, for
// digits around those that are given out there.
func TestTheQuickWayAgreesWithTheLibraryInEveryCountry(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	digit := func() byte { return '0' + byte(random.IntN(10)) }
	taken := 0
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		p, err := newNumbering(region)
		if err != nil {
			t.Fatal(err)
		}
		example := "8123456789"
		if n := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE); n != nil {
			example = phonenumbers.GetNationalSignificantNumber(n)
		}
		for range 60 {
			national := []byte(example)
			for range random.IntN(4) {
				national[random.IntN(len(national))] = digit()
			}
			for range random.IntN(3) {
				national = append(national, digit())
			}
			national = national[:len(national)-random.IntN(3)]
			for _, form := range []struct {
				digits string
				plus   bool
			}{
				{string(national), false},
				{"0" + string(national), false},
				{p.code + string(national), false},
				{p.code + string(national), true},
				{p.code + "0" + string(national), true},
				{"00" + p.code + string(national), false},
			} {
				got, ok := p.quick(form.digits, form.plus)
				if !ok {
					continue
				}
				taken++
				if want, err := p.resolve(form.digits, form.plus, campaign.WhatsApp); err != nil || got != want {
					t.Errorf("%s: quick reads %s (+: %v) as %s, the library as %s, %v", region, form.digits, form.plus, got, want, err)
				}
			}
		}
	}
	if taken < 1000 {
		t.Errorf("the quick way took %d numbers only", taken)
	}
}
