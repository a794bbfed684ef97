package campaign_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"siaran/campaign"
)

const base32 = "0123456789abcdefghjkmnpqrstvwxyz"

func drawRef(t *rapid.T) (name, run string, seq int) {
	name = rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?`).Draw(t, "campaign")
	run = rapid.StringOfN(rapid.RuneFrom([]rune(base32)), 6, 6, -1).Draw(t, "run")
	seq = rapid.OneOf(rapid.IntRange(1, 2_000_000), rapid.IntRange(1, 1<<40)).Draw(t, "seq")
	return name, run, seq
}

func TestARefIDDecodesToTheRowItWasMadeFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := campaign.RefKey(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		name, run, seq := drawRef(t)
		id := key.RefID(name, run, seq)
		if len(id) > 50 || strings.ToLower(id) != id || strings.Trim(id, base32+"ilou-") != "" {
			t.Fatalf("%q is not at most 50 small letters, digits and hyphens", id)
		}
		r, ok := campaign.ParseRefID(id)
		if !ok || r.Run != run || r.Seq != seq || !strings.HasPrefix(name, r.Campaign) {
			t.Fatalf("%q reads as %+v, %v; want run %s, seq %d", id, r, ok, run, seq)
		}
		if !key.Genuine(r) {
			t.Fatalf("%q is not recognised as its own", id)
		}
		if again := key.RefID(name, run, seq); again != id {
			t.Fatalf("the same row got %q and %q", id, again)
		}
	})
}

func TestARefIDWithOneCharacterChangedIsForgedOrOfAnotherForm(t *testing.T) {
	key := campaign.RefKey("a key of the ledger, 32 bytes ok")
	rapid.Check(t, func(t *rapid.T) {
		name, run, seq := drawRef(t)
		id := []byte(key.RefID(name, run, seq))
		at := rapid.IntRange(0, len(id)-1).Draw(t, "at")
		other := rapid.SampledFrom([]byte(base32+"-")).Draw(t, "other")
		if id[at] == other || (id[at] == '-') != (other == '-') {
			return
		}
		id[at] = other
		if r, ok := campaign.ParseRefID(string(id)); ok && key.Genuine(r) {
			t.Fatalf("%q passes as ours", id)
		}
	})
}

func TestAnotherLedgersRefIDIsNotOurs(t *testing.T) {
	id := campaign.RefKey("one").RefID("promo", "3k9x2f", 17)
	r, ok := campaign.ParseRefID(id)
	if !ok || campaign.RefKey("two").Genuine(r) {
		t.Errorf("%q: parsed %v, genuine under another key", id, ok)
	}
}

func TestIDsOfAnotherFormAreNotTakenForOurs(t *testing.T) {
	key := campaign.RefKey("k")
	ours := key.RefID("gajian-promo", "3k9x2f", 10*32*32+3)
	if !strings.HasPrefix(ours, "gajian-promo-3k9x2f-00a03-") {
		t.Fatalf("got %q", ours)
	}
	for _, s := range []string{
		"", "-", "c42-000017", "wamid.HBgN", "1234567890123456789012345", strings.ToUpper(ours), ours + "x", "x" + ours[1:] + "-",
		"-3k9x2f-00a03-7m2qk8zd",       // no name
		"promo-3k9x2f-0a03-7m2qk8zd",   // a row number too short
		"promo-3k9x2f-000a03-7m2qk8zd", // the same row written otherwise
		"promo-3k9x2-00a03-7m2qk8zd",   // a run id too short
		"promo-3k9x2f-00a03-7m2qk8z",   // a mac too short
		"promo-3k9x2f-00a03-7m2qk8zi",  // i is no digit of base32
		"promo-3k9x2f-00l03-7m2qk8zd",  // nor is l
		"a-name-of-seventeen-3k9x2f-00a03-7m2qk8zd",
		"promo-3k9x2f-zzzzzzzzzzz-7m2qk8zd", // larger than any row
	} {
		if r, ok := campaign.ParseRefID(s); ok {
			t.Errorf("%q was read as %+v", s, r)
		}
	}
}

func TestRunIDsAreSixCharactersAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := campaign.NewRunID()
		if len(id) != 6 || strings.Trim(id, base32) != "" || seen[id] {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
}

func FuzzParseRefIDReadsOnlyWhatRefIDWrites(f *testing.F) {
	key := campaign.RefKey("k")
	f.Add(key.RefID("gajian-promo", "3k9x2f", 17))
	f.Add("promo-3k9x2f-00a03-7m2qk8zd")
	f.Add("---")
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := campaign.ParseRefID(s)
		if ok && key.Genuine(r) && key.RefID(r.Campaign, r.Run, r.Seq) != s {
			t.Errorf("%q is genuine but not what we would write", s)
		}
	})
}
