package operation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/dispatch"
	"siaran/campaign/ledger"
	"siaran/campaign/planning"
)

// A desk is a ledger, a campaign and a gateway that takes everything, for tests of sending.
type desk struct {
	*testing.T
	settings *definition.Settings
	book     *ledger.Ledger
	conduct  string // more lines of the campaign
	text     string // of its message

	mu     sync.Mutex
	sent   map[string]int         // by address, how often the gateway got a message
	answer func() campaign.Answer // nil: yes
	told   []Event                // but for what is told of every attempt
}

func newDesk(t *testing.T, conduct string) *desk {
	t.Helper()
	s := settings(t)
	s.Gateways = KnownGateways()
	s.Accounts = map[string]campaign.Account{"sprint": {
		Name: "sprint", Gateway: "sandeza", URL: "http://127.0.0.1:1", Live: true, Username: "demo", Password: "demo",
		SenderID: "BANKKU", Rate: campaign.Unlimited, Burst: 1, Timeout: time.Second,
	}}
	return &desk{T: t, settings: s, book: open(t, s), conduct: conduct, text: "Halo {{Nama}}", sent: map[string]int{}}
}

// people writes a recipient file: a row a name, whose number follows from it.
func (d *desk) people(name string, names ...string) {
	d.Helper()
	var b strings.Builder
	b.WriteString("Nama,HP\n")
	for _, n := range names {
		fmt.Fprintf(&b, "%s,62812000000%02d\n", n, n[0])
	}
	file(d.T, d.settings, name, b.String())
}

// request asks to send the file.
func (d *desk) request(file string) Request {
	d.Helper()
	text := fmt.Sprintf("name: promo\naccount: sprint\nfile: %s\n%s\nchannels:\n  - sms: {to: HP, message: %q}\n", file, d.conduct, d.text)
	path := filepath.Join(filepath.Dir(d.settings.Ledger), "promo.yaml")
	c, err := definition.ParseCampaign(path, []byte(text), definition.Options{Now: time.Now(), Zone: wib})
	if err != nil {
		d.Fatal(err)
	}
	return Request{
		Material: Material{Settings: d.settings, Campaign: c, Account: d.settings.Accounts["sprint"], Ledger: d.book, Now: time.Now},
		By:       ops, Teller: d, Prepare: func(x *dispatch.Dispatcher) { x.Sender = d },
	}
}

// Tell remembers.
func (d *desk) Tell(e Event) {
	if _, often := e.(AttemptEnded); often {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, e)
}

// Send is the gateway.
func (d *desk) Send(ctx context.Context, q campaign.Queued, leave func(context.Context) error) campaign.Answer {
	if err := leave(ctx); err != nil {
		return campaign.Unsent(err.Error())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	a := campaign.Answer{Outcome: campaign.Accepted}
	if d.answer != nil {
		a = d.answer()
	}
	if a.Outcome == campaign.Accepted {
		d.sent[q.Address]++
	}
	return a
}

// plan plans the file.
func (d *desk) plan(r Request) *Planned {
	d.Helper()
	p, err := Plan(d.Context(), r)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() {
		if err := p.Discard(context.Background()); err != nil { //nolint:forbidigo // the test's is over
			d.Error(err)
		}
	})
	return p
}

// send plans the file and sends it.
func (d *desk) send(r Request) Result {
	d.Helper()
	result, err := d.plan(r).Start(d.Context(), Decisions{})
	if err != nil {
		d.Fatal(err)
	}
	return result
}

