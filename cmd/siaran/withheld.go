package main

import (
	"context"

	"siaran/campaign"
)

// A withheld counts the messages that Begin would withhold, in batches.
type withheld struct {
	*loaded
	on      bool // there is a list at all
	batch   []campaign.Message
	n       int
	channel []campaign.ChannelKind
}

// suppressedBatch is how many messages are looked up at a time.
const suppressedBatch = 500

func (l *loaded) countWithheld(ctx context.Context) (*withheld, error) {
	s := &withheld{loaded: l, channel: channels(l.campaign)}
	if l.book == nil {
		return s, nil
	}
	for _, err := range l.book.Suppressions.All(ctx) {
		if err != nil {
			return nil, err
		}
		s.on = true
		break
	}
	return s, nil
}

// add counts m, now or with the next batch.
func (s *withheld) add(ctx context.Context, m campaign.Message) error {
	if !s.on {
		return nil
	}
	if s.batch = append(s.batch, campaign.Message{Address: m.Address, Others: m.Others}); len(s.batch) < suppressedBatch {
		return nil
	}
	return s.flush(ctx)
}

// flush looks up what waits. A message is withheld if any of its addresses is on the list.
func (s *withheld) flush(ctx context.Context) error {
	if len(s.batch) == 0 { // always so without a ledger
		return nil
	}
	held := make([]bool, len(s.batch))
	for _, k := range s.channel {
		list := make([]string, 0, len(s.batch))
		for _, m := range s.batch {
			list = append(list, m.To(k, s.channel[0]))
		}
		found, err := s.book.Suppressions.Among(ctx, list, k, s.campaign.Purpose)
		if err != nil {
			return err
		}
		for i, m := range s.batch {
			_, is := found[m.To(k, s.channel[0])]
			held[i] = held[i] || is
		}
	}
	for _, is := range held {
		if is {
			s.n++
		}
	}
	s.batch = s.batch[:0]
	return nil
}
