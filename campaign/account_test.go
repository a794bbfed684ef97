package campaign_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

func TestASecretIsNeverShown(t *testing.T) {
	a := campaign.Account{Name: "sprint", Username: "demo", Password: "demo-rahasia", Token: "tok-rahasia"}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("account", "account", a, "password", a.Password)
	asJSON, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"%v": fmt.Sprintf("%v", a), "%+v": fmt.Sprintf("%+v", a), "%#v": fmt.Sprintf("%#v", a), "String": a.Password.String(),
		"JSON": string(asJSON), "slog": log.String(), "error": fmt.Errorf("account: %v", a).Error(),
	} {
		if strings.Contains(got, "rahasia") {
			t.Errorf("%s shows it: %s", name, got)
		}
	}
}

func TestTheLowerRateCountsAndAnUnsetOneDoesNot(t *testing.T) {
	for _, c := range []struct{ a, b, want campaign.Rate }{
		{0, 0, 0},
		{0, 20, 20},
		{20, 0, 20},
		{20, 50, 20},
		{50, 20, 20},
		{campaign.Unlimited, 20, 20},
		{20, campaign.Unlimited, 20},
		{campaign.Unlimited, 0, campaign.Unlimited},
		{0, campaign.Unlimited, campaign.Unlimited},
		{campaign.Unlimited, campaign.Unlimited, campaign.Unlimited},
		{0.5, 1, 0.5},
	} {
		if got := c.a.Min(c.b); got != c.want {
			t.Errorf("%v and %v: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestARateSaysHowFarApartRequestsAre(t *testing.T) {
	for r, want := range map[campaign.Rate]time.Duration{
		200: 5 * time.Millisecond, 0.5: 2 * time.Second, campaign.Unlimited: 0, 0: 0,
	} {
		if got := r.Every(); got != want {
			t.Errorf("%v: %v, want %v", r, got, want)
		}
	}
}