// runs are the states of all runs, the oldest first.
func (d *desk) runs() (states []string) {
	d.Helper()
	runs, err := d.book.Runs.All(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	for _, r := range slices.Backward(runs) {
		states = append(states, string(r.State))
	}
	return states
}

// twice are the addresses that got more than one message.
func (d *desk) twice() (twice []string) {
	for _, a := range slices.Sorted(maps.Keys(d.sent)) {
		if d.sent[a] > 1 {
			twice = append(twice, a)
		}
	}
	return twice
}

// version changes with every commit to the ledger.
func (d *desk) version(db *sql.DB) (v int) {
	d.Helper()
	if err := db.QueryRowContext(d.Context(), `PRAGMA data_version`).Scan(&v); err != nil {
		d.Fatal(err)
	}
	return v
}

func TestAFileIsKnownByItsBytesAndThenNothingIsWritten(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "")
	d.people("a.csv", "Ani", "Budi", "Cici")
	first := d.send(d.request("a.csv"))
	if first.Summary.Accepted != 3 || first.Run.State != campaign.StateDone || first.Finished {
		t.Fatalf("%+v", first)
	}
	db, err := sql.Open("sqlite", d.settings.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	before := d.version(db)
	p := d.plan(d.request("a.csv"))
	if !p.Found || p.Look != nil || p.Run.ID != first.Run.ID {
		t.Errorf("%+v", p)
	}
	again, err := p.Start(t.Context(), Decisions{})
	if err != nil || !again.Finished || again.Summary.Accepted != 3 || again.Run.ID != first.Run.ID {
		t.Errorf("%+v, %v", again, err)
	}
	if d.version(db) != before {
		t.Error("a second send of a run that is done wrote into the ledger")
	}
	if len(d.sent) != 3 || d.twice() != nil {
		t.Errorf("sent: %v", d.sent)
	}
}

func TestTheSameRowsInOtherBytesAreTheSameRun(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "")
	d.people("a.csv", "Ani", "Budi")
	first := d.send(d.request("a.csv"))
	file(t, d.settings, "a.csv", "Nama;HP\r\nAni;6281200000065\r\nBudi;6281200000066\r\n")
	p := d.plan(d.request("a.csv"))
	if !p.Found || p.Run.ID != first.Run.ID {
		t.Errorf("%+v", p.Run)
	}
	if got := d.runs(); len(got) != 1 {
		t.Errorf("runs: %s", got)
	}
}

func TestWhatIsRefusedLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "expect: {rows: 50..100}\nhidden_rows: refuse")
	d.people("a.csv", "Ani", "Budi")
	p := d.plan(d.request("a.csv"))
	var refused *RefusedError
	if _, err := p.Start(t.Context(), Decisions{}); !errors.As(err, &refused) || len(refused.Objections) != 1 || refused.Objections[0].Guard != planning.GuardRows {
		t.Fatalf("%v", err)
	}
	if err := p.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.book.Runs.ByID(t.Context(), p.Run.ID); !errors.Is(err, ledger.ErrNoRun) {
		t.Errorf("the plan is still there: %v", err)
	}
	// A person's yes sends it all the same.
	result, err := d.plan(d.request("a.csv")).Start(t.Context(), Decisions{Yes: []planning.Guard{planning.GuardRows}})
	if err != nil || result.Summary.Accepted != 2 {
		t.Errorf("%+v, %v", result.Summary, err)
	}
}

func TestAnOldFileIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "expect: {file_age: 20h}")
	path := file(t, d.settings, "a.csv", "\x89PNG, which is no recipient file")
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	var refused *RefusedError
	if _, err := Plan(t.Context(), d.request("a.csv")); !errors.As(err, &refused) || refused.Objections[0].Guard != planning.GuardFileAge {
		t.Errorf("%v", err)
	}
	r := d.request("a.csv")
	r.Accept = []planning.Guard{planning.GuardFileAge}
	if _, err := Plan(t.Context(), r); err == nil || errors.As(err, &refused) {
		t.Errorf("a person said yes, and the file was not read: %v", err)
	}
}

func TestTheLastOfSeveralIsKeptThoughTheFileIsReadOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "duplicates: {same: [address], keep: last}")
	file(t, d.settings, "a.csv", "Nama,HP\nAni,6281200000001\nBudi,6281200000002\nAni lagi,6281200000001\n,6281200000003\nAni akhir,6281200000001\n")
	p := d.plan(d.request("a.csv"))
	if pre := p.Preflight; pre.Rows != 5 || pre.Sendable != 2 || pre.Duplicates != 2 || pre.Rejected != 1 || pre.Channels[0].Messages != 2 {
		t.Errorf("%+v", pre)
	}
	result, err := p.Start(t.Context(), Decisions{})
	if err != nil || result.Summary.Accepted != 2 || result.Summary.Duplicate != 2 || result.Summary.Rejected != 1 || d.twice() != nil {
		t.Fatalf("%+v, %v", result.Summary, err)
	}
	ms, err := d.book.Runs.Messages(t.Context(), result.Run.ID, []int{2, 4, 6})
	if err != nil || ms[0].Problem == nil || ms[0].Problem.Reason != "the same recipient as row 6, which is kept" || ms[1].Problem == nil || ms[2].Problem != nil {
		t.Errorf("%+v, %v", ms, err)
	}
}

