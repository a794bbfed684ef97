package operation

import (
	"fmt"
	"time"

	"siaran/campaign/definition"
	"siaran/campaign/english"
	"siaran/reports/receiptlog"
)

// listenerGone is how old a listener's sign of life may be.
const listenerGone = 30 * time.Second

// A Listener is whoever collects receipts, by the mark that it leaves in the log's folder.
type Listener struct {
	receiptlog.Alive
	Gone time.Duration // how long ago it was last alive; 0: it is
}

// Listeners are those that ever listened into the folder of the receipt log, the latest first.
func Listeners(s *definition.Settings, now time.Time) ([]Listener, error) {
	marks, err := receiptlog.LastAlive(s.Listen.Log)
	if err != nil {
		return nil, err
	}
	all := make([]Listener, len(marks))
	for i, m := range marks {
		all[i] = listenerOf(m, now)
	}
	return all, nil
}

func listenerOf(m receiptlog.Alive, now time.Time) Listener {
	l := Listener{Alive: m}
	if ago := now.Sub(m.At); ago > listenerGone {
		l.Gone = ago
	}
	return l
}

// Words say when the listener was last alive, on the clocks of zone.
func (l Listener) Words(zone *time.Location) string {
	if l.Gone == 0 {
		return fmt.Sprintf("listener alive on %s at %s", l.Host, l.Address)
	}
	return fmt.Sprintf("the listener on %s was last alive %s ago (%s): receipts may be missing; siaran listen starts one",
		l.Host, english.Span(l.Gone), l.At.In(zone).Format("2 Jan 2006 15:04"))
}
