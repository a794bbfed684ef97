package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

// problems writes the tab Problems.
func (b *book) problems() error {
	headings := []string{"Group", "Verdict", "Code", "Reason", "Rows", "Share", "Who must act", "What to do", "First rows"}
	var rows [][]excelize.Cell
	add := func(group string, p reports.Problem) {
		advice := reports.Advise(p)
		rows = append(rows, []excelize.Cell{
			text(b.styles.word, group),
			text(b.styles.word, string(p.Verdict)),
			b.foreign(p.Code),
			b.words(p.Reason),
			{StyleID: b.styles.count, Value: p.Rows},
			{StyleID: b.styles.percent, Value: share(p.Rows, b.tally.Totals.Rows)},
			text(b.styles.word, advice.Who),
			text(b.styles.word, advice.What),
			text(b.styles.id, rowList(p)),
		})
	}
	for _, p := range b.tally.Problems.Unreached() {
		add(string(p.Verdict.Group()), p)
	}
	for _, p := range b.tally.Problems.Flagged() {
		add("Flag", p)
	}
	return b.table("Problems", headings, rows)
}

func rowList(p reports.Problem) string {
	s := reports.RowList(p.First)
	if p.Rows > len(p.First) {
		s += ", …"
	}
	return s
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// pricing writes the tab Pricing.
func (b *book) pricing() error {
	headings := []string{"Channel", "Billing", "Category", "Day", "Budget code", "Messages", "Parts", "Settled amount", "Amount if paid", "Age in days"}
	var rows [][]excelize.Cell
	for _, p := range b.tally.Pricing.Lines() {
		row := []excelize.Cell{
			text(b.styles.word, string(p.Channel)),
			text(b.styles.word, string(p.Billing)),
			b.words(p.Category),
			{},
			b.foreign(p.BudgetCode),
			{StyleID: b.styles.count, Value: p.Messages},
			number0(p.Parts),
			{StyleID: b.styles.amount, Value: cells.Money(p.Amount)},
			{StyleID: b.styles.amount, Value: cells.Money(p.IfPaid)},
			{},
		}
		if p.Day != 0 {
			row[3] = excelize.Cell{StyleID: b.styles.date, Value: cells.Moment(p.Day.In(b.zone()))}
		}
		if p.Billing == campaign.BillingOnProcess && p.Day != 0 {
			row[9] = excelize.Cell{Value: p.Day.Age(b.AsOf.In(b.zone()))}
		}
		rows = append(rows, row)
	}
	return b.table("Pricing", headings, rows)
}

// strayLimit is how many strays Orphans lists.
const strayLimit = 1000

// orphans writes the tab Orphans.
func (b *book) orphans() error {
	headings := []string{"Match", "Received at", "Gateway", "Ref ID", "Channel", "Word", "At", "Why"}
	var rows [][]excelize.Cell
	for _, s := range b.Strays.Listed[:min(len(b.Strays.Listed), strayLimit)] {
		rows = append(rows, []excelize.Cell{
			b.words(string(s.Kind)), b.moment(s.Receipt.ReceivedAt), b.words(s.Receipt.Gateway), b.foreign(s.Receipt.RefID),
			text(b.styles.word, string(s.Receipt.Channel)), b.foreign(s.Receipt.Word), b.moment(s.Receipt.At), b.words(s.Why),
		})
	}
	if n := len(b.Strays.Listed) - strayLimit; n > 0 {
		rows = append(rows, []excelize.Cell{text(b.styles.word, fmt.Sprintf("and %d more", n)), {}, {}, {}, {}, {}, {}, {}})
	}
	for _, kind := range campaign.StrayKinds {
		if n := b.Strays.Counts[kind]; n > 0 {
			rows = append(rows, []excelize.Cell{text(b.styles.word, fmt.Sprintf("%s: %d", kind, n)), {}, {}, {}, {}, {}, {}, text(b.styles.word, strayWords[kind])})
		}
	}
	return b.table("Orphans", headings, rows)
}

// strayWords say what the kinds of stray are.
var strayWords = map[campaign.StrayKind]string{
	campaign.StrayOrphan:      "an id of our form whose run is not in this ledger",
	campaign.StrayForged:      "an id of our form that this ledger did not make",
	campaign.StrayForeign:     "somebody else's traffic on the same webhook",
	campaign.StrayReply:       "people's answers",
	campaign.StrayQuarantined: "bodies that could not be read; a later version may",
}

// actions writes the tab Actions.
func (b *book) actions() error {
	var rows [][]excelize.Cell
	for _, a := range b.Actions {
		rows = append(rows, []excelize.Cell{b.moment(a.At), b.words(a.By()), b.words(string(a.What)), b.words(a.Options), b.words(a.Why)})
	}
	return b.table("Actions", []string{"At", "Who", "What", "Options", "Why"}, rows)
}

// about writes the tab About: what the report was made of, and the proof that it adds up.
func (b *book) about() error {
	s := b.styles
	var rows [][]excelize.Cell
	add := func(what, value string) {
		rows = append(rows, []excelize.Cell{text(b.styles.word, what), b.words(value)})
	}
	count := func(what string, n int) {
		rows = append(rows, []excelize.Cell{text(b.styles.word, what), {StyleID: s.countLeft, Value: n}})
	}
	add("Program", b.Program)
	add("Report made", b.AsOf.In(b.zone()).Format("2006-01-02 15:04:05 MST"))
	add("Times are in", b.zone().String())
	add("Run", b.Run.ID)
	add("Kind", string(b.Run.Kind))
	add("Sends to", live(b.Run.Live))
	add("File", b.Run.FileName)
	add("Tab", b.Run.Tab)
	add("File digest (SHA-256)", b.Run.FileDigest)
	count("Rows", b.Run.Rows)
	count("Hidden rows left out", b.Run.Hidden)
	count("Empty rows left out", b.Run.Empty)
	count("Rejected", b.tally.Totals.Verdicts[campaign.VerdictRejected])
	count("Duplicates", b.tally.Totals.Verdicts[campaign.VerdictDuplicate])
	count("Suppressed", b.tally.Totals.Verdicts[campaign.VerdictSuppressed])
	count("Values cut at 32,767 characters", b.cut)
	if p := b.Settings.Prices; p != nil {
		add("Prices", "in "+p.Currency+", by the day it was "+p.BillingDate+taxNote(p))
	} else {
		add("Prices", "none are known: amounts are missing")
	}
	add("Amounts", "exact; what is ON PROCESS or UNCLASSIFIED is not settled and has none")
	add("If paid", "the settled amount, and the price of what is still open")
	for _, c := range b.tally.Checks(b.Run.Rows) {
		verdict := "proven: "
		if !c.OK() {
			verdict = "NOT PROVEN: "
		}
		add("Proof", verdict+c.String())
	}
	for i, line := range strings.Split(strings.TrimRight(strings.ReplaceAll(string(b.Run.Definition), "\r", ""), "\n"), "\n") {
		what := ""
		if i == 0 {
			what = "Definition"
		}
		c := b.words(line)
		if c.Value != nil && c.StyleID != s.quoted {
			c.StyleID = s.code
		}
		rows = append(rows, []excelize.Cell{text(b.styles.word, what), c})
	}
	return b.table("About", []string{"What", "Value"}, rows)
}

// differences writes the tab Unproven, and puts it behind Summary.
func (b *book) differences() error {
	var rows [][]excelize.Cell
	for _, c := range b.unproven.Differences {
		rows = append(rows, []excelize.Cell{
			text(b.styles.word, c.What), b.foreign(c.Want), b.foreign(c.Got), text(b.styles.id, reports.RowList(c.Rows)),
		})
	}
	if err := b.table("Unproven", []string{"What", "Should be", "Is", "Rows"}, rows); err != nil {
		return err
	}
	return b.file.MoveSheet("Unproven", "Deliveries")
}

func live(l bool) string {
	if l {
		return "LIVE"
	}
	return "SIMULATED"
}

func taxNote(p *campaign.Prices) string {
	if p.Tax == "" {
		return ""
	}
	return ", without " + strings.TrimSuffix(p.Tax, "%") + "% tax"
}
