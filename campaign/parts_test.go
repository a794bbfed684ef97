package campaign_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"siaran/campaign"
)

func TestSMSPartsAreThoseThatAPhoneMakes(t *testing.T) {
	for _, c := range []struct {
		name     string
		text     string
		count    int
		encoding campaign.Encoding
		units    int
	}{
		{"nothing", "", 0, campaign.GSM7, 0},
		{"one letter", "a", 1, campaign.GSM7, 1},
		{"a full part", strings.Repeat("a", 160), 1, campaign.GSM7, 160},
		{"a septet more", strings.Repeat("a", 161), 2, campaign.GSM7, 161},
		{"the extension table costs two", strings.Repeat("a", 159) + "€", 2, campaign.GSM7, 161},
		{"158 and an extension character fit", strings.Repeat("a", 158) + "€", 1, campaign.GSM7, 160},
		{"two full parts", strings.Repeat("a", 306), 2, campaign.GSM7, 306},
		{"an escape pair is not split", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3, campaign.GSM7, 306},
		{"every extension character", "^{}\\[~]|€\f", 1, campaign.GSM7, 20},
		{"GSM-7 has more than ASCII", "@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\r\n", 1, campaign.GSM7, 43},
		{"70 UCS-2 units", strings.Repeat("ж", 70), 1, campaign.UCS2, 70},
		{"71 UCS-2 units", strings.Repeat("ж", 71), 2, campaign.UCS2, 71},
		{"an emoji is two units", strings.Repeat("😀", 35), 1, campaign.UCS2, 70},
		{"36 emoji", strings.Repeat("😀", 36), 2, campaign.UCS2, 72},
		{"a surrogate pair is not split", strings.Repeat("ж", 66) + "😀" + strings.Repeat("ж", 66), 3, campaign.UCS2, 134},
		{"a joined emoji is many units", "👨‍👩‍👧", 1, campaign.UCS2, 8},
		{"extension characters are single in UCS-2", "€" + strings.Repeat("ж", 69), 1, campaign.UCS2, 70},
		{"bytes that are no text", "a\xff", 1, campaign.UCS2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := campaign.SMSParts(c.text)
			if p.Count != c.count || p.Encoding != c.encoding || p.Units != c.units {
				t.Errorf("got %d parts of %s with %d units, want %d of %s with %d", p.Count, p.Encoding, p.Units, c.count, c.encoding, c.units)
			}
		})
	}
}

func TestGSM7HasTheCharactersOfItsTwoTables(t *testing.T) {
	single, double := 0, 0
	for r := rune(0); r <= 0xFFFF; r++ {
		switch p := campaign.SMSParts(string(r)); {
		case p.Encoding == campaign.UCS2:
		case p.Units == 1:
			single++
		case p.Units == 2:
			double++
		}
	}
	if single != 127 || double != 10 { // 128 codes, one of which is the escape
		t.Errorf("got %d single and %d double characters, want 127 and 10", single, double)
	}
}

func TestAnEmojiInOneNameChangesThatTextsCount(t *testing.T) {
	text := "Yth. {nama}, tagihan Anda jatuh tempo besok. Mohon bayar sebelum pukul 20.00 WIB."
	plain := campaign.SMSParts(strings.ReplaceAll(text, "{nama}", "Siti"))
	emoji := campaign.SMSParts(strings.ReplaceAll(text, "{nama}", "Siti 🌸"))
	if plain.Count != 1 || emoji.Count != 2 {
		t.Errorf("got %d and %d parts, want 1 and 2", plain.Count, emoji.Count)
	}
}

func TestTheCharactersThatForceUCS2AreNamedOnceAndAtMostFive(t *testing.T) {
	p := campaign.SMSParts("“Halo” – biaya `5`\u00a0ribu, façade “lagi”")
	if want := []rune{'“', '”', '–', '`', '\u00a0'}; !slices.Equal(p.Forced, want) {
		t.Errorf("got %q, want %q", p.Forced, want)
	}
	if p := campaign.SMSParts("Halo"); p.Forced != nil {
		t.Errorf("GSM-7 text forced nothing, got %q", p.Forced)
	}
}

// smsText draws texts that are about as long as parts, so that their borders are met.
func smsText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		alphabet := rapid.SampledFrom([][]rune{[]rune("ab€"), []rune("aж😀"), []rune("a€[ ")}).Draw(t, "alphabet")
		runs := rapid.SliceOfN(rapid.IntRange(0, 155), 0, 6).Draw(t, "runs")
		var b strings.Builder
		for i, n := range runs {
			for range n {
				b.WriteRune(alphabet[i%2])
			}
			b.WriteRune(alphabet[rapid.IntRange(0, 2).Draw(t, "extra")%len(alphabet)])
		}
		return b.String()
	})
}

// packed is the rule again, in the plainest words: put one character after another into parts.
func packed(text string, cost func(rune) int, single, size int) int {
	total := 0
	for _, r := range text {
		total += cost(r)
	}
	if total <= single {
		return min(total, 1)
	}
	parts := []int{0}
	for _, r := range text {
		if last := len(parts) - 1; parts[last]+cost(r) <= size {
			parts[last] += cost(r)
		} else {
			parts = append(parts, cost(r))
		}
	}
	return len(parts)
}

func TestSMSPartsPackWithoutSplittingACharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := smsText().Draw(t, "text")
		p := campaign.SMSParts(text)
		var want int
		if p.Encoding == campaign.UCS2 {
			want = packed(text, func(r rune) int { return utf16.RuneLen(r) }, 70, 67)
			if units := len(utf16.Encode([]rune(text))); p.Units != units {
				t.Fatalf("%d units, want %d", p.Units, units)
			}
		} else {
			want = packed(text, func(r rune) int {
				if strings.ContainsRune("^{}\\[~]|€\f", r) {
					return 2
				}
				return 1
			}, 160, 153)
		}
		if p.Count != want {
			t.Fatalf("%d parts, want %d", p.Count, want)
		}
	})
}

func FuzzSMSPartsNeverCountLessThanTheUnitsNeed(f *testing.F) {
	f.Add("Halo Budi")
	f.Add(strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152))
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		p := campaign.SMSParts(text)
		single, size := 160, 153
		if p.Encoding == campaign.UCS2 {
			single, size = 70, 67
		}
		atLeast := (p.Units + size - 1) / size
		if p.Units <= single {
			atLeast = min(p.Units, 1)
		}
		atMost := max(1, (p.Units+size-2)/(size-1)) // each part but the last lacks at most one unit
		if p.Count < atLeast || p.Count > atMost || (len(p.Forced) > 0) != (p.Encoding == campaign.UCS2) {
			t.Errorf("%q: %+v, at least %d parts", text, p, atLeast)
		}
	})
}
