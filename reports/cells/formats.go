package cells

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// Formats are the styles of the uploader's cells by their number formats, made as they are met.
type Formats struct {
	file    *excelize.File
	base    excelize.Style
	general int // the style of base alone
	ids     map[string]int
}

// formatLimit is how many number formats are kept; cells of more are General.
const formatLimit = 200

// NewFormats begins with none. All of them look like base.
func NewFormats(f *excelize.File, base excelize.Style) (*Formats, error) {
	general, err := f.NewStyle(&base)
	return &Formats{file: f, base: base, general: general, ids: make(map[string]int)}, err
}

// Style returns the id of the style for an Excel number format. It is General's if there are too many, or if
// excelize refuses it: a format that only the uploader's program knows.
func (f *Formats) Style(code string) int {
	if code == "" || strings.EqualFold(code, "General") {
		return f.general
	}
	id, ok := f.ids[code]
	if ok {
		return id
	}
	id = f.general
	if len(f.ids) < formatLimit {
		if own, err := f.file.NewStyle(f.with(code)); err == nil {
			id = own
		}
	}
	f.ids[code] = id
	return id
}

func (f *Formats) with(code string) *excelize.Style {
	s := f.base
	if code == AsText {
		s.NumFmt = 49
	} else {
		s.CustomNumFmt = &code
	}
	return &s
}
