package operation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/reports/receiptlog"
)

func TestNobodyListensWithoutASecretOrWithAKeyThatIsNone(t *testing.T) {
	t.Parallel()
	s := settings(t)
	if err := MayListen(s); err == nil || !strings.Contains(err.Error(), "siaran.yaml has no listen.secret") {
		t.Errorf("no secret: %v", err)
	}
	s.Listen.Secret = "only-for-this-test"
	if err := MayListen(s); err != nil {
		t.Error(err)
	}
	s.Listen.TLS = definition.TLS{Cert: file(t, s, "cert.pem", "none"), Key: file(t, s, "key.pem", "none")}
	if err := MayListen(s); err == nil {
		t.Error("a certificate that is none was taken")
	}
}

func TestWhatWasAnsweredIsInTheLedgerWhenListeningEnds(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Listen.Secret = "only-for-this-test"
	book := open(t, s)
	made, _, err := importSent(t.Context(), s, book, "july", file(t, s, "july.csv", "id,hp,at\nA-1,0811234567,2026-07-01 09:00\n"))
	if err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Listen(ctx, ListenRequest{Settings: s, Book: book, Listener: l, Host: "mail-1", Log: slog.New(slog.DiscardHandler)})
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("http://%s/receipts/sandeza/only-for-this-test", l.Addr()),
		strings.NewReader(`{"status":1,"channel":"7","ref_id":"A-1","time":"2026-07-01 16:27:02"}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	stop()
	if err := <-ended; err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s, %v", answer.Status, err)
	}
	sum, err := Summarise(t.Context(), book, made.Run)
	if err != nil || sum.Verdicts[campaign.VerdictDelivered] != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	if tally, err := CatchUp(t.Context(), s, book); err != nil || tally.New != 0 {
		t.Errorf("something was left in the log: %+v, %v", tally, err)
	}
}

func TestAListenerThatCannotBeginClosesItsDoor(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Listen.Secret, s.Listen.Log = "only-for-this-test", file(t, s, "a-file", "")
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	err = Listen(t.Context(), ListenRequest{Settings: s, Book: open(t, s), Listener: l, Host: "mail-1", Log: slog.New(slog.DiscardHandler)})
	var no *Error
	if !errors.As(err, &no) || no.Kind != Usage || !strings.Contains(err.Error(), "the receipt log") {
		t.Errorf("got %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the door: %v", err)
	}
}

func TestAListenersMarkTellsWhenItWasLastAlive(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	mark := receiptlog.Alive{Host: "mail-1", Address: "127.0.0.1:8090", At: at}
	for after, want := range map[time.Duration]string{
		-time.Second:     "listener alive on mail-1 at 127.0.0.1:8090", // another host's clock
		30 * time.Second: "listener alive on mail-1 at 127.0.0.1:8090",
		5 * time.Minute:  "the listener on mail-1 was last alive 5 min ago (21 Nov 2026 19:00): receipts may be missing; siaran listen starts one",
	} {
		if got := listenerOf(mark, at.Add(after)).Words(wib); got != want {
			t.Errorf("after %s: %q", after, got)
		}
	}
}

func TestAFormOfReceiptsThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Listen.Formats = map[string]definition.Format{"portal": {Gateway: "sandeza", Status: "status"}}
	if err := os.Mkdir(s.Listen.Log, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := CatchUp(t.Context(), s, open(t, s))
	if err == nil || !strings.Contains(err.Error(), "siaran.yaml: listen.formats.portal: id and status are needed") {
		t.Errorf("got %v", err)
	}
}

func TestACustomFormIsReadInItsGatewaysZone(t *testing.T) {
	t.Parallel()
	for gateway, want := range map[string]string{"sandeza": "2026-11-21T12:00:00Z", "sinchindia": "2026-11-21T13:30:00Z", "d7": "2026-11-21T19:00:00Z"} {
		r, err := customReader(KnownGateways(), definition.Format{Gateway: gateway, ID: "id", Status: "status", Time: "at", Layout: "yyyy-mm-dd hh:mm:ss"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.ParseReceipts([]byte(`{"id":"A-1","status":"read","at":"2026-11-21 19:00:00"}`))
		if err != nil || len(got) != 1 || got[0].At.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", gateway, got, err)
		}
	}
}

func TestABackupIsWrittenOverNothing(t *testing.T) {
	t.Parallel()
	s := settings(t)
	book := open(t, s)
	path := filepath.Join(filepath.Dir(s.Ledger), "backup.db")
	if err := MayBackUp(s, path); err != nil {
		t.Fatal(err)
	}
	size, err := Backup(t.Context(), book, path, ops)
	if err != nil || size == 0 {
		t.Errorf("%d bytes, %v", size, err)
	}
	if err := MayBackUp(s, path); err == nil || !strings.Contains(err.Error(), "is there already; nothing was written") {
		t.Errorf("again: %v", err)
	}
	s.Ledger = "postgres://siaran:hidden@db/siaran"
	var no *Error
	if err := MayBackUp(s, "other.db"); !errors.As(err, &no) || !strings.Contains(no.Hint, "pg_dump") || strings.Contains(no.Hint, "hidden") {
		t.Errorf("a server's: %v", err)
	}
}
