package receiptlog

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// aliveEvery is how often a listener leaves its mark; aliveSuffix ends the mark's name, HOST.alive.
const (
	aliveEvery  = 10 * time.Second
	aliveSuffix = ".alive"
)

// An Alive says when a listener was last alive.
type Alive struct {
	Host    string    `json:"host"`
	Address string    `json:"address"` // where it listens
	Since   time.Time `json:"since"`
	At      time.Time `json:"at"`
}

// KeepAlive leaves a mark in the folder, now and every ten seconds, until ctx ends: HOST.alive. A mark
// that cannot be written (the disk is full) grows old, which is what it is for.
func (l *Log) KeepAlive(ctx context.Context, address string) {
	a := Alive{Host: l.Host, Address: address, Since: time.Now().UTC()}
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	for {
		a.At = time.Now().UTC()
		_ = a.leave(l.Dir)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a Alive) leave(dir string) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, a.Host+aliveSuffix)
	if err := os.WriteFile(path+".new", append(b, '\n'), 0o640); err != nil {
		return errors.Join(err, os.Remove(path+".new"))
	}
	return os.Rename(path+".new", path)
}

// LastAlive returns the marks in a folder, the newest first; none if there is no folder.
func LastAlive(dir string) ([]Alive, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder of the receipt log: %w", err)
	}
	var all []Alive
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), aliveSuffix) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("a listener's mark: %w", err)
		}
		var a Alive
		if json.Unmarshal(b, &a) == nil { // else it is no mark of ours
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b Alive) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Host, b.Host)) })
	return all, nil
}
