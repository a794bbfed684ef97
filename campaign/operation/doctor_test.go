package operation

import (
	"testing"
	"time"

	"siaran/campaign/definition"
)

func TestAClockMayBeRightWithinTheHeadersSecondAndTheWayThere(t *testing.T) {
	at := time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		asked, answered time.Duration // our clock, from at
		want            time.Duration // how far it is ahead, for a gateway that says at
	}{
		{0, 0, 0},
		{-2 * time.Second, 3 * time.Second, 0}, // it may have been read anywhere between
		{999 * time.Millisecond, time.Second, 0},
		{11 * time.Second, 12 * time.Second, 10 * time.Second},
		{-12 * time.Second, -11 * time.Second, -11 * time.Second},
		{7 * time.Hour, 7 * time.Hour, 7*time.Hour - time.Second},
	} {
		if got := skew(at.Add(c.asked), at.Add(c.answered), at); got != c.want {
			t.Errorf("asked at %v, answered at %v: %v ahead, want %v", c.asked, c.answered, got, c.want)
		}
	}
}

func TestTheReceiptURLIsWhereTheGatewayCanReachIt(t *testing.T) {
	secret := definition.Listen{Secret: "never-shown", Address: "127.0.0.1:8090"}
	for _, c := range []struct {
		address, cert, ours, want string
	}{
		{"10.1.2.3:8090", "", "10.1.2.4", "http://10.1.2.3:8090/receipts/sandeza/***"},
		{"10.1.2.3:8443", "cert.pem", "", "https://10.1.2.3:8443/receipts/sandeza/***"},
		{"0.0.0.0:8090", "", "10.1.2.4", "http://10.1.2.4:8090/receipts/sandeza/***"},
		{":8090", "", "fd00::4", "http://[fd00::4]:8090/receipts/sandeza/***"},
		{"[::]:8090", "", "", "http://mail-1:8090/receipts/sandeza/***"},
	} {
		l := secret
		l.Address, l.TLS.Cert = c.address, c.cert
		if got := receiptURL(l, "sandeza", c.ours, "mail-1"); got != c.want {
			t.Errorf("%s: %s, want %s", c.address, got, c.want)
		}
	}
	if got := receiptURL(definition.Listen{Address: "127.0.0.1:8090"}, "sandeza", "", "mail-1"); got != "" {
		t.Errorf("nobody listens: %s", got)
	}
}
