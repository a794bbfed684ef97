package reports

import (
	"slices"
	"time"
)

// A Timeline counts what happened when, in bounded memory: its grain coarsens as it grows.
type Timeline struct {
	grain  time.Duration
	counts map[int64]Moment // by the start of the grain, in Unix seconds
	total  Moment
}

// Total returns how many lines have each of the times.
func (t *Timeline) Total() Moment { return t.total }

// A Moment is what happened in one grain of time.
type Moment struct {
	At                    time.Time // its start
	Sent, Delivered, Read int
}

func (m Moment) plus(o Moment) Moment {
	return Moment{At: m.At, Sent: m.Sent + o.Sent, Delivered: m.Delivered + o.Delivered, Read: m.Read + o.Read}
}

// timelineLimit is how many grains are kept before they are merged.
const timelineLimit = 4096

// grains are the widths a chart may have, each a multiple of the one before.
var grains = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	7 * 24 * time.Hour, 28 * 24 * time.Hour, 364 * 24 * time.Hour,
}

func (t *Timeline) add(l Line) {
	t.count(l.SentAt, Moment{Sent: 1})
	t.count(l.DeliveredAt, Moment{Delivered: 1})
	t.count(l.ReadAt, Moment{Read: 1})
}

func (t *Timeline) count(at time.Time, m Moment) {
	if at.IsZero() {
		return
	}
	if t.counts == nil {
		t.grain, t.counts = grains[0], make(map[int64]Moment)
	}
	k := floor(at.Unix(), t.grain)
	t.counts[k] = t.counts[k].plus(m)
	t.total = t.total.plus(m)
	for len(t.counts) > timelineLimit {
		i := slices.Index(grains, t.grain)
		if i+1 == len(grains) {
			return
		}
		t.grain = grains[i+1]
		t.counts = regrain(t.counts, t.grain, 0)
	}
}

// Moments returns at most n moments from the first to the last, none left out, and their width. Days and
// hours are cut in zone.
func (t *Timeline) Moments(n int, zone *time.Location) ([]Moment, time.Duration) {
	if len(t.counts) == 0 {
		return nil, 0
	}
	low, high := int64(1<<62), int64(-1<<62)
	for k := range t.counts {
		low, high = min(low, k), max(high, k)
	}
	_, offset := time.Unix(low, 0).In(zone).Zone()
	width := t.grain
	for _, width = range grains[slices.Index(grains, t.grain):] {
		if (floor(high+int64(offset), width)-floor(low+int64(offset), width))/int64(width/time.Second) < int64(n) {
			break
		}
	}
	counts := regrain(t.counts, width, int64(offset))
	var moments []Moment
	for k := floor(low+int64(offset), width); k <= high+int64(offset) && len(moments) < n; k += int64(width / time.Second) {
		m := counts[k]
		m.At = time.Unix(k-int64(offset), 0).In(zone)
		moments = append(moments, m)
	}
	return moments, width
}

// regrain merges counts into wider grains, shifted by offset seconds.
func regrain(counts map[int64]Moment, width time.Duration, offset int64) map[int64]Moment {
	wide := make(map[int64]Moment)
	for k, m := range counts {
		k = floor(k+offset, width)
		wide[k] = wide[k].plus(m)
	}
	return wide
}

func floor(unix int64, width time.Duration) int64 {
	w := int64(width / time.Second)
	if unix < 0 {
		return -((-unix + w - 1) / w * w)
	}
	return unix / w * w
}
