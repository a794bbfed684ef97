package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// An Imitation is one gateway that a Server stands in for.
type Imitation struct {
	Name  string // as accounts name it
	Title string // as people do
	Path  string // where it takes messages
}

// Imitations returns the gateways that a Server speaks as, the first one's receipts being those it posts.
func Imitations() []Imitation {
	return []Imitation{{Name: "sandeza", Title: "Sandeza", Path: SandezaPath}}
}

// SandezaPath is where Sandeza takes messages, whatever the channel.
const SandezaPath = "/json/send/cgw"

const (
	maxBody     = 1 << 20
	giveUpAfter = 10 * time.Second // receipts, once Serve is to end
	leaveAfter  = 2 * time.Second  // requests under way, once Serve is to end
)

// Settings are what a Server is made of. The zero value takes any username and posts no receipts.
type Settings struct {
	Accounts     map[string]Account // username → account. Empty: any username is taken, and signatures are checked only for their form
	ReceiptURL   string             // receipts are posted here; empty: there are none
	Record       io.Writer          // JSON lines of what was seen, signatures and texts included; nil: none
	Faults       Faults
	Seed         uint64           // of faults and of what becomes of messages
	KeepArrivals bool             // for Arrivals
	Now          func() time.Time // nil: time.Now. Stamps arrivals and judges a request's time
	Logger       *slog.Logger     // nil: silent. Refusals at debug level
}

// A Server is the gateways. It is safe for concurrent use.
type Server struct {
	set    Settings
	log    *slog.Logger
	now    func() time.Time
	poster *poster // nil: no receipts
	record recorder
	memory *memory
	tally  tally

	customers atomic.Pointer[map[string]*customer] // never changed, only replaced; empty: anybody
	replacing sync.Mutex
	anybody   *customer
	faults    atomic.Pointer[Faults]
	stalled   atomic.Int64 // Unix nanoseconds until which nobody is served
	requests  atomic.Int64
	arrivals  arrivals
	buffers   sync.Pool     // of *bytes.Buffer, for bodies
	readers   sync.Pool     // of *reader
	closing   chan struct{} // closed when Serve ends
	closeOnce sync.Once
}

// arrivals are the times of all requests, if they are kept.
type arrivals struct {
	mu    sync.Mutex
	times []time.Time
}

// New makes a server. It refuses a receipt URL that is none, and faults that cannot be.
func New(set Settings) (*Server, error) {
	if err := set.Faults.check(); err != nil {
		return nil, err
	}
	s := &Server{
		set: set, log: set.Logger, now: set.Now, memory: newMemory(), closing: make(chan struct{}),
		anybody: &customer{}, tally: tally{Counts: Counts{RC: map[string]int{}, Faults: map[string]int{}}},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if set.ReceiptURL != "" {
		u, err := url.Parse(set.ReceiptURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return nil, errors.New("receipt URL: want http://HOST:PORT/PATH")
		}
		s.poster = newPoster(set.ReceiptURL, s.log)
	}
	s.record = recorder{w: set.Record, log: s.log}
	customers := make(map[string]*customer, len(set.Accounts))
	for name, a := range set.Accounts {
		customers[name] = newCustomer(a)
	}
	s.customers.Store(&customers)
	s.SetFaults(set.Faults)
	return s, nil
}

// SetFaults changes the faults of requests to come. Shares past 100 % in all never meet one.
func (s *Server) SetFaults(f Faults) { s.faults.Store(&f) }

// SetAccount adds or changes an account, its credit too.
func (s *Server) SetAccount(username string, a Account) {
	s.replacing.Lock()
	defer s.replacing.Unlock()
	customers := map[string]*customer{username: newCustomer(a)}
	for name, c := range *s.customers.Load() {
		if name != username {
			customers[name] = c
		}
	}
	s.customers.Store(&customers)
}

// customer finds an account; nil if there is none of that name.
func (s *Server) customer(username string) *customer {
	customers := *s.customers.Load()
	if len(customers) == 0 {
		return s.anybody
	}
	return customers[username]
}

// Stall holds up every request that has arrived or arrives within d, after its arrival is stamped.
func (s *Server) Stall(d time.Duration) { s.stalled.Store(time.Now().Add(d).UnixNano()) }

// Counts tells what was seen so far.
func (s *Server) Counts() Counts {
	c := s.tally.counts()
	c.Repeated = s.memory.twice()
	if s.poster != nil {
		s.poster.mu.Lock()
		c.Receipts = s.poster.counts
		s.poster.mu.Unlock()
	}
	return c
}

// Attempts tells how many requests came with this ref_id.
func (s *Server) Attempts(refID string) int { return s.memory.times(refID) }

// Arrivals returns when each request arrived, in the order they were stamped, if Settings.KeepArrivals.
func (s *Server) Arrivals() []time.Time {
	s.arrivals.mu.Lock()
	defer s.arrivals.mu.Unlock()
	return append([]time.Time(nil), s.arrivals.times...)
}

// Drain waits until every receipt was posted or given up. Receipts of requests that come meanwhile
// may or may not be waited for.
func (s *Server) Drain(ctx context.Context) error {
	if s.poster == nil {
		return nil
	}
	if err := s.poster.drain(ctx); err != nil {
		return fmt.Errorf("waiting for receipts to be posted: %w", err)
	}
	return nil
}

// Handler serves the gateways' paths, for a server of the caller's own.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case SandezaPath:
			s.sandeza(w, r, s.now())
		case "/counts":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(s.Counts()) // a client that left needs no answer
		default:
			http.NotFound(w, r)
		}
	})
}

// Close lets go of who hangs and gives up the receipts that were not posted. It is for those who serve
// Handler themselves; Serve cleans up behind itself.
func (s *Server) Close() {
	s.closeOnce.Do(func() { close(s.closing) })
	if s.poster != nil {
		s.poster.abandon()
	}
}

// Serve serves l until ctx ends. Then it lets go of who hangs, answers what it began, posts the
// receipts that are left without waiting for their time, and returns nil when each was posted or given
// up (after 10 s at the latest). It may be called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	under := context.WithoutCancel(ctx)
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return under },
	}
	g, failed := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
		return nil
	})
	g.Go(func() error {
		<-failed.Done()
		s.closeOnce.Do(func() { close(s.closing) })
		leave, cancel := context.WithTimeout(under, leaveAfter)
		defer cancel()
		if srv.Shutdown(leave) != nil {
			return srv.Close()
		}
		return nil
	})
	err := g.Wait()
	if s.poster != nil {
		giveUp, cancel := context.WithTimeout(under, giveUpAfter)
		defer cancel()
		s.poster.finish(giveUp)
	}
	return err
}
