package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siaran/campaign"
)

// Runs are the runs of a ledger.
type Runs struct{ *core }

const runColumns = `id, kind, parent, campaign, account, gateway, live, file_name, file_digest, tab, content_digest, rows_digest, again, ready,
	definition, channels, tries, header, rows, hidden, empty, state, reason, paused_by, created_at, done_at, expires_at`

func (l Runs) insert(ctx context.Context, r campaign.Run) error {
	header, err := json.Marshal(r.Header)
	if err != nil {
		return fmt.Errorf("run %s: its header: %w", r.ID, err)
	}
	channels, err := json.Marshal(append([]campaign.ChannelKind{}, r.Channels...))
	if err != nil {
		return fmt.Errorf("run %s: its channels: %w", r.ID, err)
	}
	definition := r.Definition
	if definition == nil {
		definition = []byte{}
	}
	return l.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO run (`+runColumns+`) VALUES
			($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
			r.ID, string(r.Kind), r.Parent, r.Campaign, r.Account, r.Gateway, r.Live, r.FileName, r.FileDigest, r.Tab,
			r.ContentDigest, r.RowsDigest, r.Again, r.Ready, definition, string(channels), r.Tries, string(header), r.Rows, r.Hidden, r.Empty,
			string(r.State), r.Reason, r.PausedBy, micros(r.CreatedAt), micros(r.DoneAt), micros(r.ExpiresAt))
		if unique(err) {
			return fmt.Errorf("run %s: there is one already: %w", r.ID, err)
		}
		return err
	})
}

// scanner is *sql.Rows or *sql.Row.
type scanner interface{ Scan(dest ...any) error }

func scanRun(s scanner) (campaign.Run, error) {
	var r campaign.Run
	var header, channels string
	var created, done, expires int64
	err := s.Scan(&r.ID, &r.Kind, &r.Parent, &r.Campaign, &r.Account, &r.Gateway, &r.Live, &r.FileName, &r.FileDigest, &r.Tab,
		&r.ContentDigest, &r.RowsDigest, &r.Again, &r.Ready, &r.Definition, &channels, &r.Tries, &header, &r.Rows, &r.Hidden, &r.Empty,
		&r.State, &r.Reason, &r.PausedBy, &created, &done, &expires)
	if err != nil {
		return r, err
	}
	if r.Channels, err = readChannels(channels); err != nil {
		return r, fmt.Errorf("run %s: %w", r.ID, err)
	}
	r.CreatedAt, r.DoneAt, r.ExpiresAt = fromMicros(created), fromMicros(done), fromMicros(expires)
	if err := json.Unmarshal([]byte(header), &r.Header); err != nil {
		return r, fmt.Errorf("run %s: its header: %w", r.ID, err)
	}
	return r, nil
}

// readChannels reads run.channels.
func readChannels(text string) (channels []campaign.ChannelKind, err error) {
	if err := json.Unmarshal([]byte(text), &channels); err != nil {
		return nil, fmt.Errorf("its channels: %w", err)
	}
	return channels, nil
}

