package definition

import (
	"slices"
	"strings"
	"testing"

	"siaran/campaign"
)

// gateways are those that settings are read with: accounts can be at the first alone.
var gateways = []campaign.Gateway{
	{Name: "sandeza", Account: &campaign.AccountKeys{Takes: []string{"username", "password", "sender_id"}, Must: []string{"username", "password"}}},
	{Name: "sinchindia"},
	{Name: "d7"},
	{Name: "meta"},
}

func TestAnAccountHasTheKeysOfItsGateway(t *testing.T) {
	tokens := campaign.Gateway{Name: "tokens", Account: &campaign.AccountKeys{
		Takes: []string{"token", "originator", "api", "auth_url"}, Must: []string{"token", "originator"},
	}}
	read := func(keys string) (campaign.Account, *Settings, error) {
		text := "accounts:\n  a: {url: 'https://gateway.example.test', " + keys + "}\n"
		s, err := ParseSettings("siaran.yaml", []byte(text), environment, append(slices.Clone(gateways), tokens))
		if err != nil {
			return campaign.Account{}, nil, err
		}
		return s.Accounts["a"], s, nil
	}
	a, s, err := read("gateway: tokens, token: hunter2, originator: '+62811', api: '2.0', auth_url: 'https://auth.example.test/'")
	if err != nil {
		t.Fatal(err)
	}
	if a.Token != "hunter2" || a.Originator != "+62811" || a.API != "2.0" || a.AuthURL != "https://auth.example.test" {
		t.Errorf("got %+v", a)
	}
	if len(s.Warnings) != 1 || s.Warnings[0].Key != "accounts.a.token" {
		t.Errorf("got %v, want a warning that the token is in clear", s.Warnings)
	}
	if _, err := s.AccountOf(&campaign.Campaign{Account: "a"}); err != nil {
		t.Errorf("a gateway that takes no sender_id wants none: %v", err)
	}
	for keys, want := range map[string]string{
		"gateway: tokens, originator: x":                                     "accounts.a.token: is missing",
		"gateway: tokens, token: x, originator: x, username: u":              "accounts.a.username: is not for accounts at tokens; they have token, originator, api, auth_url",
		"gateway: sandeza, username: u, password: p, token: '${env:SECRET}'": "accounts.a.token: is not for accounts at sandeza; they have username, password, sender_id",
		"gateway: meta": `cannot be "meta"; one of sandeza, tokens`,
		"gateway: tokens, token: x, originator: x, colour: red": `unknown key "colour"`,
	} {
		if _, _, err := read(keys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", keys, err, want)
		}
	}
}
