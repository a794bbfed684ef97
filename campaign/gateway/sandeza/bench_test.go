package sandeza

import (
	"encoding/json"
	"fmt"
	"testing"

	"siaran/campaign"
)

// The equivalent ready-made structs, with every value in its place: what encoding/json is given.
type (
	wireEnvelope struct {
		Signature string      `json:"signature"`
		Time      string      `json:"time"`
		Type      string      `json:"type"`
		Username  string      `json:"username"`
		RefID     string      `json:"ref_id"`
		Subject   string      `json:"subject"`
		SenderID  string      `json:"sender_id"`
		Channel   wireChannel `json:"channel"`
	}
	wireChannel struct {
		WhatsApp any `json:"whatsapp"`
	}
	wireDelimiter struct {
		MSISDN   string `json:"msisdn"`
		Template string `json:"template_id"`
		Header   string `json:"header"`
		Message  string `json:"message"`
		Button   string `json:"button"`
	}
	wireJSON struct {
		MSISDN   string        `json:"msisdn"`
		Template string        `json:"template_id"`
		Header   wireComponent `json:"header"`
		Message  wireComponent `json:"message"`
		Button   wireButton    `json:"button"`
	}
	wireComponent struct {
		Type      string      `json:"type"`
		Parameter []wireParam `json:"parameter"`
	}
	wireButton struct {
		Type      string      `json:"type"`
		SubType   string      `json:"sub_type"`
		Index     int         `json:"index"`
		Parameter []wireParam `json:"parameter"`
	}
	wireParam struct {
		Type  string     `json:"type"`
		Text  string     `json:"text,omitempty"`
		Image *wireImage `json:"image,omitempty"`
	}
	wireImage struct {
		Link string `json:"link"`
	}
)

// five is a template with a picture, five values and a link.
func five(format string) *campaign.Campaign {
	return single(campaign.Channel{
		Kind: campaign.WhatsApp, To: "phone", Template: "tagihan_v3", Category: "utility", Format: format,
		Header:  &campaign.Media{Kind: "image", Link: "https://files.example.test/{{Segmen}}.jpg"},
		Body:    []string{"{{nama}}", "{{Jumlah}}", "{{Kota}}", "{{Email}}", "{{OTP}}"},
		Buttons: []campaign.Button{{Kind: "url", Value: "{{Kode}}"}},
	})
}

func ready(format string) wireEnvelope {
	e := wireEnvelope{
		Signature: masked, Time: masked, Type: "2", Username: "demouser", RefID: masked, Subject: "Tagihan November", SenderID: "BANKKU",
	}
	if format == "delimiter" {
		e.Channel.WhatsApp = &wireDelimiter{
			MSISDN: "6281200000001", Template: "tagihan_v3", Header: "image:=:https://files.example.test/gold.jpg",
			Message: "text:=:Budi||text:=:250.000||text:=:Solo||text:=:budi@example.test||text:=:482913", Button: "button:=:url:=:promo/17",
		}
		return e
	}
	e.Channel.WhatsApp = &wireJSON{
		MSISDN: "6281200000001", Template: "tagihan_v3",
		Header: wireComponent{Type: "Header", Parameter: []wireParam{{Type: "image", Image: &wireImage{Link: "https://files.example.test/gold.jpg"}}}},
		Message: wireComponent{Type: "Body", Parameter: []wireParam{
			{Type: "text", Text: "Budi"}, {Type: "text", Text: "250.000"}, {Type: "text", Text: "Solo"}, {Type: "text", Text: "budi@example.test"}, {Type: "text", Text: "482913"},
		}},
		Button: wireButton{Type: "Button", SubType: "URL", Parameter: []wireParam{{Type: "text", Text: "promo/17"}}},
	}
	return e
}

func TestTheBenchmarkComparesEqualBodies(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"delimiter", "json"} {
		want, err := json.Marshal(ready(format))
		if err != nil {
			t.Fatal(err)
		}
		got, err := mustNew(t, five(format)).Body(message(five(format), nil), true)
		if err != nil || string(got) != string(want) {
			t.Errorf("%v\n%s\n%s", err, got, want)
		}
	}
}

func TestRenderingEncodingAndSigningTakeThreeAllocationsAtMost(t *testing.T) {
	for _, format := range []string{"delimiter", "json"} {
		g, m := mustNew(t, five(format)), message(five(format), nil)
		if n := testing.AllocsPerRun(200, func() {
			if _, _, err := g.request(m); err != nil {
				t.Fatal(err)
			}
		}); n > 3 {
			t.Errorf("%s: %v allocations", format, n)
		}
	}
}

// BenchmarkBody compares rendering and encoding a row with encoding/json on a struct in which every value
// stands already. Signing is apart: both would need it.
func BenchmarkBody(b *testing.B) {
	for _, format := range []string{"delimiter", "json"} {
		b.Run(fmt.Sprintf("form=%s/by=siaran", format), func(b *testing.B) {
			g, m := mustNew(b, five(format)), message(five(format), nil)
			buf := make([]byte, 0, 4096)
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if buf, err = g.appendBody(buf[:0], m, masked, masked, masked); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("form=%s/by=encoding-json", format), func(b *testing.B) {
			e := ready(format)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := json.Marshal(&e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSign is what every attempt costs on top.
func BenchmarkSign(b *testing.B) {
	g := mustNew(b, single(sms()))
	b.ReportAllocs()
	for b.Loop() {
		g.sign(g.now())
	}
}

// BenchmarkCheck is what planning costs a row.
func BenchmarkCheck(b *testing.B) {
	for name, c := range map[string]*campaign.Campaign{"whatsapp": five("delimiter"), "sms": single(sms())} {
		b.Run("channel="+name, func(b *testing.B) {
			g, m := mustNew(b, c), message(c, nil)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Check(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