func TestGuardsLookAgainWhenAnotherRunBecameReadyMeanwhile(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]struct {
		repeated, accepted int
	}{
		"ask":   {1, 2}, // a person says again
		"skip":  {0, 1},
		"allow": {0, 2},
	} {
		d := newDesk(t, "repeat: "+policy+"\nunfinished: finish-first")
		d.people("a.csv", "Ani", "Budi")
		d.people("b.csv", "Budi", "Cici")
		a, b := d.plan(d.request("a.csv")), d.plan(d.request("b.csv")) // neither sees the other
		if len(a.Objections)+len(b.Objections) != 0 {
			t.Fatalf("%v %v", a.Objections, b.Objections)
		}
		if _, err := a.Start(t.Context(), Decisions{}); err != nil {
			t.Fatal(err)
		}
		result, err := b.Start(t.Context(), Decisions{})
		if policy == "allow" { // what the person said stands
			if err != nil || result.Summary.Accepted != want.accepted {
				t.Errorf("%s: %+v, %v", policy, result.Summary, err)
			}
			continue
		}
		if !errors.Is(err, ErrChanged) || b.Preflight.Repeated != want.repeated || d.sent["6281200000066"] != 1 {
			t.Fatalf("%s: %v, %+v; sent %v", policy, err, b.Preflight, d.sent)
		}
		if policy == "ask" {
			var refused *RefusedError
			if _, err := b.Start(t.Context(), Decisions{}); !errors.As(err, &refused) || refused.Objections[0].Guard != planning.GuardRepeat {
				t.Errorf("ask: %v", err)
			}
		}
		result, err = b.Start(t.Context(), Decisions{Yes: []planning.Guard{planning.GuardRepeat}})
		if err != nil || result.Summary.Accepted != want.accepted || result.Summary.Sum() != 2 {
			t.Errorf("%s: %+v, %v", policy, result.Summary, err)
		}
	}
}

func TestOfTwoEqualPlansOneIsSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "")
	d.people("a.csv", "Ani", "Budi")
	a, b := d.plan(d.request("a.csv")), d.plan(d.request("a.csv"))
	if _, err := a.Start(t.Context(), Decisions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Start(t.Context(), Decisions{}); err == nil {
		t.Error("both were sent")
	}
	if len(d.sent) != 2 || d.twice() != nil {
		t.Errorf("sent: %v", d.sent)
	}
}

func TestANewRunLeavesOutWhatTheReplacedOneSent(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*desk){
		"the same bytes": func(*desk) {},
		"the same rows": func(d *desk) {
			file(d.T, d.settings, "a.csv", "Nama;HP\r\nAni;6281200000065\r\nBudi;6281200000066\r\n")
		},
	} {
		d := newDesk(t, "")
		d.people("a.csv", "Ani", "Budi")
		d.answer = func() campaign.Answer {
			if len(d.sent) == 0 {
				return campaign.Answer{Outcome: campaign.Accepted}
			}
			return campaign.Answer{Outcome: campaign.Refused, Code: "rc 5"}
		}
		d.send(d.request("a.csv"))
		d.answer = nil
		change(d)
		r := d.request("a.csv")
		r.NewRun = true
		p := d.plan(r)
		if p.Found || p.Preflight.LeftOut != 1 || p.Preflight.Sendable != 1 || p.Run.Again != 1 {
			t.Errorf("%s: %+v, %+v", name, p.Run, p.Preflight)
		}
		if result, err := p.Start(t.Context(), Decisions{}); err != nil || result.Summary.Accepted != 1 || d.twice() != nil {
			t.Errorf("%s: %+v, %v; sent %v", name, result.Summary, err, d.sent)
		}
		d.conduct = "repeat: skip"
		r = d.request("a.csv")
		r.NewRun = true
		left := d.plan(r) // and then nothing is left
		if len(left.Objections) != 1 || left.Objections[0].Guard != planning.GuardNothing {
			t.Errorf("%s: %+v", name, left.Objections)
		}
	}
}

