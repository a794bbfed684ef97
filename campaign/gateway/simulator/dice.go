package simulator

import "time"

// A dice throws numbers that follow from what it was made of, whatever else goes on.
type dice struct{ state uint64 }

// newDice makes a dice of a seed and texts.
func newDice(seed uint64, texts ...string) dice {
	h := uint64(14695981039346656037) ^ seed // FNV-1a
	for _, t := range texts {
		for i := range len(t) {
			h = (h ^ uint64(t[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return dice{state: h}
}

// next is splitmix64.
func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below throws a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// share throws a number from 0 up to 1.
func (d *dice) share() float64 { return float64(d.next()>>11) / (1 << 53) }

// between throws a duration.
func (d *dice) between(from, to time.Duration) time.Duration {
	if to <= from {
		return from
	}
	return from + time.Duration(d.next()%uint64(to-from+1))
}
