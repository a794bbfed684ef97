package definition

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"siaran/campaign"
)

// settingsIn writes files into a new folder and reads the siaran.yaml among them.
func settingsIn(t *testing.T, files map[string]string) (dir string, s *Settings, err error) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err = ReadSettings(filepath.Join(dir, "siaran.yaml"), environment, gateways)
	return dir, s, err
}

func TestEveryKeyOfTheSettingsIsRead(t *testing.T) {
	dir, got, err := settingsIn(t, map[string]string{
		"siaran.yaml": string(fixture(t, "siaran.yaml")),
		"secret.txt":  "not-easily-guessed\r\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Jakarta")
	if err != nil {
		t.Fatal(err)
	}
	day := func(y, m int) time.Time { return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, zone) }
	want := &Settings{
		Path: filepath.Join(dir, "siaran.yaml"), Ledger: filepath.Join(dir, "data/siaran.db"), Zone: zone,
		Accounts: map[string]campaign.Account{
			"sprint": {
				Name: "sprint", Gateway: "sandeza", URL: "https://gateway.example.test/base", Live: true,
				Username: "demo", Password: "pa$$ ${env:SECRET}", SenderID: "BANKKU", Rate: 10, Burst: 10, Timeout: 5 * time.Second,
				Prices: &campaign.Prices{
					Currency: "IDR", Tax: "11", BillingDate: "delivered",
					WhatsApp: []campaign.WhatsAppPrice{
						{From: day(2025, 7), ByCategory: map[string]campaign.Money{"marketing": 586_330_000, "utility": 356_650_000, "authentication": 356_650_000, "service": 0}},
						{From: day(2026, 1), ByCategory: map[string]campaign.Money{"marketing": 600_000_000, "utility": 100_000}},
					},
					SMS: []campaign.SMSPrice{
						{From: day(2024, 7), Part: 349_999_999, Charged: "accepted"},
						{From: day(2025, 7), Part: 350_000_000, Charged: "delivered"},
					},
				},
			},
			"here":    {Name: "here", Gateway: "sandeza", URL: "http://127.0.0.1:8085", Username: "demo", Password: "007", Rate: campaign.Unlimited, Burst: 1, Timeout: 30 * time.Second},
			"tunnel":  {Name: "tunnel", Gateway: "sandeza", URL: "http://[::1]:8085", Live: true, Username: "demo", Password: "demo", Rate: 5, Burst: 1, Timeout: 30 * time.Second},
			"staging": {Name: "staging", Gateway: "sandeza", URL: "http://staging.example.test", Username: "demo", Password: "demo", Rate: 10, Burst: 1, Timeout: 30 * time.Second},
		},
		Listen: Listen{
			Address: ":8090", Secret: "not-easily-guessed", Log: filepath.Join(dir, "receipts"),
			Allow:   []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::/32")},
			TLS:     TLS{Cert: filepath.Join(dir, "cert.pem"), Key: "/etc/key.pem"},
			Forward: "https://other.example.test/hook",
			Formats: map[string]Format{"sms-ta": {
				Gateway: "sinchindia", Channel: campaign.SMS, ID: "msg_id", Status: "sms_delv_status", Time: "sms_delv_dttime",
				Layout: "dd/mm/yyyy hh:mm:ss", Zone: "+05:30", Words: map[string]campaign.Delivery{"DELIVRD": campaign.DeliveryDelivered},
			}},
		},
		SecretFiles: []string{filepath.Join(dir, "secret.txt")},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Settings{}, "Warnings", "Gateways"), cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); d != "" {
		t.Error(d)
	}
	var warnings []string
	for _, w := range got.Warnings {
		warnings = append(warnings, strings.TrimPrefix(w.Error(), dir+"/"))
	}
	if d := cmp.Diff([]string{
		"siaran.yaml:29: accounts.staging.url: is not https: passwords and messages go over the network in clear; write https:// unless the gateway has none",
		"siaran.yaml:29: accounts.staging.password: is in clear; write ${env:NAME} or ${file:PATH} instead",
	}, warnings); d != "" {
		t.Error(d)
	}
}

