package planning

import (
	"time"

	"siaran/campaign"
)

// Sent is what a campaign sent before, by what makes a message the same again: its addresses and values
// (campaign.Message.Digest). The zero value knows nothing.
type Sent struct {
	rows map[messageDigest]sentRow
	runs []string // ids, which rows refer to
}

// A messageDigest is a Message.Digest that can be compared.
type messageDigest [16]byte

// A sentRow is where a message was sent, in few bytes: there may be a million.
type sentRow struct {
	run int32 // index into Sent.runs
	seq int32
	at  int64 // unix seconds
}

// A SentRow is where and when a message was sent before.
type SentRow struct {
	Run string
	Seq int
	At  time.Time
}

// Add takes up that row seq of run was sent at that time; of several the last counts. A digest of another
// length is another tool's and is passed over. Rows of one run best come together.
func (s *Sent) Add(run string, seq int, digest []byte, at time.Time) {
	if len(digest) != len(messageDigest{}) {
		return
	}
	if s.rows == nil {
		s.rows = make(map[messageDigest]sentRow)
	}
	i := len(s.runs) - 1
	for i >= 0 && s.runs[i] != run {
		i-- // a campaign has few runs
	}
	if i < 0 {
		s.runs = append(s.runs, run)
		i = len(s.runs) - 1
	}
	row := sentRow{run: int32(i), seq: int32(seq), at: at.Unix()} //nolint:gosec // few runs, and Excel's rows
	if old, ok := s.rows[messageDigest(digest)]; !ok || old.at < row.at {
		s.rows[messageDigest(digest)] = row
	}
}

// Find returns where m was sent before; false if it was not.
func (s *Sent) Find(m campaign.Message) (SentRow, bool) {
	if s == nil || len(s.rows) == 0 || len(m.Digest) != len(messageDigest{}) {
		return SentRow{}, false
	}
	row, ok := s.rows[messageDigest(m.Digest)]
	if !ok {
		return SentRow{}, false
	}
	return SentRow{Run: s.runs[row.run], Seq: int(row.seq), At: time.Unix(row.at, 0)}, true
}
