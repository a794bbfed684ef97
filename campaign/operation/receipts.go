package operation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"siaran/campaign"
	"siaran/campaign/definition"
	"siaran/campaign/gateway"
	"siaran/campaign/ledger"
	"siaran/reports/receiptfile"
	"siaran/reports/receiptline"
	"siaran/reports/receiptlog"
)

// A ReceiptReader reads receipts of every gateway and of the forms in siaran.yaml.
type ReceiptReader struct {
	Parse  receiptline.Parse              // by name or by content
	Custom map[string]*receiptfile.Reader // the forms of siaran.yaml, by name
}

// NewReceiptReader makes ready what the settings say of receipts.
func NewReceiptReader(s *definition.Settings) (ReceiptReader, error) {
	r := ReceiptReader{Custom: make(map[string]*receiptfile.Reader, len(s.Listen.Formats))}
	var sources []receiptline.Source
	for name, f := range s.Listen.Formats {
		custom, err := customReader(s.Gateways, f)
		if err != nil {
			return r, usagef("%s: listen.formats.%s: %w", s.Path, name, err)
		}
		r.Custom[name] = custom
		sources = append(sources, receiptline.Source{Name: name, Keys: custom.Keys(), Parse: masked(custom)})
	}
	for _, g := range Gateways() {
		sources = append(sources, receiptline.Source{Name: g.Name, Keys: g.ReceiptKeys, Parse: g.ParseReceipts})
	}
	r.Parse = receiptline.NewParse(sources)
	return r, nil
}

// customReader is a form of siaran.yaml, ready to read.
func customReader(known []campaign.Gateway, f definition.Format) (*receiptfile.Reader, error) {
	words := make(map[string]string, len(f.Words))
	for word, d := range f.Words {
		words[word] = string(d)
	}
	zone := f.Zone
	if zone == "" {
		g, _ := campaign.FindGateway(known, f.Gateway)
		zone = g.Zone
	}
	return receiptfile.Format{
		Gateway: f.Gateway, Channel: string(f.Channel), ID: f.ID, Status: f.Status, Time: f.Time, Layout: f.Layout, Zone: zone,
		Recipient: f.Recipient, Reason: f.Reason, GatewayID: f.GatewayID, Parts: f.Parts, Words: words,
	}.Compile()
}

// masked keeps whole numbers out of what a custom form takes for words.
func masked(r *receiptfile.Reader) func([]byte) ([]campaign.Receipt, error) {
	return func(body []byte) ([]campaign.Receipt, error) {
		receipts, err := r.ParseReceipts(body)
		for i := range receipts {
			receipts[i].Word, receipts[i].Reason = gateway.Redact(receipts[i].Word), gateway.Redact(receipts[i].Reason)
		}
		return receipts, err
	}
}

// CatchUp reads what is new in the receipt log into the ledger: a message that has a receipt is never sent, and
// a report knows all there is. It comes before every operation that decides by receipts.
func CatchUp(ctx context.Context, s *definition.Settings, book *ledger.Ledger) (campaign.Tally, error) {
	if _, err := os.Stat(s.Listen.Log); errors.Is(err, fs.ErrNotExist) {
		return campaign.Tally{}, nil // nobody ever listened here
	}
	reader, err := NewReceiptReader(s)
	if err != nil {
		return campaign.Tally{}, err
	}
	feed := receiptlog.Feeder{Dir: s.Listen.Log, Parse: reader.Parse, Sink: book.Receipts}
	t, err := feed.CatchUp(ctx)
	if err != nil {
		return t, fmt.Errorf("reading the receipt log: %w", err)
	}
	return t, nil
}
