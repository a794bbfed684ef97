package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/gateway"
	"siaran/campaign/gateway/d7"
	"siaran/campaign/gateway/sandeza"
	"siaran/campaign/gateway/sinchindia"
	"siaran/campaign/ledger"
	"siaran/reports/receiptlog"
)

// receiptZone is the zone of a gateway's times that do not name theirs; empty is UTC.
func receiptZone(name string) string {
	switch name {
	case "sandeza":
		return "+07:00"
	case "sinchindia":
		return "+05:30"
	}
	return ""
}

// masked keeps whole numbers out of what a custom format takes for words.
func masked(r *receiptlog.Reader) func([]byte) ([]campaign.Receipt, error) {
	return func(body []byte) ([]campaign.Receipt, error) {
		receipts, err := r.ParseReceipts(body)
		for i := range receipts {
			receipts[i].Word, receipts[i].Reason = gateway.Words(receipts[i].Word), gateway.Words(receipts[i].Reason)
		}
		return receipts, err
	}
}

// formats are the custom forms of receipts in siaran.yaml, ready to read.
func formats(s *definition.Settings) (map[string]*receiptlog.Reader, error) {
	readers := make(map[string]*receiptlog.Reader, len(s.Listen.Formats))
	for name, f := range s.Listen.Formats {
		words := make(map[string]string, len(f.Words))
		for word, d := range f.Words {
			words[word] = string(d)
		}
		zone := f.Zone
		if zone == "" {
			zone = receiptZone(f.Gateway)
		}
		r, err := receiptlog.Format{
			Gateway: f.Gateway, Channel: string(f.Channel), ID: f.ID, Status: f.Status, Time: f.Time, Layout: f.Layout, Zone: zone,
			Recipient: f.Recipient, Reason: f.Reason, GatewayID: f.GatewayID, Parts: f.Parts, Words: words,
		}.Compile()
		if err != nil {
			return nil, usage(fmt.Errorf("%s: listen.formats.%s: %w", s.Path, name, err), "")
		}
		readers[name] = r
	}
	return readers, nil
}

// parser reads receipts of every gateway and custom format, by name or by content.
func parser(s *definition.Settings) (receiptlog.Parse, map[string]*receiptlog.Reader, error) {
	custom, err := formats(s)
	if err != nil {
		return nil, nil, err
	}
	var sources []receiptlog.Source
	for name, r := range custom {
		sources = append(sources, receiptlog.Source{Name: name, Keys: r.Keys(), Parse: masked(r)})
	}
	sources = append(sources,
		receiptlog.Source{Name: "sandeza", Keys: sandeza.ReceiptKeys(), Parse: sandeza.ParseReceipts},
		receiptlog.Source{Name: "meta", Keys: gateway.MetaKeys(), Parse: gateway.ParseMeta},
		receiptlog.Source{Name: "d7", Keys: d7.ReceiptKeys(), Parse: d7.ParseReceipts},
		receiptlog.Source{Name: "sinchindia", Keys: sinchindia.ReceiptKeys(), Parse: sinchindia.ParseReceipts},
	)
	return receiptlog.NewParse(sources), custom, nil
}

// catchUp reads what is new in the receipt log: a message that has a receipt is never sent, and a
// report knows all there is. ui, if not nil, is told what was new.
func catchUp(ctx context.Context, s *definition.Settings, book *ledger.Ledger, ui *ui) error {
	if _, err := os.Stat(s.Listen.Log); errors.Is(err, fs.ErrNotExist) {
		return nil // nobody ever listened here
	}
	parse, _, err := parser(s)
	if err != nil {
		return err
	}
	feed := receiptlog.Feeder{Dir: s.Listen.Log, Parse: parse, Sink: book.Receipts}
	t, err := feed.CatchUp(ctx)
	if err != nil {
		return fmt.Errorf("reading the receipt log: %w", err)
	}
	if t.New > 0 && ui != nil {
		ui.Note("%s new in the receipt log", plural(t.New, "receipt"))
	}
	return nil
}

// importSummary is what import prints with --json when it is done.
func importSummary(t campaign.Tally) any {
	return struct {
		Type        string `json:"type"`
		Lines       int    `json:"lines"`
		Receipts    int    `json:"receipts"`
		New         int    `json:"new"`
		Repeated    int    `json:"repeated"`
		Weak        int    `json:"weak"`
		Orphan      int    `json:"orphan"`
		Forged      int    `json:"forged"`
		Foreign     int    `json:"foreign"`
		Reply       int    `json:"reply"`
		Quarantined int    `json:"quarantined"`
		Broken      int    `json:"broken"`
	}{"summary", t.Lines, t.Receipts, t.New, t.Repeated, t.Weak, t.Orphan, t.Forged, t.Foreign, t.Reply, t.Quarantined, t.Broken}
}
