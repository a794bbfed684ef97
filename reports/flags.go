package reports

import "iter"

// Flags are what is odd about a line, as a set.
type Flags uint16

// The flags.
const (
	FlagDeliveredAfterFailure Flags = 1 << iota // reported undelivered, and yet delivered
	FlagContradictoryBilling                    // reported both PAID and FREE, or PAID and undelivered
	FlagUnconfirmed                             // accepted with a reservation, and no receipt yet
	FlagSeveralPaid                             // more than one channel of the row is PAID
	FlagNoPrice                                 // PAID, but no price is known for its day and category
	FlagNoParts                                 // an SMS whose parts nobody counted
	FlagUnknownWord                             // a receipt says something we have no word for
	FlagOtherChannel                            // a receipt for a channel the message was not to use
)

// flagTexts are the flags for people, in their order.
var flagTexts = [...]string{
	"delivered after it was reported undelivered",
	"contradictory billing: the latest word counts",
	"accepted, unconfirmed",
	"several channels paid",
	"paid, but no price is known for its day and category",
	"SMS parts not known",
	"the gateway reported a word not known here",
	"a receipt for a channel the message was not to use",
}

// All yields every flag that is set, one at a time.
func (f Flags) All() iter.Seq[Flags] {
	return func(yield func(Flags) bool) {
		for i := range flagTexts {
			if bit := Flags(1 << i); f&bit != 0 && !yield(bit) {
				return
			}
		}
	}
}

// Has reports whether all of g are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// String says what the flags mean, "; " between them.
func (f Flags) String() string {
	s := ""
	for i, text := range flagTexts {
		if f&(1<<i) == 0 {
			continue
		}
		if s != "" {
			s += "; "
		}
		s += text
	}
	return s
}
