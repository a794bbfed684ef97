package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests' requests are made.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, wib)

// ops is the account that the tests' requests are of.
func ops() Account {
	return Account{
		Password:  "demopass",
		SenderIDs: []string{"DEMOSENDER"},
		Templates: map[string]string{"promo_01": "marketing", "otp_01": "", "login": "authentication", "tpl01": ""},
		OptedOut:  []string{"+6281200000099", "Gone@example.test"},
	}
}

// request is an envelope round a channel object, signed for account demouser at noon.
func request(refID, channel string) string {
	return strings.NewReplacer("TIME", strconv.FormatInt(noon.Unix(), 10), "SIGN", demoSignature(), "REF", refID, "CHANNEL", channel).
		Replace(`{"signature":"SIGN","time":"TIME","type":"2","username":"demouser","ref_id":"REF","subject":"Invoice reminder","sender_id":"DEMOSENDER","channel":CHANNEL}`)
}

// demoSignature signs for demouser at noon.
func demoSignature() string {
	sum := sha256.Sum256([]byte("demouser" + "demopass" + strconv.FormatInt(noon.Unix(), 10)))
	return hex.EncodeToString(sum[:])
}

const plainSMS = `{"sms":{"message":"Halo Budi","msisdn":"6281299900002"}}`

// start serves a simulator and returns the URL of its send path.
func start(t *testing.T, set Settings) (*Server, string) {
	t.Helper()
	if set.Now == nil {
		set.Now = func() time.Time { return noon }
	}
	s, err := New(set)
	if err != nil {
		t.Fatal(err)
	}
	hs := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		hs.Close()
	})
	return s, hs.URL + SandezaPath
}

type reply struct {
	RC      string `json:"rc"`
	RefID   string `json:"ref_id"`
	CodeSMS string `json:"code_sms"`
	Reason  string `json:"reason_status"`
}

// post posts a body and reads the answer.
func post(t *testing.T, url, body string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var r reply
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d, %v", resp.StatusCode, err)
	}
	return r
}

// A mailbox takes receipts.
type mailbox struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	deny   int // answer 503 to this many first
}

func openMailbox(t *testing.T) *mailbox {
	t.Helper()
	m := &mailbox{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.deny > 0 {
			m.deny--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		m.bodies = append(m.bodies, string(body))
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *mailbox) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.bodies...)
}

// A notebook is a record that can be read while it is written.
type notebook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

type entry struct {
	At      string          `json:"at"`
	N       int             `json:"n"`
	RefID   string          `json:"ref_id"`
	Times   int             `json:"times"`
	Channel []string        `json:"channel"`
	RC      string          `json:"rc"`
	HTTP    int             `json:"http"`
	Took    bool            `json:"took"`
	Fault   string          `json:"fault"`
	Why     string          `json:"why"`
	Body    json.RawMessage `json:"body"`
	Text    string          `json:"text"`
}

func (n *notebook) entries(t *testing.T) []entry {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []entry
	for l := range bytes.Lines(n.b.Bytes()) {
		var e entry
		if err := json.Unmarshal(l, &e); err != nil {
			t.Fatalf("record line %s: %v", l, err)
		}
		all = append(all, e)
	}
	return all
}
