package cells

import "strings"

// CutMark ends a value that was too long for a cell.
const CutMark = "… [cut]"

const cellLimit = 32767 // UTF-16 units a cell holds

// Fit cuts v where a cell ends, visibly, and puts U+FFFD for bytes that are no UTF-8. (Control characters,
// which XML cannot hold, are excelize's to replace.)
func Fit(v string) (fitted string, cut bool) {
	if len(v) > cellLimit { // a UTF-16 unit is at least a byte
		units, last := 0, 0
		for i, c := range v {
			if units <= cellLimit-len(CutMark) {
				last = i
			}
			if units++; c > 0xffff {
				units++
			}
		}
		if cut = units > cellLimit; cut {
			v = v[:last] + CutMark
		}
	}
	return strings.ToValidUTF8(v, "\ufffd"), cut
}
