package campaign

// A Message is what one recipient is to get: the row's cells and a ref_id. There is one for every data
// row, also for those that are not sent (Problem says why), so that every row is accounted for.
type Message struct {
	Run     string
	Seq     int    // the row's number in the file, the same in a resend
	RefID   string // fixed at planning, the same in every attempt
	Address string // the first channel's, normalised: E.164 digits without +, or an e-mail address or chat id
	Others  map[ChannelKind]string
	Cells   []Cell
	Digest  []byte // over addresses and cells: "the same message again"
	Problem *Problem
}

// To returns the address of the message on channel k; first is the campaign's first channel.
func (m Message) To(k, first ChannelKind) string {
	if k == first {
		return m.Address
	}
	return m.Others[k]
}

// Row returns the message's row as it was in the file.
func (m Message) Row() Row { return Row{Number: m.Seq, Cells: m.Cells} }

// A Problem is why a row was not to be sent, known at planning.
type Problem struct {
	Verdict Verdict `json:"verdict"` // VerdictRejected or VerdictDuplicate
	Column  string  `json:"column,omitempty"`
	Reason  string  `json:"reason"`
}