func TestTheShortestSettingsHaveTheDefaults(t *testing.T) {
	dir, s, err := settingsIn(t, map[string]string{"siaran.yaml": "accounts: {}\n"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Ledger != filepath.Join(dir, "siaran.db") || s.Zone.String() != "Asia/Jakarta" || len(s.Accounts) != 0 {
		t.Errorf("got %+v", s)
	}
	if s.Listen.Address != "127.0.0.1:8090" || s.Listen.Log != filepath.Join(dir, "receipts") {
		t.Errorf("got %+v", s.Listen)
	}
}

func TestALedgerIsAFileBesideTheSettingsOrPostgreSQL(t *testing.T) {
	for text, want := range map[string]string{
		"siaran.db":                          "/srv/siaran.db",
		"../x/a b.db":                        "/x/a b.db",
		"/var/siaran.db":                     "/var/siaran.db",
		"postgres://u@h/d?sslmode=disable":   "postgres://u@h/d?sslmode=disable",
		"postgresql://u:${env:SECRET}@h:5/d": "postgresql://u:hunter2@h:5/d",
	} {
		s, err := ParseSettings("/srv/siaran.yaml", []byte("ledger: "+text+"\n"), environment, gateways)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if s.Ledger != want || len(s.Warnings) != 0 {
			t.Errorf("%s: got %s, warnings %v", text, s.Ledger, s.Warnings)
		}
	}
	s, err := ParseSettings("/srv/siaran.yaml", []byte("ledger: postgres://u:hunter2@h/d\n"), environment, gateways)
	if err != nil || len(s.Warnings) != 1 || strings.Contains(s.Warnings[0].Error(), "hunter2") {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestARealGatewayOnLoopbackWithoutARateIsWarnedOf(t *testing.T) {
	_, s, err := settingsIn(t, map[string]string{"siaran.yaml": "accounts: {a: {gateway: sandeza, url: 'http://localhost:1', live: true, username: u, password: p}}\n"})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) != 1 || s.Warnings[0].Key != "accounts.a.live" {
		t.Errorf("got %v", s.Warnings)
	}
}

func TestSecretsArePrintedAsStars(t *testing.T) {
	_, s, err := settingsIn(t, map[string]string{"siaran.yaml": "accounts: {a: {gateway: sandeza, url: 'http://localhost:1', username: u, password: hunter2}}\nlisten: {secret: hunter2}\n"})
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%v %+v %#v", s.Accounts, s.Accounts, s.Listen); strings.Contains(all, "hunter2") {
		t.Error(all)
	}
	if s.Accounts["a"].Password != "hunter2" || s.Accounts["a"].Live {
		t.Error("the account was not read")
	}
}

func TestASecretFileIsReadWithoutItsLineEnd(t *testing.T) {
	for file, want := range map[string]string{"a": "a", "a\n": "a", "a\r\n": "a", "a b \n": "a b ", "a\n\n": "a\n"} {
		_, s, err := settingsIn(t, map[string]string{
			"siaran.yaml": "accounts: {a: {gateway: sandeza, url: 'http://localhost:1', username: u, password: '${file:s}'}}\n",
			"s":           file,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(s.Accounts["a"].Password); got != want {
			t.Errorf("%q: got %q, want %q", file, got, want)
		}
	}
	for name, file := range map[string]string{"is larger than 64 KiB": strings.Repeat("x", 70_000), "is not a text": "a\x00b", "is empty": "\n"} {
		_, _, err := settingsIn(t, map[string]string{
			"siaran.yaml": "accounts: {a: {gateway: sandeza, url: 'http://localhost:1', username: u, password: '${file:s}'}}\n",
			"s":           file,
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnAccountThatIsNotThereIsToldWithTheOnesThatAre(t *testing.T) {
	_, s, err := settingsIn(t, map[string]string{"siaran.yaml": "accounts: {sprint: {gateway: sandeza, url: 'http://localhost:1', username: u, password: p}, two: {gateway: sandeza, url: 'http://localhost:1', username: u, password: p, sender_id: S}}\n"})
	if err != nil {
		t.Fatal(err)
	}
	s.Path = "siaran.yaml"
	for account, want := range map[string]string{
		"sprnt":  `promo.yaml:1: account: no account "sprnt" in siaran.yaml; did you mean sprint?`,
		"other":  `promo.yaml:1: account: no account "other" in siaran.yaml; siaran.yaml has sprint, two`,
		"sprint": `promo.yaml: sender_id: is missing, and account sprint has none; write sender_id: here or there, as Sprint issued it`,
		"two":    "",
	} {
		c, err := ParseCampaign("promo.yaml", completed("account: "+account+"\n"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err := s.AccountOf(c); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", account, got, want)
		}
	}
	c, err := ParseCampaign("promo.yaml", completed(""), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := new(Settings).AccountOf(c); err == nil || !strings.Contains(err.Error(), "add it under accounts:") {
		t.Errorf("got %v", err)
	}
}

func TestNewSettingsAreReadCleanly(t *testing.T) {
	s, err := ParseSettings("/srv/siaran.yaml", InitSettings(InitOptions{}), nil, gateways)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) != 0 {
		t.Errorf("warnings: %v", s.Warnings)
	}
	want := campaign.Account{
		Name: "sprint", Gateway: "sandeza", URL: "http://127.0.0.1:8085", Username: "demo", Password: "demo",
		SenderID: "DEMOSENDER", Rate: campaign.Unlimited, Burst: 1, Timeout: 30 * time.Second,
	}
	if d := cmp.Diff(want, s.Accounts["sprint"]); d != "" {
		t.Error(d)
	}
	odd := InitOptions{Ledger: "a: b #c.db", Zone: "UTC", Account: "123", URL: "https://gateway.example.test", Username: `o"neill`, SenderID: "007"}
	s, err = ParseSettings("/srv/siaran.yaml", InitSettings(odd), func(name string) (string, bool) { return "secret", name == "SANDEZA_PASSWORD" }, gateways)
	if err != nil {
		t.Fatal(err)
	}
	a := s.Accounts["123"]
	if len(s.Warnings) != 0 || s.Ledger != "/srv/a: b #c.db" || a.Username != `o"neill` || a.SenderID != "007" || a.Password != "secret" || !a.Live {
		t.Errorf("got %+v, %+v", s, a)
	}
	// What is commented out is right, too.
	text := regexp.MustCompile(`(?m)^(    )# |^# (listen|  )`).ReplaceAllString(string(InitSettings(InitOptions{})), "$1$2")
	s, err = ParseSettings("/srv/siaran.yaml", []byte(text), func(string) (string, bool) { return "0123456789abcdef", true }, gateways)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if s.Accounts["sprint"].Prices == nil || s.Listen.Secret == "" {
		t.Errorf("not read:\n%s", text)
	}
}
