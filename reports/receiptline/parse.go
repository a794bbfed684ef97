package receiptline

import (
	"errors"
	"fmt"

	"siaran/campaign"
)

// A Parse reads the receipts in one body. gateway is what the log or the path says: a gateway or the
// name of a custom format; empty, the body is recognised by its content. Whatever is wrong with a body
// is its error, and the body is kept in quarantine.
type Parse func(gateway string, body []byte) ([]campaign.Receipt, error)

// A Source is one kind of receipts: a gateway's, or a custom format's.
type Source struct {
	Name string
	// Keys are sets of keys. A body which has all keys of one set at its top is of this source.
	Keys  [][]string
	Parse func(body []byte) ([]campaign.Receipt, error)
}

// Errors of a Parse made by NewParse.
var (
	ErrNotRecognised = errors.New("no gateway's receipt looks like this")
	ErrNoReceipt     = errors.New("there is no receipt in it")
)

// NewParse makes a Parse of all sources. Content is compared in their order, so custom formats go first.
func NewParse(sources []Source) Parse {
	byName := make(map[string]Source, len(sources))
	for _, s := range sources {
		byName[s.Name] = s
	}
	return func(gateway string, body []byte) ([]campaign.Receipt, error) {
		source, ok := byName[gateway]
		if gateway == "" {
			source, ok = recognise(sources, body)
		}
		if !ok {
			if gateway == "" {
				return nil, ErrNotRecognised
			}
			return nil, fmt.Errorf("%q is neither a gateway nor in listen.formats", Clip(gateway))
		}
		receipts, err := source.Parse(body)
		if err == nil && len(receipts) == 0 {
			err = ErrNoReceipt
		}
		return receipts, err
	}
}

func recognise(sources []Source, body []byte) (Source, bool) {
	i := skipBlank(body, 0)
	if i == len(body) || body[i] != '{' {
		return Source{}, false
	}
	var keys [][]byte
	if _, err := skipObject(body, i, 1, func(k, _ []byte) error {
		keys = append(keys, k)
		return nil
	}); err != nil {
		return Source{}, false
	}
	for _, s := range sources {
		for _, set := range s.Keys {
			if hasAll(keys, set) {
				return s, true
			}
		}
	}
	return Source{}, false
}

func hasAll(keys [][]byte, set []string) bool {
	for _, want := range set {
		found := false
		for _, k := range keys {
			if found = sameKey(k, want); found {
				break
			}
		}
		if !found {
			return false
		}
	}
	return len(set) > 0
}

// ParseAll reads one body, or an array of several: what is wrong with one of these is not held against the
// others, and is an error only if none could be read.
func ParseAll(parse Parse, gateway string, body []byte) ([]campaign.Receipt, error) {
	if len(body) == 0 || body[0] != '[' {
		return parse(gateway, body)
	}
	var all []campaign.Receipt
	failed := ErrNoReceipt
	_, _ = skipArray(body, 0, 1, func(one []byte) error { // it was read before
		receipts, err := parse(gateway, one)
		if all = append(all, receipts...); err != nil {
			failed = err
		}
		return nil
	})
	if len(all) == 0 {
		return nil, failed
	}
	return all, nil
}
