package gateway

import (
	"testing"
	"time"
)

func TestATimeIsInTheGatewaysZoneUnlessItNamesAnother(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		said, layout, zone string
		want               string // RFC 3339 in UTC; "" is no time
	}{
		{"2024-06-05 16:27:02", time.DateTime, "+07:00", "2024-06-05T09:27:02Z"},
		{"2024-06-05 01:00:00", time.DateTime, "+07:00", "2024-06-04T18:00:00Z"},
		{"2024-06-05 16:27:02.25", time.DateTime, "+07:00", "2024-06-05T09:27:02.25Z"},
		{"14/03/2023 16:27:33", "2/1/2006 15:04:05", "+05:30", "2023-03-14T10:57:33Z"},
		{"2023-03-14T16:27:33+08:00", "2/1/2006 15:04:05", "+05:30", "2023-03-14T08:27:33Z"},
		{"2023-03-14T16:27:33.5Z", time.DateTime, "+07:00", "2023-03-14T16:27:33.5Z"},
		{"2024-06-05 16:27:02+07:00", time.DateTime, "+07:00", ""},
		{"2024-06-31 16:27:02", time.DateTime, "+07:00", ""},
		{"2X/0X/2XXX", "2/1/2006 15:04:05", "+05:30", ""},
		{"", time.DateTime, "+07:00", ""},
	} {
		got, ok := LocalTime(test.said, test.layout, test.zone)
		said := ""
		if ok {
			said = got.Format(time.RFC3339Nano)
		}
		if said != test.want || ok && got.Location() != time.UTC || !ok && !got.IsZero() {
			t.Errorf("%q: got %v %v, want %s", test.said, got, ok, test.want)
		}
	}
}
