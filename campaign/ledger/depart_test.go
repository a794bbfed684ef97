package ledger

import (
	"testing"
	"time"

	"siaran/campaign"
)

// A commit that took longer than the time between slots must not let those that waited for it leave at once.
func TestAfterASlowCommitMessagesLeaveApart(t *testing.T) {
	t.Parallel()
	const every = 20 * time.Millisecond
	s := &Attempts{terms: Terms{Account: campaign.Account{Burst: 1}}, every: every, start: time.Now().Add(-time.Minute)}
	var begins []*request
	began := time.Now().Add(-300 * time.Millisecond)
	for i := range 5 {
		r := &request{kind: requestBegin, s: s}
		r.begun.Go = i != 2
		r.begun.Leave = began.Add(time.Duration(i) * every)
		begins = append(begins, r)
	}
	departAll(begins, began)
	now := time.Now()
	last := time.Time{}
	for i, r := range begins {
		if !r.begun.Go {
			continue
		}
		leave := r.begun.Leave
		if !last.IsZero() && leave.Sub(last) < every {
			t.Errorf("message %d leaves %v after the one before, want %v", i, leave.Sub(last), every)
		}
		last = leave
	}
	if ahead := last.Sub(now); ahead < 2*every || ahead > 3*every {
		t.Errorf("the fourth leaves in %v, want three slots after the first", ahead)
	}
	if s.took < 300*time.Millisecond {
		t.Errorf("the commit took %v", s.took)
	}
	if late := s.late(now.Add(time.Second)); late != 0 {
		t.Errorf("a second later the next has to wait %v", late)
	}
	s.took = 0
	if late := s.late(now); late < 2*every || late > 4*every {
		t.Errorf("the next has to wait %v with beginning, want about %v", late, 3*every)
	}
}
