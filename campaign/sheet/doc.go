// Package sheet reads recipient files: .xlsx and .xlsm; .csv, .tsv and .txt; .jsonl; the text ones also
// as .gz or .zst. It goes by a file's content, never by its name.
//
// # What a reader may rely on
//
// Every row that holds anything comes out once, in order, with its row number as in Excel, or the pass
// ends with an *Error: nothing is lost in silence. Memory does not grow with the file: it takes a few
// megabytes plus the widest row, and what is bigger (shared texts) goes to a temporary file whose every
// write is checked. A bad cell is a cell of kind Error or Formula; a row that cannot be cut into cells
// comes with a *campaign.RowError; what makes the whole file doubtful is an *Error.
//
// # Why not excelize's own rows
//
// Excelize opens the workbook: tabs, what is hidden, dates since 1904, styles. It is handed only those
// parts. Its streamed Rows are not used, for they lose things in silence: an XML error ends the rows as
// if the tab ended there, cell types are gone, a text reference that leads nowhere comes back as text,
// and with a full temporary disk cells come back blank. So the tab's cells and the shared texts are read
// by a scanner of our own, which is also several times faster.
//
// # Why not encoding/csv
//
// It skips blank lines, which are rows to Excel; it knows no line that ends in CR alone; and a quote that
// is never closed takes the rest of the file into one value, or, if it is lazy about quotes, joins rows
// without a word. Here such a quote costs the one row it stands in.
package sheet
