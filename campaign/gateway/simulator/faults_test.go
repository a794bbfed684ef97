package simulator

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFaultsAreReadAsWritten(t *testing.T) {
	got, err := ParseFaults("latency=0..500ms,reset-before=1%,reset-after=2%, hang=0.5%,429=1%,500=1%,503=1%,html=1%,truncated=1%,rc=8:1%,receipts=late:10s+shuffled+repeated:3+early")
	if err != nil {
		t.Fatal(err)
	}
	want := Faults{
		LatencyMax: 500 * time.Millisecond,
		Shares: []Fault{
			{FaultResetBefore, 0, 0.01},
			{FaultResetAfter, 0, 0.02},
			{FaultHang, 0, 0.005},
			{FaultStatus, 429, 0.01},
			{FaultStatus, 500, 0.01},
			{FaultStatus, 503, 0.01},
			{FaultHTML, 0, 0.01},
			{FaultTruncated, 0, 0.01},
			{FaultRC, 8, 0.01},
		},
		Receipts: ReceiptFaults{Late: 10 * time.Second, Shuffled: true, Repeated: 3, Early: true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got, err := ParseFaults(" "); err != nil || !reflect.DeepEqual(got, Faults{}) {
		t.Errorf("no faults: %+v, %v", got, err)
	}
	if got, err := ParseFaults("latency=200ms"); err != nil || got.LatencyMin != 200*time.Millisecond || got.LatencyMax != 200*time.Millisecond {
		t.Errorf("one latency: %+v, %v", got, err)
	}
}

func TestFaultsThatCannotBeSayWhatIsMeant(t *testing.T) {
	for text, hint := range map[string]string{
		"hang":                 "want NAME=VALUE",
		"hangs=1%":             "reset-before",
		"hang=1":               "such as 1%",
		"hang=101%":            "from 0% to 100%",
		"hang=-1%":             "from 0% to 100%",
		"hang=NaN%":            "from 0% to 100%",
		"hang=60%,html=60%":    "add up to 120%",
		"200=1%":               "from 400 to 599",
		"rc=8":                 "such as 1%",
		"rc=x:1%":              "rc=NUMBER:SHARE",
		"rc=0:1%":              "from 1 to 99",
		"latency=500":          "such as 200ms",
		"latency=500ms..100ms": "from the shorter to the longer",
		"receipts=later":       "late:10s, shuffled",
		"receipts=late:soon":   "late:DURATION",
		"receipts=repeated:0":  "from 1 to 100",
	} {
		if _, err := ParseFaults(text); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: got %v, want …%s…", text, err, hint)
		}
	}
	if _, err := New(Settings{Faults: Faults{Shares: []Fault{{Kind: FaultHang, Share: 2}}}}); err == nil {
		t.Error("New takes faults that cannot be")
	}
	if _, err := New(Settings{ReceiptURL: "localhost:8090"}); err == nil {
		t.Error("New takes a receipt URL that is none")
	}
}

// always is a fault that meets every request.
func always(k FaultKind, code int) Faults { return Faults{Shares: []Fault{{k, code, 1}}} }

// raw sends a request over a bare connection and returns what comes back, and how it ended.
func raw(t *testing.T, url, body string, patience time.Duration) (string, error) {
	t.Helper()
	host := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), SandezaPath)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", SandezaPath, host, len(body), body); err != nil {
		return "", err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%d %s %s", resp.StatusCode, resp.Header.Get("Retry-After"), text), err
}

