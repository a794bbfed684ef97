package reports

import "siaran/campaign"

// Advice is what to do about a problem, and who must.
type Advice struct {
	Who  string // us, list owner, gateway, nobody
	What string
}

// Who must act.
const (
	WhoUs        = "us"
	WhoListOwner = "list owner"
	WhoGateway   = "gateway"
	WhoNobody    = "nobody"
)

// Advise says what to do about p. It goes by the verdict or flag; what a code means is in its reason,
// in the words of the gateway's package.
func Advise(p Problem) Advice {
	if p.Flag != 0 {
		return adviseFlag(p.Flag)
	}
	switch p.Verdict {
	case campaign.VerdictRejected:
		return Advice{WhoListOwner, "correct the cells in the repair workbook, then siaran send --repair"}
	case campaign.VerdictDuplicate:
		return Advice{WhoNobody, "the recipient is served by another row"}
	case campaign.VerdictSuppressed:
		return Advice{WhoNobody, "the recipient opted out: leave it so, and take the number off the list"}
	case campaign.VerdictExpired:
		return Advice{WhoUs, "decide whether it is still of use, then send these rows as a file of their own"}
	case campaign.VerdictCancelled:
		return Advice{WhoUs, "cancelled on purpose; to send these rows after all, send them as a file of their own"}
	case campaign.VerdictQueued:
		return Advice{WhoUs, "the run is not finished: the same siaran send goes on with it"}
	case campaign.VerdictRefused:
		return Advice{WhoListOwner, "correct what the gateway objects to, then send these rows as a file of their own"}
	case campaign.VerdictNotSent:
		return Advice{WhoUs, "the gateway could not be reached: send these rows as a file of their own"}
	case campaign.VerdictUnknown:
		return Advice{WhoUs, "look the ref id up at the gateway, then siaran settle --as accepted or not-taken"}
	case campaign.VerdictAccepted:
		return Advice{WhoNobody, "no receipt yet: report again tomorrow; after three days ask the gateway"}
	case campaign.VerdictPending, campaign.VerdictSent:
		return Advice{WhoNobody, "on its way; the handset may be off"}
	case campaign.VerdictUndelivered:
		return Advice{WhoListOwner, "check the number: it may be wrong, out of use or not on this channel"}
	case campaign.VerdictDelivered, campaign.VerdictRead, campaign.VerdictClicked:
	}
	return Advice{WhoUs, "this verdict is not known to this version: look at the row"}
}

func adviseFlag(f Flags) Advice {
	switch f {
	case FlagContradictoryBilling:
		return Advice{WhoGateway, "ask which holds; compare with the invoice"}
	case FlagUnconfirmed:
		return Advice{WhoGateway, "ask whether it was taken, unless a receipt comes"}
	case FlagSeveralPaid:
		return Advice{WhoGateway, "check that primary and backup were both meant to be charged"}
	case FlagNoPrice:
		return Advice{WhoUs, "put the price into siaran.yaml (prices), then report again"}
	case FlagNoParts:
		return Advice{WhoGateway, "ask for counter_message in the receipts"}
	case FlagUnknownWord:
		return Advice{WhoUs, "ask the gateway what the word means; a later version may read it"}
	case FlagOtherChannel:
		return Advice{WhoGateway, "ask why another channel was used"}
	case FlagDeliveredAfterFailure:
	}
	return Advice{WhoNobody, "counts as delivered"}
}
