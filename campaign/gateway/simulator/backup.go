package simulator

import (
	"strconv"
	"strings"
)

// A backupOn is one entry of backup_on and backup_exp: a code of that list (which is not the list of
// the receipts' statuses), and how long to wait where the code is pending.
type backupOn struct{ code, minutes int }

// The codes of backup_on, from Sprint's page "Description Parameter".
const (
	onUnsent      = 1
	onUndelivered = 2
	onPending     = 3
	onFailed      = 4
	onSpam        = 5
	onBounced     = 6
	onBlacklist   = 7
	onDelivered   = 9
)

var backupCodes = map[kind][]int{
	sms:      {onUnsent, onUndelivered, onPending, onFailed},
	email:    {onUnsent, onUndelivered, onPending, onSpam, onBounced, onBlacklist},
	line:     {onUnsent, onPending, onFailed},
	telegram: {onUnsent, onPending, onFailed},
	facebook: {onUnsent, onPending, onFailed},
	whatsapp: {onUnsent, onUndelivered, onPending, onFailed, onDelivered},
}

// readBackupOn reads the two lists, which go side by side.
func readBackupOn(n node, k kind) ([]backupOn, *refusal) {
	if !n.has("backup_on") && !n.has("backup_exp") {
		return nil, nil
	}
	on, no := n.mustText("backup_on")
	if no != nil {
		return nil, no
	}
	exp, no := n.mustText("backup_exp")
	if no != nil {
		return nil, no
	}
	codes, minutes := strings.Split(on, ";"), strings.Split(exp, ";")
	if len(codes) != len(minutes) {
		return nil, refuse(1, "backup_exp", "must have as many entries as backup_on")
	}
	list := make([]backupOn, len(codes))
	for i := range codes {
		code, err := strconv.Atoi(strings.TrimSpace(codes[i]))
		if err != nil || !allowed(backupCodes[k], code) {
			return nil, refuse(1, "backup_on", "has a code that this channel does not know")
		}
		for _, before := range list[:i] {
			if before.code == code {
				return nil, refuse(1, "backup_on", "has a code twice")
			}
		}
		wait, err := strconv.Atoi(strings.TrimSpace(minutes[i]))
		if err != nil || wait < 0 || (wait > 0) != (code == onPending) {
			return nil, refuse(1, "backup_exp", "must be minutes for pending and 0 for all others")
		}
		list[i] = backupOn{code: code, minutes: wait}
	}
	return list, nil
}

func allowed(codes []int, code int) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}
