// Package template puts a row's values into texts: {{column | filter}}.
//
// A text is compiled once against the heading and then only read: it keeps nothing of a row, so any
// number of goroutines may fill it in and nothing of one row shows up in the next. Whatever cannot be
// said for certain rejects the row: an empty value, text where an amount is wanted, a date that may be
// the 5th of November or the 11th of May. Amounts are exact decimals and never pass through floating
// point.
//
// # The language
//
// Between {{ and }} stands a short name or a heading (in quotes if it holds | or }}), then filters, each
// after a |:
//
//	upper lower title trim   letters and blanks
//	default:"…"              instead of an empty value
//	rupiah                   an amount: Rp1.250.000, with two decimals if it has any
//	number:"#,##0.00"        a number, by Excel's pattern, with the marks of the campaign's language
//	date:"d mmmm yyyy"       a date, by Excel's pattern, with the campaign's month names
//	mask                     all but the first five and last two characters hidden
//	raw                      the value as stored, without its format
//
// Without a filter a cell reads as Excel shows it. In a filter's text, \" is a quote and \\ a backslash.
package template
