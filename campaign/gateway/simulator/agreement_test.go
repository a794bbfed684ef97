package simulator

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"siaran/campaign"
)

// The bodies that package sandeza is held to were written by hand from the same pages. Two readings
// that differ are a question for Sprint.
func TestTheSimulatorTakesWhatOurSenderIsHeldTo(t *testing.T) {
	files, err := filepath.Glob("../sandeza/testdata/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("only %d bodies, %v", len(files), err)
	}
	s, url := start(t, Settings{})
	hidden := regexp.MustCompile(`"(signature|time|ref_id)": *"\*+"`)
	for i, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		body := hidden.ReplaceAllStringFunc(string(data), func(key string) string {
			switch {
			case strings.Contains(key, "signature"):
				return `"signature":"` + strings.Repeat("0", 64) + `"`
			case strings.Contains(key, "time"):
				return `"time":"` + strconv.FormatInt(noon.Unix(), 10) + `"`
			}
			return `"ref_id":"ref-` + strconv.Itoa(i) + `"`
		})
		if !hidden.Match(data) {
			continue // signed in full, at a time of its own
		}
		if got := post(t, url, body); got.RC != "0" {
			_, _, no := s.check(body, "")
			t.Errorf("%s: rc %s, %v", filepath.Base(name), got.RC, no)
		}
	}
}

// The parts that campaign estimates and those that the simulator charges are counted by two programs.
func TestPartsAreTheSameByBothCounts(t *testing.T) {
	alphabets := []string{"abcdefgh 0123", "ab€[]{}|", "abé😀ы", "ab\r\n`ç", "😀😀a"}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		letters := []rune(alphabets[rnd.IntN(len(alphabets))])
		text := make([]rune, 1+rnd.IntN(500))
		for i := range text {
			text[i] = letters[rnd.IntN(len(letters))]
		}
		if ours, theirs := campaign.SMSParts(string(text)).Count, countParts(string(text)); ours != theirs {
			t.Fatalf("%q: campaign counts %d, the simulator %d", string(text), ours, theirs)
		}
	}
}