// interrupted leaves a run of a.csv unfinished: its first message was taken, and then the gateway refuses all.
func (d *desk) interrupted() campaign.Run {
	d.Helper()
	d.people("a.csv", "Ani", "Budi", "Cici")
	d.answer = func() campaign.Answer {
		if len(d.sent) == 0 {
			return campaign.Answer{Outcome: campaign.Accepted}
		}
		return campaign.Answer{Outcome: campaign.NotTaken, Systemic: true, Code: "rc 4", Reason: "no credit"}
	}
	result := d.send(d.request("a.csv"))
	d.answer = nil
	if result.Run.State != campaign.StatePaused || result.Summary.Accepted != 1 || result.Summary.Queued != 2 {
		d.Fatalf("%+v", result)
	}
	return result.Run
}

func TestAnUnfinishedRunGoesOnWithoutReadingTheFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "rate: 50/s")
	run := d.interrupted()
	d.conduct = "rate: 500/s"
	p := d.plan(d.request("a.csv"))
	if !p.Found || p.Look != nil || p.Run.ID != run.ID || len(p.Change) != 1 {
		t.Fatalf("%+v", p)
	}
	result, err := p.Start(t.Context(), Decisions{})
	if err != nil || result.Summary.Accepted != 3 || result.Run.State != campaign.StateDone || d.twice() != nil {
		t.Errorf("%+v, %v; sent %v", result.Summary, err, d.sent)
	}
	actions, err := d.book.Actions.OfRun(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	var deeds []string
	for _, a := range actions {
		deeds = append(deeds, string(a.What)+" "+a.Why+" by "+a.By())
	}
	by := " by " + ops.By()
	if want := []string{"plan " + by, "conduct rate: 50/s → 500/s" + by, "send resumed" + by}; !slices.Equal(deeds, want) {
		t.Errorf("%q, want %q", deeds, want)
	}
}

func TestWhatAPersonPausedIsNotResumedBySending(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "")
	run := d.interrupted()
	for _, s := range []campaign.RunState{campaign.StateReady, campaign.StatePaused} {
		if _, err := d.book.Runs.SetState(t.Context(), run.ID, nil, s, "wrong text", "siti@host"); err != nil {
			t.Fatal(err)
		}
	}
	var no *Error
	if _, err := Plan(t.Context(), d.request("a.csv")); !errors.As(err, &no) || no.Kind != Paused {
		t.Errorf("%v", err)
	}
}

func TestAnOlderRunIsFinishedOrExpiredBeforeTheGuardsLook(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"finish-first", "expire", "refuse"} {
		d := newDesk(t, "unfinished: "+policy+"\nrepeat: skip")
		old := d.interrupted()
		d.people("b.csv", "Budi", "Dodi")
		p := d.plan(d.request("b.csv"))
		switch policy {
		case "refuse":
			if len(p.Objections) != 1 || p.Objections[0].Guard != planning.GuardUnfinished || len(d.sent) != 1 {
				t.Errorf("refuse: %+v", p.Objections)
			}
			if err := p.Answer(t.Context(), Decisions{Unfinished: "expire"}); err != nil || len(p.Objections) != 0 || p.Preflight.Sendable != 2 {
				t.Errorf("expire, as a person says: %v, %+v", err, p.Preflight)
			}
		case "finish-first":
			if len(p.Older) != 1 || p.Older[0].Run.ID != old.ID || p.Older[0].Summary.Accepted != 3 || p.Preflight.LeftOut != 1 || p.Preflight.Sendable != 1 {
				t.Errorf("finish-first: %+v, %+v", p.Older, p.Preflight)
			}
		case "expire":
			if run, err := d.book.Runs.ByID(t.Context(), old.ID); err != nil || run.State != campaign.StateDone || p.Preflight.Sendable != 2 {
				t.Errorf("expire: %+v, %v, %+v", run, err, p.Preflight)
			}
		}
		if result, err := p.Start(t.Context(), Decisions{}); err != nil || result.Summary.Sum() != 2 || d.twice() != nil {
			t.Errorf("%s: %+v, %v; sent %v", policy, result.Summary, err, d.sent)
		}
	}
}

func TestACampaignThatChangedHalfWayIsRefusedWithTheDifference(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "unfinished: finish-first")
	d.interrupted()
	d.text = "Hai {{Nama}}"
	p := d.plan(d.request("a.csv"))
	if len(p.Objections) != 1 || p.Objections[0].Guard != planning.GuardChanged || !strings.Contains(p.Objections[0].Problem, "Halo {{Nama}} → Hai {{Nama}}") {
		t.Errorf("%+v", p.Objections)
	}
	if len(d.sent) != 1 {
		t.Errorf("sent: %v", d.sent)
	}
}

