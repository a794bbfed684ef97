package operation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siaran/campaign/definition"
	"siaran/campaign/ledger"
)

// A Finding is one thing that is wrong, or will be, and what to do about it.
type Finding struct {
	Type    string `json:"type"`  // finding
	About   string `json:"about"` // settings, ledger, disk, receipts, permissions, account NAME, run ID
	Problem string `json:"problem"`
	Cure    string `json:"cure"` // empty if Err is all that is known
	Err     error  `json:"-"`    // what Problem says, if it was an error: whoever shows it knows its cure
}

// found makes a finding.
func found(about, cure, problem string, args ...any) Finding {
	return Finding{Type: "finding", About: about, Problem: fmt.Sprintf(problem, args...), Cure: cure}
}

// foundError takes an error for a finding.
func foundError(about string, err error) Finding {
	return Finding{Type: "finding", About: about, Problem: err.Error(), Err: err}
}

// A DoctorRequest says what is to be looked over.
type DoctorRequest struct {
	Settings *definition.Settings
	Host     string // this one
	Offline  bool   // ask no gateway for its time
	Now      func() time.Time
}

// An Examination is what was found, and what a gateway's support may ask.
type Examination struct {
	Findings []Finding
	Support  []Support
}

// Doctor looks settings, host, ledger, runs and gateways over. It changes nothing. It opens the ledger itself,
// for a ledger that does not open is a finding.
func Doctor(ctx context.Context, r DoctorRequest) (Examination, error) {
	var e Examination
	now := r.Now()
	e.Findings = append(e.Findings, settingsFindings(r.Settings)...)
	e.Findings = append(e.Findings, permissionFindings(r.Settings)...)
	e.Findings = append(e.Findings, receiptFindings(r.Settings, now)...)
	e.Findings = append(e.Findings, certificateFindings(r.Settings, now)...)
	e.Findings = append(e.Findings, diskFindings(r.Settings)...)
	inLedger, err := ledgerFindings(ctx, r.Settings, r.Host)
	e.Findings = append(e.Findings, inLedger...)
	if err != nil {
		return e, err
	}
	atGateways, support := gatewayFindings(ctx, r)
	e.Findings, e.Support = append(e.Findings, atGateways...), support
	return e, ctx.Err()
}

// UnreadSettings makes findings of the error of settings that could not be read: nothing else can be looked at.
func UnreadSettings(err error) []Finding {
	var problems definition.Errors
	if !errors.As(err, &problems) {
		return []Finding{foundError("settings", err)}
	}
	var all []Finding
	for _, p := range problems {
		all = append(all, settingFinding(p))
	}
	return all
}

// settingsFindings are what siaran.yaml has that works and is unwise.
func settingsFindings(s *definition.Settings) []Finding {
	var all []Finding
	for _, w := range s.Warnings {
		all = append(all, settingFinding(w))
	}
	if len(s.Accounts) == 0 {
		all = append(all, found("settings", "add one under accounts:", "%s has no account: nothing can be sent", s.Path))
	}
	return all
}

func settingFinding(p *definition.Error) Finding {
	cure := p.Hint
	if cure == "" {
		cure = "correct it in " + p.File
	}
	bare := *p
	bare.Hint = ""
	return found("settings", cure, "%s", bare.Error())
}

// ledgerFindings looks at the ledger and its runs. An error is one that has nothing to do with it.
func ledgerFindings(ctx context.Context, s *definition.Settings, host string) (all []Finding, err error) {
	open := ledger.Settings{DSN: s.Ledger, Host: host}
	book, err := ledger.Open(ctx, open)
	if errors.Is(err, ledger.ErrReadOnly) {
		all = append(all, foundError("ledger", err))
		open.ReadOnly = true
		book, err = ledger.Open(ctx, open)
	}
	if ctx.Err() != nil {
		return all, ctx.Err()
	}
	if err != nil {
		return append(all, foundError("ledger", err)), nil
	}
	defer closing(book, &err)
	if err := book.Original.Copied(ctx); errors.Is(err, ledger.ErrCopied) {
		all = append(all, foundError("ledger", err))
	} else if err != nil {
		return all, err
	}
	wrong, err := book.Health.Check(ctx)
	if err != nil {
		return append(all, foundError("ledger", err)), ctx.Err()
	}
	for _, w := range wrong {
		all = append(all, found("ledger", "do not send from it: keep the file, restore a backup, then siaran doctor --adopt", "%s: %s", book.Name(), w))
	}
	inRuns, err := runFindings(ctx, book, s.Zone)
	all = append(all, inRuns...)
	if errors.Is(err, ledger.ErrDamaged) {
		return append(all, foundError("ledger", err)), nil
	}
	return all, err
}
