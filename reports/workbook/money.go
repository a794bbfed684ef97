package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/reports"
	"siaran/reports/cells"
)

// writeMoney says what it cost, what it may still cost, and what was expected.
func writeMoney(s *summary) error {
	p := s.Settings.Prices
	title := "Money"
	if p != nil {
		title += " in " + p.Currency + taxNote(p)
	}
	if err := s.section(title); err != nil {
		return err
	}
	st, t := s.pen.styles, &s.tally.Totals
	if err := s.line(0, true,
		text(st.tableHead, "Billing"), excelize.Cell{StyleID: st.tableHead}, text(st.tableHeadRight, "Messages"), text(st.tableHeadRight, "SMS parts"),
		text(st.tableHeadRight, "Settled amount"), text(st.tableHeadRight, "Amount if paid"), text(st.tableHead, "")); err != nil {
		return err
	}
	for _, billing := range billingOrder {
		bill := t.Billings[billing]
		if err := s.line(0, true,
			text(st.rowText, string(billing)), excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowCount, Value: bill.Messages},
			excelize.Cell{StyleID: st.rowCount, Value: bill.Parts}, excelize.Cell{StyleID: st.rowAmount, Value: cells.Money(bill.Amount)},
			excelize.Cell{StyleID: st.rowAmount, Value: cells.Money(bill.IfPaid)}, text(st.rowNote, billingSays(billing))); err != nil {
			return err
		}
	}
	messages, parts := 0, 0
	for _, b := range t.Billings {
		messages += b.Messages
		parts += b.Parts
	}
	if err := s.line(20, true,
		text(st.totalText, "Total"), excelize.Cell{StyleID: st.totalText}, excelize.Cell{StyleID: st.totalCount, Value: messages},
		excelize.Cell{StyleID: st.totalCount, Value: parts}, excelize.Cell{StyleID: st.totalAmount, Value: cells.Money(t.Amount)},
		excelize.Cell{StyleID: st.totalAmount, Value: cells.Money(t.IfPaid)}, excelize.Cell{StyleID: st.totalText}); err != nil {
		return err
	}
	return s.moneyNotes()
}

// billingOrder is how the billings stand in Summary.
var billingOrder = []campaign.Billing{
	campaign.BillingPaid, campaign.BillingFree, campaign.BillingOnProcess, campaign.BillingUnclassified, campaign.BillingNotDelivered,
}

func billingSays(b campaign.Billing) string {
	switch b {
	case campaign.BillingPaid:
		return "charged (ditagih)"
	case campaign.BillingFree:
		return "the gateway says it is free (gratis)"
	case campaign.BillingOnProcess:
		return "not decided yet (belum diputuskan)"
	case campaign.BillingUnclassified:
		return "nobody said (tidak ada keterangan)"
	case campaign.BillingNotDelivered:
		return "not charged (tidak ditagih)"
	}
	return ""
}

func (s *summary) moneyNotes() error {
	st, t := s.pen.styles, &s.tally.Totals
	if e := s.Estimate; e.Known {
		for _, n := range []struct {
			what   string
			amount campaign.Money
			say    string
		}{
			{"Estimate, least", e.Least, "before sending, no backup used"},
			{"Estimate, most", e.Most, "before sending, every backup used"},
			{"Settled − most", t.Amount - e.Most, "below zero: cheaper than the dearest estimate"},
		} {
			if err := s.line(0, true,
				text(st.rowText, n.what), excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowText},
				excelize.Cell{StyleID: st.rowAmount, Value: cells.Money(n.amount)}, excelize.Cell{StyleID: st.rowText}, text(st.rowNote, n.say)); err != nil {
				return err
			}
		}
	}
	if len(s.channels()) > 1 {
		if err := s.line(0, true,
			text(st.rowText, "Several channels paid"), excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowCount, Value: t.SeveralPaid},
			excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowAmount, Value: cells.Money(t.SeveralPaidAmount)},
			excelize.Cell{StyleID: st.rowText}, text(st.rowNote, "rows with more than one paid channel")); err != nil {
			return err
		}
	}
	for _, p := range s.tally.Problems.Flagged() {
		if p.Flag == reports.FlagSeveralPaid {
			continue
		}
		if err := s.line(0, false, excelize.Cell{StyleID: st.note, Value: fmt.Sprintf("%s rows: %s", thousands(p.Rows), p.Reason)}); err != nil {
			return err
		}
	}
	return nil
}

// writeAges say how long what is ON PROCESS has been so.
func writeAges(s *summary) error {
	if s.tally.Totals.OpenBillings == 0 {
		return nil
	}
	if err := s.section("ON PROCESS by age"); err != nil {
		return err
	}
	st := s.pen.styles
	for _, a := range s.tally.Pricing.Ages(s.AsOf.In(s.zone())) {
		what := fmt.Sprintf("%d to %d days", a.From, a.To)
		if a.To < 0 {
			what = fmt.Sprintf("%d days or more", a.From)
		}
		if err := s.line(0, true,
			text(st.rowText, what), excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowCount, Value: a.Messages},
			excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowAmount, Value: cells.Money(a.IfPaid)},
			excelize.Cell{StyleID: st.rowNote}); err != nil {
			return err
		}
	}
	return nil
}
