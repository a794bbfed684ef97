package ratelimit

import "time"

// Grace is how far off a slot may be that Take still gives out. Whoever's slot is further off waits
// without having begun anything.
const Grace = 20 * time.Millisecond

// early is how long before its slot a request asks again. It is less than Grace, or others would be served in
// between, and not little, or those who wait would ask without end.
const early = Grace / 2

// Every returns the time between two requests at perSecond, rounded up to whole nanoseconds so that
// the limit is never exceeded by rounding; 0 (no limit) if perSecond is not positive.
func Every(perSecond float64) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	d := float64(time.Second) / perSecond
	every := time.Duration(d)
	if float64(every) < d {
		every++
	}
	return max(every, 1)
}

// Take asks for one request at now from a bucket that all processes of an account share. tat, the
// "theoretical arrival time", is the bucket's whole state: the time at which it is full again. Both are
// nanoseconds on one clock.
//
// With wait 0 the request has the slot returned: it must not leave before it, and newTAT is to be
// kept. Otherwise the next slot is more than Grace off: nothing was taken, newTAT is tat, and it is
// worth asking again after wait, a little before the slot: who asks at it is late for it by what asking takes, and
// where there is no burst such time is lost.
//
// In every window of t at most (t+Grace)/every + burst requests leave. A tat further ahead than an
// empty bucket's comes from a clock that was set back or from a lower rate before; it counts as an empty
// bucket, so that a wrong clock costs moments and not hours.
// every 0 is no limit: the slot is now.
func Take(tat, now int64, every time.Duration, burst int) (slot, newTAT int64, wait time.Duration) {
	if every <= 0 {
		return now, tat, 0
	}
	t := int64(every)
	tau := int64(max(burst, 1)-1) * t
	tat = min(tat, now+tau+int64(Grace)+t)
	slot = max(now, Backlog(tat, every, burst))
	if ahead := time.Duration(slot - now); ahead > Grace {
		return slot, tat, ahead - early
	}
	return slot, max(tat, now) + t, 0
}

// Depart says when a request leaves that has a slot from Take, but maybe could not leave at it: putting it on disk
// took longer, and others with slots of their own waited with it. They leave apart, as they would have:
// in every window of t at most t/every + burst. tat is the same state as Take's, for departures, of one process.
func Depart(tat, at int64, every time.Duration, burst int) (leave, newTAT int64) {
	if every <= 0 {
		return at, tat
	}
	t := int64(every)
	leave = max(at, Backlog(tat, every, burst))
	return leave, max(tat, leave) + t
}

// Backlog is when the next may leave that asks Depart.
func Backlog(tat int64, every time.Duration, burst int) int64 {
	return tat - int64(max(burst, 1)-1)*int64(every)
}
