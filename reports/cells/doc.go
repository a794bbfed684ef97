// Package cells is what every Excel workbook of ours is written with: values, number formats, tabs and the
// archive. It knows cells, and nothing of what a workbook is about.
//
// # Why it is made the way it is
//
// excelize's StreamWriter keeps rows in a temporary file and writes what stands before and after them at
// fixed moments: sheet properties when the stream is made, columns and panes at the first row, filter,
// page set-up and charts at Flush; what comes later is dropped without an error. So a tab's steps have one
// order, which type Tab holds: properties, widths, rows, finish. All streams stay open until the tabs are
// in their final order, because filters and print titles name a tab by its place.
package cells
