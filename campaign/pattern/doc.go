// Package pattern reads Excel's number and date patterns (#,##0.00, d mmmm yyyy) and writes exact decimals
// and times by them, as Excel shows them. No amount passes through floating point on the way.
package pattern
