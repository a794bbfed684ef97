package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"siaran/campaign"
	"siaran/campaign/ledger"
)

// MayAdopt reports whether the ledger is a copy or a restored backup that a person has to say yes to. A ledger
// that is damaged is not for that: the error is one of Damaged.
func MayAdopt(ctx context.Context, book *ledger.Ledger) (bool, error) {
	copied := book.Original.Copied(ctx)
	if !errors.Is(copied, ledger.ErrCopied) {
		return false, copied
	}
	wrong, err := book.Health.Check(ctx)
	if err != nil {
		return false, err
	}
	if len(wrong) > 0 {
		return false, &Error{Damaged, fmt.Errorf("ledger %s: %w: %s; it was not adopted", book.Name(), ledger.ErrDamaged, strings.Join(wrong, "; ")), "restore another backup"}
	}
	return true, nil
}

// Adopt records a person's word that the ledger is the right one to send from. CatchUp comes before it: what
// the receipt log knows is not sent again. It returns how many receipts are of runs that this ledger does not
// know: they were sent after it was copied.
func Adopt(ctx context.Context, book *ledger.Ledger, by campaign.Person, why string) (unknown int, err error) {
	copied := book.Original.Copied(ctx)
	if !errors.Is(copied, ledger.ErrCopied) {
		return 0, copied
	}
	if err := book.Actions.Add(ctx, by.Did(campaign.DeedAdopt, "", copied.Error(), strings.ToValidUTF8(why, "?"))); err != nil {
		return 0, err
	}
	if err := book.Original.Adopt(ctx); err != nil {
		return 0, err
	}
	strays, err := book.Strays.Counts(ctx)
	return strays[campaign.StrayOrphan], err
}
