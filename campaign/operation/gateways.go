package operation

import (
	"fmt"
	"slices"
	"time"

	"siaran/campaign"
	"siaran/campaign/dispatch"
	"siaran/campaign/gateway"
	"siaran/campaign/gateway/d7"
	"siaran/campaign/gateway/sandeza"
	"siaran/campaign/gateway/sinchindia"
)

// Gateways returns every gateway that siaran knows. A new one is its folder and a line here.
func Gateways() []gateway.Descriptor {
	return []gateway.Descriptor{
		sandeza.Descriptor(),
		sinchindia.Descriptor(),
		d7.Descriptor(),
		gateway.Meta(),
	}
}

// KnownGateways returns what the settings and the ledger must know of every gateway.
func KnownGateways() []campaign.Gateway {
	var all []campaign.Gateway
	for _, d := range Gateways() {
		all = append(all, d.Gateway)
	}
	return all
}

// Compile compiles c for the account's gateway and the heading h; now is the clock of its requests. It opens no
// connection. The error lists all that the campaign cannot do there.
func Compile(a campaign.Account, c *campaign.Campaign, h campaign.Header, now func() time.Time) (gateway.Compiled, error) {
	all := Gateways()
	i := slices.IndexFunc(all, func(d gateway.Descriptor) bool { return d.Name == a.Gateway })
	if i < 0 || all[i].New == nil {
		return nil, fmt.Errorf("account %s: unknown gateway %q", a.Name, a.Gateway)
	}
	client := gateway.NewClient(gateway.ClientSettings{Timeout: a.Timeout, Workers: dispatch.Workers(a, c)})
	return all[i].New(a, c, h, client, now)
}
