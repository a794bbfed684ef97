package workbook

import (
	"os"
	"testing"

	"siaran/campaign"
)

func TestTry(t *testing.T) {
	dir := os.Getenv("TRY")
	if dir == "" {
		t.Skip()
	}
	for name, kinds := range map[string][]campaign.ChannelKind{"one": {campaign.WhatsApp}, "two": {campaign.WhatsApp, campaign.SMS}} {
		for _, ext := range []string{".xlsx", ".csv", ".jsonl"} {
			res, err := Write(t.Context(), dir+"/"+name+ext, sampleInput(400, kinds...))
			t.Log(res.Path, res.Notes, err)
		}
	}
}
