package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// help prints a command's usage and options, then its exit status and an example.
func help(o kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(o, ctx); err != nil {
		return err
	}
	name := ""
	if n := ctx.Selected(); n != nil {
		name = n.Name
		if n.Parent != nil && n.Parent.Type == kong.CommandNode {
			name = n.Parent.Name + " " + n.Name
		}
	}
	more, ok := helpMore[name]
	if !ok {
		return nil
	}
	_, err := fmt.Fprintf(ctx.Stdout, "\nExit status:\n%s\nExample:\n%s", table(more.exits), "  "+strings.ReplaceAll(more.example, "\n", "\n  ")+"\n")
	return err
}

// helpMore is what a command's help says besides its options.
var helpMore = map[string]struct {
	exits   []int
	example string
}{
	"":                {nil, "siaran demo\nsiaran check gajian.yaml\nsiaran send gajian.yaml\nsiaran report gajian -o gajian.xlsx"},
	"demo":            {[]int{0, 1}, "siaran demo"},
	"init":            {[]int{0, 10}, "siaran init --account sprint --username ops"},
	"new":             {[]int{0, 10}, "siaran new pelanggan.xlsx\nsiaran new inbox/tagihan.csv --encoding windows-1252 -o tagihan.yaml"},
	"check":           {[]int{0, 3, 5, 10}, "siaran check gajian.yaml\nsiaran check gajian.yaml --json | tail -1"},
	"preview":         {[]int{0, 3, 10}, "siaran preview gajian.yaml --rows 2,17"},
	"send":            {[]int{0, 1, 3, 4, 5, 6, 10, 11, 12, 130}, "siaran send gajian.yaml\nsiaran send --yes --json gajian.yaml | tail -1\nsiaran send --yes gajian.yaml --repair pelanggan.repair.xlsx"},
	"status":          {[]int{0, 3, 10, 12}, "siaran status\nsiaran status gajian --verdicts"},
	"import":          {[]int{0, 1, 3, 10, 12}, "siaran import receipts-2026-11-21.jsonl.gz\nzcat old/*.gz | siaran import -\nsiaran import --sent july.xlsx --account sprint --campaign july --channel whatsapp --columns id=MsgID,address=HP,time=Sent"},
	"listen":          {[]int{0, 1, 10}, "siaran listen\nsiaran listen --address 0.0.0.0:8090"},
	"report":          {[]int{0, 1, 10, 12}, "siaran report gajian -o gajian.xlsx"},
	"settle":          {[]int{0, 10, 11, 12}, "siaran settle gajian --rows 17,40 --as not-taken --because 'the portal does not show them'"},
	"backup":          {[]int{0, 1, 10, 12}, "siaran backup /backup/siaran-2026-11-21.db"},
	"doctor":          {[]int{0, 3, 10, 12}, "siaran doctor\nsiaran doctor --adopt --because 'restored the backup of Saturday'"},
	"suppress":        {[]int{0, 3, 10, 12}, "siaran suppress add 0812… --because 'asked by phone'\nsiaran suppress import optout.csv --for marketing\nsiaran suppress list > optout.csv"},
	"suppress add":    {[]int{0, 10, 12}, "siaran suppress add 0812… --for marketing --because 'asked by phone'"},
	"suppress remove": {[]int{0, 3, 10, 12}, "siaran suppress remove 0812… --because 'wants them again'"},
	"suppress list":   {[]int{0, 10, 12}, "siaran suppress list > optout.csv"},
	"suppress import": {[]int{0, 3, 10, 12}, "siaran suppress import optout.csv --for marketing --because 'campaign of June'"},
	"simulate":        {[]int{0, 10}, "siaran simulate --receipts http://127.0.0.1:8090/receipts/sandeza/SECRET --faults 429=1%,receipts=late:5s"},
	"version":         {[]int{0}, "siaran version"},
	"tail":            {[]int{0, 10, 12}, "siaran tail\nsiaran tail gajian --json"},
}

// exitWords say what an exit code means.
var exitWords = map[int]string{
	exitOK:          "done; for send: every sendable row was accepted",
	exitError:       "stopped by an error; running it again resumes",
	exitRows:        "done, but rows need a look: rejected, refused, not sent, unknown or expired; import: lines not understood; doctor: findings; suppress remove: not on the list",
	exitPaused:      "paused or cancelled by a person",
	exitPerson:      "needs a person: a guard said no, nothing was sent; --yes does not answer it",
	exitGateway:     "the gateway refuses everything, stays down, or makes no sense; running it again resumes",
	exitUsage:       "wrong usage, campaign, file or settings; nothing was done",
	exitBusy:        "another process works on this run",
	exitLedger:      "the ledger is damaged or newer than this program",
	exitInterrupted: "interrupted; what had begun was finished and recorded, running it again resumes",
}

func table(codes []int) string {
	if codes == nil {
		codes = []int{exitOK, exitError, exitRows, exitPaused, exitPerson, exitGateway, exitUsage, exitBusy, exitLedger, exitInterrupted}
	}
	var b strings.Builder
	for _, c := range codes {
		fmt.Fprintf(&b, "  %3d  %s\n", c, exitWords[c])
	}
	return b.String()
}