func TestTwoRepairsOfOneRunSendARowOnce(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"ask", "allow"} {
		d := newDesk(t, "repeat: "+policy)
		file(t, d.settings, "a.csv", "Nama,HP\nAni,6281200000001\nBudi,12\n")
		d.send(d.request("a.csv"))
		repair := func(name, phone string) Request {
			file(t, d.settings, name, "Nama,HP,Row,Problem\nBudi,"+phone+",3,\n")
			r := d.request(name)
			r.Repair = true
			return r
		}
		one, two := d.plan(repair("one.csv", "6281200000002")), d.plan(repair("two.csv", "6281200000003"))
		if result, err := one.Start(t.Context(), Decisions{}); err != nil || result.Summary.Accepted != 1 || result.Run.Parent == "" {
			t.Fatalf("%s: %+v, %v", policy, result.Summary, err)
		}
		var no *Error
		if _, err := two.Start(t.Context(), Decisions{}); !errors.As(err, &no) || no.Kind != Usage || !strings.Contains(err.Error(), "corrected and planned before, row 3") {
			t.Errorf("%s: %v", policy, err)
		}
		if len(d.sent) != 2 || d.twice() != nil {
			t.Errorf("%s: sent %v", policy, d.sent)
		}
	}
}

func TestAnAnswerHoldsForWhatWasAskedAndNotForMore(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "repeat: ask")
	d.people("a.csv", "Ani")
	d.send(d.request("a.csv"))
	d.people("b.csv", "Ani", "Budi")
	d.people("c.csv", "Budi")
	b := d.plan(d.request("b.csv"))
	d.send(d.request("c.csv"))
	again := Decisions{Yes: []planning.Guard{planning.GuardRepeat}} // to one repeated row
	if _, err := b.Start(t.Context(), again); !errors.Is(err, ErrChanged) || b.Preflight.Repeated != 2 {
		t.Fatalf("%v, %+v", err, b.Preflight)
	}
	if result, err := b.Start(t.Context(), again); err != nil || result.Summary.Accepted != 2 {
		t.Errorf("%+v, %v", result.Summary, err)
	}
	if _, err := b.Start(t.Context(), again); !errors.Is(err, errOver) {
		t.Errorf("started twice: %v", err)
	}
}

func TestWhatBecomesOfAnOlderRunIsNotAnsweredWithYes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "expect: {rows: 2..9}")
	d.interrupted()
	d.people("b.csv", "Dodi")
	p := d.plan(d.request("b.csv"))
	var refused *RefusedError
	if _, err := p.Start(t.Context(), Decisions{Yes: []planning.Guard{planning.GuardUnfinished, planning.GuardRows}}); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	if err := p.Answer(t.Context(), Decisions{Unfinished: "expire"}); err != nil || len(p.Objections) != 1 || p.Objections[0].Guard != planning.GuardRows {
		t.Errorf("the others did not look: %+v, %v", p.Objections, err)
	}
}

func TestAPreviewShowsTheRowThatIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "duplicates: {same: [address], keep: last}")
	file(t, d.settings, "a.csv", "Nama,HP\nAni,6281200000001\nAni lagi,6281200000001\n")
	var rows []int
	for p, err := range Previews(t.Context(), d.request("a.csv").Material, nil) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, p.Row)
	}
	if !slices.Equal(rows, []int{3}) {
		t.Errorf("rows %d, want the one that check and send keep: 3", rows)
	}
}

func TestTheTimeThatAMessageIsWorthBeginsWhenSendingMay(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "valid_for: 2h")
	d.people("a.csv", "Ani")
	now := time.Now()
	r := d.request("a.csv")
	r.Now = func() time.Time { return now }
	p := d.plan(r)
	now = now.Add(3 * time.Hour) // a question stood open, or an older run was finished first
	result, err := p.Start(t.Context(), Decisions{})
	if want := now.Add(2 * time.Hour).UTC().Truncate(time.Microsecond); err != nil || !result.Run.ExpiresAt.Equal(want) || result.Summary.Accepted != 1 {
		t.Errorf("ends %v, want %v; %+v, %v", result.Run.ExpiresAt, want, result.Summary, err)
	}
}
