// Package repair is the workbook of a file's rejected rows: the uploader's columns unchanged, then Row and
// Problem, with the bad cells marked. Somebody mends the cells, and the rows are sent by their numbers.
package repair