func (l Runs) where(ctx context.Context, where string, args ...any) ([]campaign.Run, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT `+runColumns+` FROM run `+where, args...)
	if err != nil {
		return nil, l.named(err)
	}
	defer func() { _ = rows.Close() }()
	var runs []campaign.Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, l.named(err)
		}
		runs = append(runs, r)
	}
	return runs, l.named(rows.Err())
}

func (l Runs) one(ctx context.Context, what, where string, args ...any) (campaign.Run, error) {
	runs, err := l.where(ctx, where, args...)
	if err != nil {
		return campaign.Run{}, err
	}
	if len(runs) == 0 {
		return campaign.Run{}, fmt.Errorf("%s: %w in ledger %s", what, ErrNoRun, l.name)
	}
	return runs[0], nil
}

// ByID returns the run with that id, also one in planning. ErrNoRun if there is none.
func (l Runs) ByID(ctx context.Context, id string) (campaign.Run, error) {
	return l.one(ctx, "run "+id, `WHERE id = $1`, id)
}

// Newest returns the newest run of kind send of a campaign. ErrNoRun if there is none.
func (l Runs) Newest(ctx context.Context, name string) (campaign.Run, error) {
	return l.one(ctx, "campaign "+name, `WHERE campaign = $1 AND kind = 'send' AND state <> 'planning' ORDER BY created_at DESC, id LIMIT 1`, name)
}

// sameIdentity compares the columns of an identity, of runs that are not in planning.
const sameIdentity = `campaign = $1 AND account = $2 AND content_digest = $3 AND rows_digest = $4 AND rows_digest <> '' AND again = $5 AND parent = $6
	AND state <> 'planning'`

// ByIdentity returns the run with that identity; false if there is none, or it is in planning.
func (l Runs) ByIdentity(ctx context.Context, i campaign.Identity) (campaign.Run, bool, error) {
	run, err := l.one(ctx, "identity", `WHERE `+sameIdentity, i.Campaign, i.Account, i.ContentDigest, i.RowsDigest, i.Again, i.Parent)
	if errors.Is(err, ErrNoRun) {
		return run, false, nil
	}
	return run, err == nil, err
}

// ByFile returns the runs that were planned from a file with the same bytes, the newest first: the one with the
// highest Again. An empty f.Tab is any tab. Runs in planning are left out.
func (l Runs) ByFile(ctx context.Context, f campaign.FileIdentity) ([]campaign.Run, error) {
	if f.FileDigest == "" {
		return nil, nil
	}
	return l.where(ctx, `WHERE campaign = $1 AND account = $2 AND content_digest = $3 AND file_digest = $4 AND (tab = $5 OR $5 = '') AND parent = $6
		AND state <> 'planning' ORDER BY again DESC, created_at DESC, id`, f.Campaign, f.Account, f.ContentDigest, f.FileDigest, f.Tab, f.Parent)
}

// All returns all runs, the newest first, but those in planning.
func (l Runs) All(ctx context.Context) ([]campaign.Run, error) {
	return l.where(ctx, `WHERE state <> 'planning' ORDER BY created_at DESC, id`)
}

// Children returns the runs that re-send rows of run, the oldest first.
func (l Runs) Children(ctx context.Context, run string) ([]campaign.Run, error) {
	return l.where(ctx, `WHERE parent = $1 AND state <> 'planning' ORDER BY created_at, id`, run)
}

// SetState changes a run's state if it is one of from (any if empty), with the reason why and the person who paused it
// (empty: the run itself). It reports whether it did. Done and cancelled are final, and no run becomes
// done while an attempt is open.
func (l Runs) SetState(ctx context.Context, run string, from []campaign.RunState, to campaign.RunState, reason, pausedBy string) (bool, error) {
	var changed bool
	err := l.change(ctx, func(ctx context.Context, t *tx) error {
		query := `SELECT state FROM run WHERE id = $1`
		if l.postgres {
			query += ` FOR UPDATE` // a Begin that holds it may be about to open an attempt
		}
		changed = false
		var state campaign.RunState
		switch err := t.row(ctx, query, []any{run}, &state); {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("run %s: %w in ledger %s", run, ErrNoRun, l.name)
		case err != nil:
			return err
		}
		final := state == campaign.StateDone || state == campaign.StateCancelled || state == campaign.StatePlanning
		if final || (len(from) > 0 && !slices.Contains(from, state)) {
			return nil
		}
		if to == campaign.StateDone {
			var open int
			err := t.row(ctx, `SELECT COUNT(*) FROM attempt WHERE run = $1 AND outcome = 'open'`, []any{run}, &open)
			if err != nil || open > 0 {
				return err
			}
		}
		done := int64(0)
		if to == campaign.StateDone || to == campaign.StateCancelled {
			done = t.us()
		}
		_, err := t.exec(ctx, `UPDATE run SET state = $1, reason = $2, paused_by = $3, done_at = $4 WHERE id = $5`, string(to), reason, pausedBy, done, run)
		changed = err == nil
		return err
	})
	return changed && err == nil, err
}

// SetDefinition keeps the campaign file's text when its conduct changed, and with it the run's tries and its end.
func (l Runs) SetDefinition(ctx context.Context, run campaign.Run) error {
	return l.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE run SET definition = $1, tries = $2, expires_at = $3 WHERE id = $4`, run.Definition, run.Tries, micros(run.ExpiresAt), run.ID)
		return err
	})
}

// Messages returns the messages of a run by their row numbers, in order, for find and for re-sends.
func (l Runs) Messages(ctx context.Context, run string, seqs []int) ([]campaign.Message, error) {
	var ms []campaign.Message
	err := inParts(seqs, func(part []int) error {
		marks := make([]string, len(part))
		args := []any{run}
		for i, seq := range part {
			marks[i] = "$" + strconv.Itoa(i+2)
			args = append(args, seq)
		}
		rows, err := l.db.QueryContext(ctx, `SELECT `+messageColumns+` FROM message WHERE run = $1 AND seq IN (`+strings.Join(marks, ",")+`) ORDER BY seq`, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			m, err := scanMessage(rows, run)
			if err != nil {
				return err
			}
			ms = append(ms, m)
		}
		return rows.Err()
	})
	slices.SortFunc(ms, func(a, b campaign.Message) int { return a.Seq - b.Seq })
	return ms, l.named(err)
}
