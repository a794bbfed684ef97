package main

import (
	"testing"

	"siaran/campaign"
	"siaran/campaign/operation"
)

func TestARunEndsWithTheCodeOfItsRows(t *testing.T) {
	done, percent := string(campaign.StateDone), campaign.Expect{Rejected: campaign.Share{Set: true, IsPct: true, Percent: 1}}
	for _, c := range []struct {
		name   string
		sum    operation.Summary
		expect campaign.Expect
		want   int
	}{
		{"all well", operation.Summary{State: done, Rows: 3, Accepted: 3}, campaign.Expect{}, exitOK},
		{"duplicates and opt-outs are no fault", operation.Summary{State: done, Rows: 3, Duplicate: 2, Suppressed: 1}, campaign.Expect{}, exitOK},
		{"a rejected row", operation.Summary{State: done, Rows: 100, Accepted: 99, Rejected: 1}, campaign.Expect{}, exitRows},
		{"as many rejected rows as are expected", operation.Summary{State: done, Rows: 100, Accepted: 99, Rejected: 1}, percent, exitOK},
		{"more of them", operation.Summary{State: done, Rows: 100, Accepted: 98, Rejected: 2}, percent, exitRows},
		{"an unknown row among the expected", operation.Summary{State: done, Rows: 100, Accepted: 98, Rejected: 1, Unknown: 1}, percent, exitRows},
		{"refused", operation.Summary{State: done, Rows: 1, Refused: 1}, campaign.Expect{}, exitRows},
		{"not sent", operation.Summary{State: done, Rows: 1, NotSent: 1}, campaign.Expect{}, exitRows},
		{"expired", operation.Summary{State: done, Rows: 1, Expired: 1}, campaign.Expect{}, exitRows},
		{"paused by itself", operation.Summary{State: string(campaign.StatePaused), Rows: 1, Queued: 1}, campaign.Expect{}, exitGateway},
		{"cancelled", operation.Summary{State: string(campaign.StateCancelled), Rows: 1, Cancelled: 1}, campaign.Expect{}, exitPaused},
	} {
		if got := exitOfRun(c.sum, c.expect); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}
