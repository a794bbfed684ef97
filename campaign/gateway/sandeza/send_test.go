package sandeza

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// sending is a gateway before a server that answers with what rc says at the n-th request.
func sending(t *testing.T, now func() time.Time, rc func(n int) string) (*Gateway, campaign.Queued, func() []map[string]any) {
	t.Helper()
	var mu sync.Mutex
	var seen []map[string]any
	sv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var m map[string]any
		if err != nil || json.Unmarshal(body, &m) != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %v: %s", r.Method, r.Header.Get("Content-Type"), err, body)
		}
		mu.Lock()
		seen = append(seen, m)
		n := len(seen)
		mu.Unlock()
		_, _ = fmt.Fprintf(w, `{"rc":%q,"ref_id":%q,"code_sms":"id-1","reason_status":""}`, rc(n), m["ref_id"])
	}))
	t.Cleanup(sv.Close)
	a := account()
	a.URL = sv.URL + "/" // a slash at the end is no harm
	client := gateway.NewClient(gateway.ClientSettings{Workers: 4, Timeout: a.Timeout})
	t.Cleanup(client.CloseIdleConnections)
	c := single(sms())
	g, err := New(a, c, header(), client, now)
	if err != nil {
		t.Fatal(err)
	}
	return g, campaign.Queued{Message: message(c, nil)}, func() []map[string]any { mu.Lock(); defer mu.Unlock(); return seen }
}

func TestEveryAttemptIsSignedAnewAndKeepsItsRefID(t *testing.T) {
	t.Parallel()
	now := signingTime()
	g, q, seen := sending(t, func() time.Time { return now }, func(int) string { return "0" })
	for range 3 {
		if a := g.Send(t.Context(), q, func(context.Context) error { return nil }); a.Outcome != campaign.Accepted || a.GatewayID != "id-1" || a.Code != "rc 0" {
			t.Fatalf("got %+v", a)
		}
		now = now.Add(time.Second)
	}
	for i, m := range seen() {
		unix := fmt.Sprint(1730458063 + i)
		sum := sha256.Sum256([]byte("demouser" + "demopass" + unix))
		if m["time"] != unix || m["signature"] != hex.EncodeToString(sum[:]) || m["ref_id"] != q.RefID {
			t.Errorf("attempt %d: %v", i+1, m)
		}
	}
}

func TestASecondInvalidTimeInARowIsSystemic(t *testing.T) {
	t.Parallel()
	rcs := []string{"11", "0", "11", "11", "11", "3", "11"}
	g, q, seen := sending(t, signingTime, func(n int) string { return rcs[n-1] })
	want := []struct {
		outcome  campaign.Outcome
		systemic bool
	}{
		{campaign.NotTaken, false},
		{campaign.Accepted, false},
		{campaign.NotTaken, false},
		{campaign.NotTaken, true},
		{campaign.NotTaken, true},
		{campaign.Refused, false},
		{campaign.NotTaken, false},
	}
	for i, w := range want {
		a := g.Send(t.Context(), q, func(context.Context) error { return nil })
		if a.Outcome != w.outcome || a.Systemic != w.systemic {
			t.Errorf("answer %d (rc %s): %+v", i+1, rcs[i], a)
		}
	}
	if n := len(seen()); n != len(want) {
		t.Errorf("%d calls made %d requests: whoever paces the account must see each of them", len(want), n)
	}
}

func TestARowThatCannotBeRenderedIsRefusedAndNotSent(t *testing.T) {
	t.Parallel()
	g, q, seen := sending(t, signingTime, func(int) string { return "0" })
	q.Cells = cells(map[string]string{"Nama": ""})
	if a := g.Send(t.Context(), q, func(context.Context) error { return nil }); a.Outcome != campaign.Refused || !strings.Contains(a.Reason, "Nama") {
		t.Errorf("got %+v", a)
	}
	if len(seen()) != 0 {
		t.Error("it was sent")
	}
}

func TestManyWorkersShareAGateway(t *testing.T) {
	t.Parallel()
	g, q, seen := sending(t, time.Now, func(int) string { return "0" })
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				q := q
				q.Cells = cells(map[string]string{"Nama": fmt.Sprintf("orang-%d-%d", i, j)})
				q.RefID = fmt.Sprintf("x-%d-%d", i, j)
				if a := g.Send(t.Context(), q, func(context.Context) error { return nil }); a.Outcome != campaign.Accepted {
					t.Errorf("got %+v", a)
				}
			}
		})
	}
	wg.Wait()
	for _, m := range seen() {
		channel, _ := json.Marshal(m["channel"])
		if id, _ := m["ref_id"].(string); !strings.Contains(string(channel), "Halo orang"+id[1:]+`"`) {
			t.Errorf("%v says %s", id, channel)
		}
	}
}
