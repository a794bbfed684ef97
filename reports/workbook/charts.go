package workbook

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"siaran/reports"
)

const (
	chartRows   = 15 // rows of Summary that the charts cover, 20 pixels each
	chartPoints = 48 // at most, over time
)

// writeCharts keeps room for the charts. What they are drawn from stands at the foot of the tab, so that is when
// they are added.
func writeCharts(s *summary) error {
	if err := s.section("Charts"); err != nil {
		return err
	}
	s.chartsAt = s.tab.Rows + 2
	for range chartRows + 2 {
		if err := s.blank(); err != nil {
			return err
		}
	}
	return nil
}

// writeFigures writes what the charts are drawn from, and adds the charts.
func writeFigures(s *summary) error {
	if err := s.section("Figures behind the charts"); err != nil {
		return err
	}
	c := charts{s}
	if err := c.funnel(); err != nil {
		return err
	}
	if err := s.blank(); err != nil {
		return err
	}
	return c.overTime()
}

// The charts are drawn from figures, which stand at the foot of the tab.
type charts struct{ *summary }

// funnel shows how many rows came how far, as bars.
func (s charts) funnel() error {
	st, t := s.pen.styles, &s.tally.Totals
	if err := s.line(0, false, text(st.tableHead, "Step"), excelize.Cell{StyleID: st.tableHead}, text(st.tableHeadRight, "Rows")); err != nil {
		return err
	}
	first := s.tab.Rows + 1
	for _, f := range []struct {
		what string
		n    int
	}{{"Rows", t.Rows}, {"Accepted", t.Taken}, {"Delivered", t.Delivered}, {"Read", t.Read}} {
		if err := s.line(0, false, text(st.rowText, f.what), excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowCount, Value: f.n}); err != nil {
			return err
		}
	}
	return s.chart("A", "From the file to the reader", 436, &excelize.Chart{
		Type:     excelize.Bar,
		GapWidth: new(uint(40)),
		Legend:   excelize.ChartLegend{Position: "none"},
		XAxis:    excelize.ChartAxis{ReverseOrder: true, Font: excelize.Font{Size: 10, Color: ink}},
		YAxis:    excelize.ChartAxis{None: true},
		PlotArea: excelize.ChartPlotArea{ShowVal: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}},
		Series:   []excelize.ChartSeries{s.series("C", first, blue)},
	})
}

// overTime shows when messages were sent, delivered and read.
func (s charts) overTime() error {
	moments, width := s.tally.Timeline.Moments(chartPoints, s.zone())
	if len(moments) == 0 {
		return nil
	}
	st := s.pen.styles
	if err := s.line(0, false,
		text(st.tableHead, "From"), excelize.Cell{StyleID: st.tableHead}, text(st.tableHeadRight, "Sent"), text(st.tableHeadRight, "Delivered"),
		text(st.tableHeadRight, "Read")); err != nil {
		return err
	}
	first := s.tab.Rows + 1
	layout := "2 Jan 15:04"
	switch {
	case width >= 24*time.Hour:
		layout = "2 Jan 2006"
	case reports.DayOf(moments[0].At) == reports.DayOf(moments[len(moments)-1].At):
		layout = "15:04"
	}
	for _, m := range moments {
		if err := s.line(0, false,
			text(st.rowText, m.At.Format(layout)), excelize.Cell{StyleID: st.rowText}, excelize.Cell{StyleID: st.rowCount, Value: m.Sent},
			excelize.Cell{StyleID: st.rowCount, Value: m.Delivered}, excelize.Cell{StyleID: st.rowCount, Value: m.Read}); err != nil {
			return err
		}
	}
	kind := excelize.Line
	if len(moments) < 4 {
		kind = excelize.Col // a line of one point is none
	}
	return s.chart("E", "Messages over time, per "+span(width), 596, &excelize.Chart{
		Type:   kind,
		Legend: excelize.ChartLegend{Position: "bottom"},
		XAxis:  excelize.ChartAxis{Font: excelize.Font{Size: 9, Color: quiet}, TickLabelSkip: max(1, len(moments)/8)},
		YAxis:  excelize.ChartAxis{MajorGridLines: true, Font: excelize.Font{Size: 9, Color: quiet}, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}},
		Series: []excelize.ChartSeries{
			s.series("C", first, quiet),
			s.series("D", first, blue),
			s.series("E", first, calm),
		},
	})
}

// series is one row of marks, over the rows from first to the last one written; its name stands above.
func (s charts) series(values string, first int, color string) excelize.ChartSeries {
	column := func(c string) string { return fmt.Sprintf("Summary!$%s$%d:$%s$%d", c, first, c, s.tab.Rows) }
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	return excelize.ChartSeries{
		Name: fmt.Sprintf("Summary!$%s$%d", values, first-1), Categories: column("A"), Values: column(values), Fill: fill,
		Line:   excelize.LineOptions{Width: 2, Fill: fill},
		Marker: excelize.ChartMarker{Symbol: "none"},
	}
}

// chart puts a chart of that width, in pixels, into the room that was kept.
func (s charts) chart(column, title string, width uint, c *excelize.Chart) error {
	c.Title = excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Family: "Calibri", Size: 11, Bold: true, Color: ink}}}}
	c.Dimension = excelize.ChartDimension{Width: width, Height: chartRows * 20}
	c.Border = excelize.LineOptions{Type: excelize.LineNone}
	c.Format = excelize.GraphicOptions{AltText: title, Positioning: "oneCell"}
	return s.file.AddChart("Summary", fmt.Sprintf("%s%d", column, s.chartsAt), c)
}

// span names a width of time.
func span(d time.Duration) string {
	switch {
	case d == 24*time.Hour:
		return "day"
	case d > 24*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d == time.Hour:
		return "hour"
	case d > time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d == time.Minute:
		return "minute"
	default:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
}
