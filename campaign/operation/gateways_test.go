package operation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
	"siaran/campaign/operation"
)

func TestEveryGatewayCanBeSentThroughOrOnlyReports(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, g := range operation.Gateways() {
		if g.Name == "" || seen[g.Name] {
			t.Errorf("%q: a gateway's name is its own", g.Name)
		}
		seen[g.Name] = true
		if (g.New == nil) != (g.Account == nil) {
			t.Errorf("%s: whoever can be sent through says what its accounts need, and nobody else", g.Name)
		}
		if g.Account != nil {
			for _, key := range g.Account.Must {
				if !slices.Contains(g.Account.Takes, key) {
					t.Errorf("%s: accounts must have %s and cannot", g.Name, key)
				}
			}
		}
		if g.ParseReceipts == nil || len(g.ReceiptKeys) == 0 {
			t.Errorf("%s: its receipts cannot be read or recognised", g.Name)
		}
		if g.Zone != "" {
			if _, err := time.Parse("-07:00", g.Zone); err != nil {
				t.Errorf("%s: %v", g.Name, err)
			}
		}
	}
}

func TestAnAccountAtAGatewayThatOnlyReportsSendsNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"meta", "sinchindia", "d7", "", "nobody"} {
		_, err := operation.Compile(campaign.Account{Name: "a", Gateway: name}, &campaign.Campaign{}, campaign.Header{}, time.Now)
		if err == nil || !strings.Contains(err.Error(), "account a: unknown gateway") {
			t.Errorf("%q: got %v", name, err)
		}
	}
}
