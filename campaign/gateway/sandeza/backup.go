package sandeza

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"siaran/campaign"
	"siaran/campaign/gateway"
)

// A backupCode is a state of the primary channel on which Sandeza turns to the backup. Its numbers look
// like those of a receipt's status and mean something else: 1 is Unsent here and Delivered there.
type backupCode uint8

// The codes of backup_on (page "Description Parameter").
const (
	backupUnsent      backupCode = 1
	backupUndelivered backupCode = 2
	backupPending     backupCode = 3
	backupFailed      backupCode = 4
	backupSpam        backupCode = 5
	backupBounced     backupCode = 6
	backupBlacklist   backupCode = 7
	backupDelivered   backupCode = 9
)

// backupState is a word of the campaign and its code.
type backupState struct {
	word string
	code backupCode
}

// backupStates are those that channel k knows.
func backupStates(k campaign.ChannelKind) []backupState {
	switch k {
	case campaign.SMS:
		return []backupState{{"unsent", backupUnsent}, {"undelivered", backupUndelivered}, {"pending", backupPending}, {"failed", backupFailed}}
	case campaign.WhatsApp:
		return []backupState{
			{"unsent", backupUnsent}, {"undelivered", backupUndelivered}, {"pending", backupPending}, {"failed", backupFailed}, {"delivered", backupDelivered},
		}
	case campaign.Email:
		return []backupState{
			{"unsent", backupUnsent},
			{"undelivered", backupUndelivered},
			{"pending", backupPending},
			{"spam", backupSpam},
			{"bounced", backupBounced},
			{"blacklist", backupBlacklist},
		}
	case campaign.Line, campaign.Telegram, campaign.Facebook:
		return []backupState{{"unsent", backupUnsent}, {"pending", backupPending}, {"failed", backupFailed}}
	}
	return nil
}

// backupLists are backup_on and backup_exp: codes, and for each of them the minutes to wait, which are 0
// for all but pending.
func backupLists(k campaign.ChannelKind, list []campaign.BackupOn) (codes, minutes string, err error) {
	known := backupStates(k)
	var on, exp []string
	for _, b := range list {
		i := slices.IndexFunc(known, func(w backupState) bool { return w.word == b.Word })
		if i < 0 {
			var states []string
			for _, w := range known {
				states = append(states, w.word)
			}
			return "", "", fmt.Errorf("%s backup_on: %q is not a state of this channel: it has %s", k, b.Word, gateway.Names(states...))
		}
		code := strconv.Itoa(int(known[i].code))
		wait := int(b.After / time.Minute)
		switch {
		case slices.Contains(on, code):
			return "", "", fmt.Errorf("%s backup_on: %s comes twice", k, b.Word)
		case known[i].code != backupPending && b.After != 0:
			return "", "", fmt.Errorf("%s backup_on: only pending takes a time", k)
		case known[i].code == backupPending && (wait < 1 || b.After%time.Minute != 0):
			return "", "", fmt.Errorf("%s backup_on: pending needs a time in whole minutes, such as {pending: 10m}", k)
		}
		on, exp = append(on, code), append(exp, strconv.Itoa(wait))
	}
	return strings.Join(on, listSep), strings.Join(exp, listSep), nil
}
