package operation

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/ledger"
)

func TestAClockMayBeRightWithinTheHeadersSecondAndTheWayThere(t *testing.T) {
	at := time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		asked, answered time.Duration // our clock, from at
		want            time.Duration // how far it is ahead, for a gateway that says at
	}{
		{0, 0, 0},
		{-2 * time.Second, 3 * time.Second, 0}, // it may have been read anywhere between
		{999 * time.Millisecond, time.Second, 0},
		{11 * time.Second, 12 * time.Second, 10 * time.Second},
		{-12 * time.Second, -11 * time.Second, -11 * time.Second},
		{7 * time.Hour, 7 * time.Hour, 7*time.Hour - time.Second},
	} {
		if got := skew(at.Add(c.asked), at.Add(c.answered), at); got != c.want {
			t.Errorf("asked at %v, answered at %v: %v ahead, want %v", c.asked, c.answered, got, c.want)
		}
	}
}

func TestTheReceiptURLIsWhereTheGatewayCanReachIt(t *testing.T) {
	secret := definition.Listen{Secret: "never-shown", Address: "127.0.0.1:8090"}
	for _, c := range []struct {
		address, cert, ours, want string
	}{
		{"10.1.2.3:8090", "", "10.1.2.4", "http://10.1.2.3:8090/receipts/sandeza/***"},
		{"10.1.2.3:8443", "cert.pem", "", "https://10.1.2.3:8443/receipts/sandeza/***"},
		{"0.0.0.0:8090", "", "10.1.2.4", "http://10.1.2.4:8090/receipts/sandeza/***"},
		{":8090", "", "fd00::4", "http://[fd00::4]:8090/receipts/sandeza/***"},
		{"[::]:8090", "", "", "http://mail-1:8090/receipts/sandeza/***"},
	} {
		l := secret
		l.Address, l.TLS.Cert = c.address, c.cert
		if got := receiptURL(l, "sandeza", c.ours, "mail-1"); got != c.want {
			t.Errorf("%s: %s, want %s", c.address, got, c.want)
		}
	}
	if got := receiptURL(definition.Listen{Address: "127.0.0.1:8090"}, "sandeza", "", "mail-1"); got != "" {
		t.Errorf("nobody listens: %s", got)
	}
}

func TestWhatEverybodyCanReadIsFound(t *testing.T) {
	t.Parallel()
	s := settings(t)
	open(t, s)
	s.Path = file(t, s, "siaran.yaml", "")
	s.SecretFiles = []string{file(t, s, "password", "")}
	s.Listen.TLS.Key = file(t, s, "key.pem", "")
	s.Warnings = []*definition.Error{{Key: "accounts.sprint.password"}}
	all := append([]string{s.Path, s.Ledger, s.Listen.TLS.Key}, s.SecretFiles...)
	if got := permissionFindings(s); len(got) != 0 && runtime.GOOS != "windows" {
		t.Errorf("nobody else can read them: %v", got)
	}
	for _, path := range all {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := permissionFindings(s)
	for _, path := range all {
		if !slices.ContainsFunc(got, func(f Finding) bool {
			return strings.HasPrefix(f.Problem, path+" ") && strings.HasPrefix(f.Cure, "chmod 600 "+path)
		}) && runtime.GOOS != "windows" {
			t.Errorf("%s is not found: %v", path, got)
		}
	}
}

func TestAFolderThatReceiptsCannotGoIntoIsFound(t *testing.T) {
	t.Parallel()
	s := settings(t)
	if got := receiptFindings(s, time.Now()); len(got) != 0 {
		t.Errorf("nobody listens: %v", got)
	}
	s.Listen.Secret = "only-for-this-test"
	if got := receiptFindings(s, time.Now()); len(got) != 0 {
		t.Errorf("it can be made: %v", got)
	}
	s.Listen.Log = file(t, s, "a-file", "")
	if got := receiptFindings(s, time.Now()); len(got) != 1 || got[0].About != "receipts" {
		t.Errorf("it is a file: %v", got)
	}
}

func TestAListenerThatIsGoneIsFound(t *testing.T) {
	t.Parallel()
	s := settings(t)
	if err := os.Mkdir(s.Listen.Log, 0o700); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	mark := `{"host":"mail-2","address":"127.0.0.1:8090","at":"2026-11-21T12:00:00Z"}`
	if err := os.WriteFile(filepath.Join(s.Listen.Log, "mail-2.alive"), []byte(mark), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := receiptFindings(s, at.Add(10*time.Second)); len(got) != 0 {
		t.Errorf("it is alive: %v", got)
	}
	got := receiptFindings(s, at.Add(time.Hour))
	if len(got) != 1 || got[0].Problem != "the listener on mail-2 was last alive 60 min ago (21 Nov 19:00)" {
		t.Errorf("it is gone: %v", got)
	}
}

func TestUnknownRowsAreListedForSettle(t *testing.T) {
	t.Parallel()
	run := campaign.Run{ID: "3k9x2f", Campaign: "gajian", CreatedAt: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	known := map[int]campaign.Verdict{2: campaign.VerdictRead}
	if got := unknownFinding(run, known, wib); got != nil {
		t.Errorf("no row is unknown: %v", got)
	}
	for row := 40; row > 17; row-- {
		known[row] = campaign.VerdictUnknown
	}
	got := unknownFinding(run, known, wib)
	if len(got) != 1 || !strings.Contains(got[0].Cure, "siaran settle 3k9x2f --rows 18,19,20") || !strings.HasSuffix(got[0].Problem, "36, 37 and 3 more") ||
		!strings.HasPrefix(got[0].Problem, "gajian of 21 Nov 19:00 has 23 rows unknown") {
		t.Errorf("got %+v", got)
	}
}

func TestSettingsThatCannotBeReadAreFindingsWithTheirCures(t *testing.T) {
	t.Parallel()
	gone := errors.New("there is no siaran.yaml")
	got := UnreadSettings(definition.Errors{{File: "siaran.yaml", Line: 2, Key: "zone", Problem: "is no key", Hint: "timezone"}, {File: "siaran.yaml", Line: 3, Problem: "is odd"}})
	got = append(got, UnreadSettings(gone)...)
	want := []string{"timezone", "correct it in siaran.yaml", ""}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i, f := range got {
		if f.Cure != want[i] || f.About != "settings" || strings.Contains(f.Problem, "timezone") {
			t.Errorf("%+v, want the cure %q", f, want[i])
		}
	}
	if !errors.Is(got[2].Err, gone) {
		t.Errorf("the error is gone: %+v", got[2])
	}
}

func TestAHealthyFolderHasNoFindingAndALedgerThatIsNoneHas(t *testing.T) {
	t.Parallel()
	s := settings(t)
	if book, err := ledger.Create(t.Context(), ledger.Settings{DSN: s.Ledger, Host: ops.Host}); err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	r := DoctorRequest{Settings: s, Host: "mail-1", Offline: true, Now: time.Now}
	e, err := Doctor(t.Context(), r)
	if err != nil || len(e.Findings) != 0 || len(e.Support) != 1 || e.Support[0].Account != "other" {
		t.Errorf("%+v, %v", e, err)
	}
	s.Ledger = filepath.Join(filepath.Dir(s.Ledger), "gone.db")
	e, err = Doctor(t.Context(), r)
	if err != nil || len(e.Findings) != 1 || e.Findings[0].About != "ledger" || !errors.Is(e.Findings[0].Err, ledger.ErrMissing) {
		t.Errorf("no ledger: %+v, %v", e, err)
	}
}
