package gateway

import "time"

// LocalTime reads a time of a gateway's, in UTC: in layout, which has no zone, and then in the gateway's own (as
// +07:00), or else in RFC 3339 with the zone that it names.
func LocalTime(said, layout, zone string) (t time.Time, ok bool) {
	t, err := time.Parse(layout+"-07:00", said+zone)
	if err != nil {
		t, err = time.Parse(time.RFC3339, said)
	}
	if err != nil {
		return time.Time{}, false
	}
	return t.UTC(), true
}
