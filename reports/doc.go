// Package reports turns histories into the lines of a report and counts them.
//
// Join makes one Line of one campaign.History; a Tally folds lines into totals, prices and problems.
// Both are pure: no clock, no disk. Package workbook writes what comes of them.
//
// # Money
//
// The unit of charge is message × channel (a Charge); a row's amount is the sum of its charges and a
// total is a sum of lines, all in int64 millionths. A price has at most six decimals and parts are whole,
// so that a charge is exact: the one rounding of a line is that of its price, when it is read.
//
// Why a sum proves anything: the tally counts every row along several ways (by verdict, by group, by
// charge, by problem) and Proof compares them with each other and with the rows of the file. A line that
// is missing, repeated or of a word nobody knows makes them differ, and the report says so.
package reports
