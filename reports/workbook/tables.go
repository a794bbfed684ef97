package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

// A table is a small tab: all of its rows at once.
type table struct {
	name     string
	headings []string
	rows     [][]excelize.Cell
}

// problemsTable is the tab Problems.
func problemsTable(r *report, p *pen) table {
	headings := []string{"Group", "Verdict", "Code", "Reason", "Rows", "Share", "Who must act", "What to do", "First rows"}
	var rows [][]excelize.Cell
	add := func(group string, of reports.Problem) {
		advice := reports.Advise(of)
		rows = append(rows, []excelize.Cell{
			text(p.styles.word, group),
			text(p.styles.word, string(of.Verdict)),
			p.foreign(of.Code),
			p.words(of.Reason),
			{StyleID: p.styles.count, Value: of.Rows},
			{StyleID: p.styles.percent, Value: share(of.Rows, r.tally.Totals.Rows)},
			text(p.styles.word, advice.Who),
			text(p.styles.word, advice.What),
			text(p.styles.id, rowList(of)),
		})
	}
	for _, of := range r.tally.Problems.Unreached() {
		add(string(of.Verdict.Group()), of)
	}
	for _, of := range r.tally.Problems.Flagged() {
		add("Flag", of)
	}
	return table{"Problems", headings, rows}
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

// pricingTable is the tab Pricing.
func pricingTable(r *report, p *pen) table {
	headings := []string{"Channel", "Billing", "Category", "Day", "Budget code", "Messages", "Parts", "Settled amount", "Amount if paid", "Age in days"}
	var rows [][]excelize.Cell
	for _, line := range r.tally.Pricing.Lines() {
		row := []excelize.Cell{
			text(p.styles.word, string(line.Channel)),
			text(p.styles.word, string(line.Billing)),
			p.words(line.Category),
			{},
			p.foreign(line.BudgetCode),
			{StyleID: p.styles.count, Value: line.Messages},
			number0(line.Parts),
			{StyleID: p.styles.amount, Value: cells.Money(line.Amount)},
			{StyleID: p.styles.amount, Value: cells.Money(line.IfPaid)},
			{},
		}
		if line.Day != 0 {
			row[3] = excelize.Cell{StyleID: p.styles.date, Value: cells.Moment(line.Day.In(r.zone()))}
		}
		if line.Billing == campaign.BillingOnProcess && line.Day != 0 {
			row[9] = excelize.Cell{Value: line.Day.Age(r.AsOf.In(r.zone()))}
		}
		rows = append(rows, row)
	}
	return table{"Pricing", headings, rows}
}

// strayLimit is how many strays Orphans lists.
const strayLimit = 1000

// orphansTable is the tab Orphans.
func orphansTable(r *report, p *pen) table {
	headings := []string{"Match", "Received at", "Gateway", "Ref ID", "Channel", "Word", "At", "Why"}
	var rows [][]excelize.Cell
	for _, s := range r.Strays.Listed[:min(len(r.Strays.Listed), strayLimit)] {
		rows = append(rows, []excelize.Cell{
			p.words(string(s.Kind)), p.moment(s.Receipt.ReceivedAt), p.words(s.Receipt.Gateway), p.foreign(s.Receipt.RefID),
			text(p.styles.word, string(s.Receipt.Channel)), p.foreign(s.Receipt.Word), p.moment(s.Receipt.At), p.words(s.Why),
		})
	}
	if n := len(r.Strays.Listed) - strayLimit; n > 0 {
		rows = append(rows, []excelize.Cell{text(p.styles.word, fmt.Sprintf("and %d more", n)), {}, {}, {}, {}, {}, {}, {}})
	}
	for _, kind := range campaign.StrayKinds {
		if n := r.Strays.Counts[kind]; n > 0 {
			rows = append(rows, []excelize.Cell{text(p.styles.word, fmt.Sprintf("%s: %d", kind, n)), {}, {}, {}, {}, {}, {}, text(p.styles.word, strayWords[kind])})
		}
	}
	return table{"Orphans", headings, rows}
}

// strayWords say what the kinds of stray are.
var strayWords = map[campaign.StrayKind]string{
	campaign.StrayOrphan:      "an id of our form whose run is not in this ledger",
	campaign.StrayForged:      "an id of our form that this ledger did not make",
	campaign.StrayForeign:     "somebody else's traffic on the same webhook",
	campaign.StrayReply:       "people's answers",
	campaign.StrayQuarantined: "bodies that could not be read; a later version may",
}

// actionsTable is the tab Actions.
func actionsTable(r *report, p *pen) table {
	var rows [][]excelize.Cell
	for _, a := range r.Actions {
		rows = append(rows, []excelize.Cell{p.moment(a.At), p.words(a.By()), p.words(string(a.What)), p.words(a.Options), p.words(a.Why)})
	}
	return table{"Actions", []string{"At", "Who", "What", "Options", "Why"}, rows}
}

// aboutTable is the tab About: what the report was made of, and the proof that it adds up.
func aboutTable(r *report, p *pen) table {
	s := p.styles
	var rows [][]excelize.Cell
	add := func(what, value string) {
		rows = append(rows, []excelize.Cell{text(p.styles.word, what), p.words(value)})
	}
	count := func(what string, n int) {
		rows = append(rows, []excelize.Cell{text(p.styles.word, what), {StyleID: s.countLeft, Value: n}})
	}
	add("Program", r.Program)
	add("Report made", r.AsOf.In(r.zone()).Format("2006-01-02 15:04:05 MST"))
	add("Times are in", r.zone().String())
	add("Run", r.Run.ID)
	add("Kind", string(r.Run.Kind))
	add("Sends to", live(r.Run.Live))
	add("File", r.Run.FileName)
	add("Tab", r.Run.Tab)
	add("File digest (SHA-256)", r.Run.FileDigest)
	count("Rows", r.Run.Rows)
	count("Hidden rows left out", r.Run.Hidden)
	count("Empty rows left out", r.Run.Empty)
	count("Rejected", r.tally.Totals.Verdicts[campaign.VerdictRejected])
	count("Duplicates", r.tally.Totals.Verdicts[campaign.VerdictDuplicate])
	count("Suppressed", r.tally.Totals.Verdicts[campaign.VerdictSuppressed])
	count("Values cut at 32,767 characters", p.cut)
	if known := r.Settings.Prices; known != nil {
		add("Prices", "in "+known.Currency+", by the day it was "+known.BillingDate+taxNote(known))
	} else {
		add("Prices", "none are known: amounts are missing")
	}
	add("Amounts", "exact; what is ON PROCESS or UNCLASSIFIED is not settled and has none")
	add("If paid", "the settled amount, and the price of what is still open")
	for _, c := range r.tally.Checks(r.Run.Rows) {
		verdict := "proven: "
		if !c.OK() {
			verdict = "NOT PROVEN: "
		}
		add("Proof", verdict+c.String())
	}
	for i, line := range strings.Split(strings.TrimRight(strings.ReplaceAll(string(r.Run.Definition), "\r", ""), "\n"), "\n") {
		what := ""
		if i == 0 {
			what = "Definition"
		}
		c := p.words(line)
		if c.Value != nil && c.StyleID != s.quoted {
			c.StyleID = s.code
		}
		rows = append(rows, []excelize.Cell{text(p.styles.word, what), c})
	}
	return table{"About", []string{"What", "Value"}, rows}
}

// differencesTable is the tab Unproven.
func differencesTable(r *report, p *pen) table {
	var rows [][]excelize.Cell
	for _, c := range r.unproven.Differences {
		rows = append(rows, []excelize.Cell{
			text(p.styles.word, c.What), p.foreign(c.Want), p.foreign(c.Got), text(p.styles.id, reports.RowList(c.Rows)),
		})
	}
	return table{"Unproven", []string{"What", "Should be", "Is", "Rows"}, rows}
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
