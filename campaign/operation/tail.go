package operation

import (
	"context"
	"errors"

	"siaran/campaign"
	"siaran/campaign/address"
	"siaran/campaign/gateway"
	"siaran/reports/receiptline"
)

// A Tail says what stands in the receipt log as people may see it: numbers are masked, and ids that are not ours
// shortened. It brings nothing into the ledger.
type Tail struct {
	Aliases TailAliases
	Runs    TailRuns
	Parse   receiptline.Parse
	Only    map[string]bool // runs; nil: all receipts
}

// TailAliases know whose a receipt is: ledger.Aliases do.
type TailAliases interface {
	Whose(ctx context.Context, r campaign.Receipt) (run string, row int, ours bool, err error)
}

// TailRuns know to whom a message went: ledger.Runs do.
type TailRuns interface {
	Messages(ctx context.Context, run string, rows []int) ([]campaign.Message, error)
}

// A TailReceipt is one receipt that may be shown. RefID and Recipient are masked, but for a RefID of ours.
type TailReceipt struct {
	campaign.Receipt
	Run string // empty if it is of other traffic
	Row int
}

// Read returns the receipts of one body that are wanted; or says, if all are, why the body was not understood.
func (t Tail) Read(ctx context.Context, e receiptline.Entry) (receipts []TailReceipt, unread string, err error) {
	parsed, problem := t.parse(e)
	if problem != nil {
		if t.Only == nil {
			unread = gateway.Redact(problem.Error())
		}
		return nil, unread, nil
	}
	for _, r := range parsed {
		r.ReceivedAt = e.At
		shown, wanted, err := t.receipt(ctx, r)
		if err != nil {
			return receipts, "", err
		}
		if wanted {
			receipts = append(receipts, shown)
		}
	}
	return receipts, "", nil
}

func (t Tail) parse(e receiptline.Entry) ([]campaign.Receipt, error) {
	if e.Text {
		return nil, errors.New("it is not JSON")
	}
	return receiptline.ParseAll(t.Parse, e.Gateway, e.Body)
}

func (t Tail) receipt(ctx context.Context, r campaign.Receipt) (shown TailReceipt, wanted bool, err error) {
	run, row, ours, err := t.Aliases.Whose(ctx, r)
	if err != nil || t.Only != nil && !t.Only[run] {
		return shown, false, err
	}
	shown = TailReceipt{Receipt: r}
	shown.Word, shown.Reason = gateway.Redact(r.Word), gateway.Redact(r.Reason)
	switch {
	case ours:
		shown.Run, shown.Row = run, row
		if r.Recipient == "" {
			if shown.Recipient, err = t.address(ctx, run, row); err != nil {
				return shown, false, err
			}
		}
	case r.RefID != "":
		shown.RefID = address.Mask(gateway.ID(r.RefID))
	}
	if shown.Recipient != "" {
		shown.Recipient = address.Mask(shown.Recipient)
	}
	return shown, true, nil
}

// address is where the message went on its first channel.
func (t Tail) address(ctx context.Context, run string, row int) (string, error) {
	ms, err := t.Runs.Messages(ctx, run, []int{row})
	if err != nil || len(ms) == 0 {
		return "", err
	}
	return ms[0].Address, nil
}
