package simulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The shapes are those of the samples on Sprint's page "Delivery Status", blanks left out.
func TestReceiptsHaveTheDocumentedShapes(t *testing.T) {
	at := time.Date(2024, 6, 5, 9, 27, 2, 0, time.UTC)
	div := division("demouser")
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`).MatchString(div) {
		t.Errorf("division_id is %q", div)
	}
	for _, c := range []struct {
		e    event
		want string
	}{
		{event{kind: whatsapp, status: delivered, price: free}, `{"status":1,"channel":"7","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV","price":"FREE"}`},
		{event{kind: whatsapp, status: read, price: onProcess}, `{"status":9,"channel":"7","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV","price":"ON PROCESS"}`},
		{event{kind: whatsapp, status: unused}, `{"status":14,"channel":"7","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV"}`},
		{event{kind: sms, status: delivered, parts: 2}, `{"status":1,"channel":"1","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV","counter_message":2}`},
		{event{kind: sms, status: unused, parts: 2}, `{"status":14,"channel":"1","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV"}`},
		{event{kind: email, status: opened}, `{"status":7,"channel":"3","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV"}`},
		{event{kind: line, status: delivered}, `{"status":1,"channel":"2","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV"}`},
		{event{kind: facebook, status: delivered}, `{"status":1,"channel":"4","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV"}`},
		{event{kind: telegram, status: failed}, `{"status":5,"channel":"5","ref_id":"r-1","time":"2024-06-05 16:27:02","division_id":"DIV"}`},
	} {
		got := string(receipt{event: c.e, refID: "r-1", username: "demouser", at: at}.json())
		if want := strings.Replace(c.want, "DIV", div, 1); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A told is a receipt as it was posted.
type told struct {
	Status  int    `json:"status"`
	Channel string `json:"channel"`
	RefID   string `json:"ref_id"`
	Time    string `json:"time"`
	Price   string `json:"price"`
	Parts   int    `json:"counter_message"`
}

func (r told) String() string {
	s := fmt.Sprintf("%s:%d", r.Channel, r.Status)
	if r.Price != "" {
		s += " " + r.Price
	}
	if r.Parts > 0 {
		s += fmt.Sprintf(" x%d", r.Parts)
	}
	return s
}

// tell sends one message and returns its receipts in the order they were posted.
func tell(t *testing.T, set Settings, channel string) []told {
	t.Helper()
	box := openMailbox(t)
	set.ReceiptURL = box.URL
	s, url := start(t, set)
	if got := post(t, url, request("ref-1", channel)); got.RC != "0" {
		t.Fatalf("not taken: %+v", got)
	}
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []told
	for _, b := range box.all() {
		var r told
		if err := json.Unmarshal([]byte(b), &r); err != nil || r.RefID != "ref-1" {
			t.Fatalf("%s: %v", b, err)
		}
		all = append(all, r)
	}
	return all
}

func words(all []told) string {
	var s []string
	for _, r := range all {
		s = append(s, r.String())
	}
	return strings.Join(s, ", ")
}

// foretell returns what the receipts of one message would be, without waiting for them.
func foretell(t *testing.T, typ, channel string) string {
	t.Helper()
	s, err := New(Settings{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	m, _, no := s.check(strings.Replace(request("ref-1", channel), `"type":"2"`, `"type":"`+typ+`"`, 1), "")
	if no != nil {
		t.Fatal(no)
	}
	var all []told
	for _, e := range fate(0, m) {
		var r told
		if err := json.Unmarshal(receipt{event: e, refID: m.refID, at: noon}.json(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return words(all)
}

func TestTestNumbersEndAsTheySay(t *testing.T) {
	for nn, want := range map[string]string{
		"01": "7:1 PAID, 7:9 PAID",
		"02": "7:1 FREE",
		"03": "7:1 ON PROCESS, 7:1 PAID",
		"04": "7:1 ON PROCESS",
		"05": "7:2 FREE",
		"06": "7:5 FREE",
		"07": "7:4 FREE",
		"08": "7:3 ON PROCESS",
		"09": "",
		"10": "7:2 FREE, 7:1 PAID",
		"11": "7:9 PAID, 7:1 PAID",
		"12": "7:1 PAID, 7:1 FREE",
		"13": "7:99 FREE",
	} {
		if got := foretell(t, "2", `{"whatsapp":{"msisdn":"62812999000`+nn+`","template_id":"promo_01"}}`); got != want {
			t.Errorf("%s: got %s, want %s", nn, got, want)
		}
	}
}

func TestSMSReceiptsCountPartsByTheSimulatorsOwnReading(t *testing.T) {
	text := strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152)
	if got := words(tell(t, Settings{}, `{"sms":{"message":"`+text+`","msisdn":"6281299900002"}}`)); got != "1:1 x3" {
		t.Errorf("got %s", got)
	}
}

func TestABackupIsFiredOnlyWhereBackupOnNamesWhatBecameOfThePrimary(t *testing.T) {
	pair := func(nn, on, exp string) string {
		return `{"whatsapp":{"msisdn":"62812999000` + nn + `","template_id":"promo_01","backup_on":"` + on + `","backup_exp":"` + exp + `"},"sms":{"message":"Halo","msisdn":"6281299900002"}}`
	}
	for _, c := range []struct{ name, channel, want string }{
		{"undelivered fires", pair("05", "2", "0"), "7:2 FREE, 1:1 x1"},
		{"undelivered does not fire on unsent", pair("05", "1", "0"), "7:2 FREE, 1:14"},
		{"delivered leaves it unused", pair("02", "1;2;4", "0;0;0"), "7:1 FREE, 1:14"},
		{"delivered fires where it is asked for", pair("02", "9", "0"), "7:1 FREE, 1:1 x1"},
		{"silence is pending", pair("09", "2;3", "0;10"), "1:1 x1"},
		{"failed has another number in the receipts", pair("06", "4", "0"), "7:5 FREE, 1:1 x1"},
	} {
		if got := foretell(t, "1", c.channel); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSendAllTellsOfEveryChannel(t *testing.T) {
	all := tell(t, Settings{}, `{"sms":{"message":"Halo","msisdn":"6281299900002"},"email":{"message":"Halo","email":"sim-bounced@example.test"},"telegram":{"message":"Halo","chat_id":"sim-failed"}}`)
	slices.SortFunc(all, func(a, b told) int { return strings.Compare(a.Channel, b.Channel) })
	if got := words(all); got != "1:1 x1, 3:11, 5:5" {
		t.Errorf("got %s", got)
	}
}

func TestReceiptTimesAreWesternIndonesianTime(t *testing.T) {
	all := tell(t, Settings{}, plainSMS)
	if len(all) != 1 || !strings.HasPrefix(all[0].Time, "2026-11-21 12:00:0") {
		t.Errorf("got %+v", all)
	}
}

func TestReceiptsThatAreNotAnswered200ComeAgain(t *testing.T) {
	box := openMailbox(t)
	box.deny = 3
	s, url := start(t, Settings{ReceiptURL: box.URL})
	post(t, url, request("ref-1", plainSMS))
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := s.Counts().Receipts; len(box.all()) != 1 || c != (ReceiptCounts{Due: 1, Posted: 1}) {
		t.Errorf("%d receipts came, counts are %+v", len(box.all()), c)
	}
}

func TestReceiptsComeRepeatedLateShuffledAndEarly(t *testing.T) {
	all := tell(t, Settings{Faults: Faults{Receipts: ReceiptFaults{Repeated: 3}}}, `{"whatsapp":{"msisdn":"6281299900001","template_id":"promo_01"}}`)
	if len(all) != 6 {
		t.Errorf("repeated: %s", words(all))
	}

	begun := time.Now()
	tell(t, Settings{Faults: Faults{Receipts: ReceiptFaults{Late: 500 * time.Millisecond}}}, plainSMS)
	if took := time.Since(begun); took < 500*time.Millisecond {
		t.Errorf("late: came after %v", took)
	}

	orders := map[string]bool{}
	box := openMailbox(t)
	s, url := start(t, Settings{ReceiptURL: box.URL, Faults: Faults{Receipts: ReceiptFaults{Shuffled: true}}})
	for i := range 20 {
		post(t, url, request(fmt.Sprint("ref-", i), `{"whatsapp":{"msisdn":"6281299900001","template_id":"promo_01"}}`))
	}
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := map[string]told{}
	for _, b := range box.all() {
		var r told
		if err := json.Unmarshal([]byte(b), &r); err != nil {
			t.Fatal(err)
		}
		if f, ok := first[r.RefID]; ok {
			orders[fmt.Sprint(f.Status, r.Status)] = true
			if r.Status == read && r.Time < f.Time {
				t.Errorf("a read is dated before its delivery")
			}
		}
		first[r.RefID] = r
	}
	if !orders["1 9"] || !orders["9 1"] {
		t.Errorf("shuffled: the orders were %v", orders)
	}
}

func TestAnEarlyReceiptComesBeforeTheAnswer(t *testing.T) {
	box := openMailbox(t)
	_, url := start(t, Settings{ReceiptURL: box.URL, Faults: Faults{Receipts: ReceiptFaults{Early: true}}})
	post(t, url, request("ref-1", plainSMS))
	if got := len(box.all()); got != 1 {
		t.Errorf("%d receipts before the answer", got)
	}
	_, url = start(t, Settings{ReceiptURL: box.URL})
	post(t, url, request("ref-2", plainSMS))
	if got := len(box.all()); got != 1 {
		t.Errorf("%d receipts before the answer without the fault", got-1)
	}
}