func TestEachFaultIsSeenByAClientAndRecorded(t *testing.T) {
	for _, c := range []struct {
		fault Faults
		name  string // in the record
		took  bool
		want  string // what the client sees begins so; empty: a reset
		http  int
	}{
		{always(FaultResetBefore, 0), "reset-before", false, "", 0},
		{always(FaultResetAfter, 0), "reset-after", true, "", 0},
		{always(FaultStatus, 429), "429", false, "429 1 Too Many Requests", 429},
		{always(FaultStatus, 500), "500", false, "500  Internal Server Error", 500},
		{always(FaultStatus, 503), "503", false, "503  Service Unavailable", 503},
		{always(FaultHTML, 0), "html", false, "200  <!DOCTYPE html>", 200},
		{always(FaultTruncated, 0), "truncated", true, `200  {"rc":"0","ref_id":"ref-1"`, 200},
		{always(FaultRC, 8), "rc=8", false, `200  {"rc":"8","ref_id":"ref-1","code_sms":"","reason_status":"Unknown Sender Id"}`, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			var record notebook
			s, url := start(t, Settings{Faults: c.fault, Record: &record})
			got, err := raw(t, url, request("ref-1", plainSMS), 5*time.Second)
			switch {
			case c.want == "" && !errors.Is(err, syscall.ECONNRESET):
				t.Errorf("got %q, %v, want a reset", got, err)
			case c.want != "" && (err != nil || !strings.HasPrefix(got, c.want)):
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			case c.name == "truncated" && strings.HasSuffix(got, "}"):
				t.Errorf("got %q, want half of it", got)
			}
			e := record.entries(t)
			if len(e) != 1 || e[0].Fault != c.name || e[0].Took != c.took || e[0].HTTP != c.http {
				t.Errorf("record is %+v", e)
			}
			if (e[0].RefID == "") != (c.name == "reset-before") {
				t.Errorf("ref_id in the record is %q", e[0].RefID)
			}
			s.SetFaults(Faults{})
			rc := "0"
			if c.took {
				rc = "9"
			}
			if got := post(t, url, request("ref-1", plainSMS)); got.RC != rc {
				t.Errorf("the same again: %+v, want rc %s", got, rc)
			}
		})
	}
}

func TestAHangLastsUntilTheClientLeaves(t *testing.T) {
	s, url := start(t, Settings{Faults: always(FaultHang, 0)})
	if err := leaveOnceTaken(t, s, url); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want no answer", err)
	}
	if c := s.Counts(); c.Taken != 1 || c.Faults["hang"] != 1 || len(c.RC) != 1 {
		t.Errorf("counts are %+v", c)
	}
}

// leaveOnceTaken posts a message and leaves a moment after it was taken, if no answer came meanwhile.
func leaveOnceTaken(t *testing.T, s *Server, url string) error {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	go func() {
		for s.Counts().Taken == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond)
		leave()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(request("ref-1", plainSMS)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	return err
}

func TestLatencyHoldsUpTheAnswerAndNotTheTaking(t *testing.T) {
	s, url := start(t, Settings{Faults: Faults{LatencyMin: time.Minute, LatencyMax: time.Minute}})
	if err := leaveOnceTaken(t, s, url); err == nil {
		t.Error("an answer came")
	}
	s.SetFaults(Faults{})
	if got := post(t, url, request("ref-1", plainSMS)); got.RC != "9" {
		t.Errorf("the same again: %+v", got)
	}
}

func TestFaultsMeetTheirShareAndFollowFromTheSeed(t *testing.T) {
	f, err := ParseFaults("latency=10ms..20ms,500=10%,hang=5%,rc=8:1%")
	if err != nil {
		t.Fatal(err)
	}
	const n = 100_000
	met := map[string]int{}
	for i := range int64(n) {
		one, latency := f.draw(1, i)
		again, same := f.draw(1, i)
		if one != again || latency != same {
			t.Fatalf("request %d meets %v and %v", i, one, again)
		}
		if latency < 10*time.Millisecond || latency > 20*time.Millisecond {
			t.Fatalf("latency is %v", latency)
		}
		met[one.String()]++
	}
	for name, want := range map[string]float64{"500": 0.10, "hang": 0.05, "rc=8": 0.01, "": 0.84} {
		if share := float64(met[name]) / n; share < want-0.005 || share > want+0.005 {
			t.Errorf("%q meets %.3f of the requests, want %.2f", name, share, want)
		}
	}
}
