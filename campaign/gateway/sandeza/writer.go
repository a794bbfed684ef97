package sandeza

import (
	"fmt"

	"siaran/campaign/gateway"
)

// A writer puts a body together in JSON's grammar. Keys stay in the order in which they are written.
type writer struct {
	*gateway.Builder
	first bool // the next key is the first of its object
}

func (w *writer) object(members func()) {
	w.Raw("{")
	w.first = true
	members()
	w.Raw("}")
	w.first = false
}

func (w *writer) array(n int, element func(i int)) {
	w.Raw("[")
	for i := range n {
		if i > 0 {
			w.Raw(",")
		}
		element(i)
	}
	w.Raw("]")
}

func (w *writer) key(name string) {
	if !w.first {
		w.Raw(",")
	}
	w.first = false
	w.Raw(`"` + name + `":`)
}

// pair writes a string that is ours.
func (w *writer) pair(name, value string) {
	w.key(name)
	w.Raw(`"`)
	w.Const(value)
	w.Raw(`"`)
}

// slot writes a string that is filled in at every attempt.
func (w *writer) slot(name string, i int) {
	w.key(name)
	w.Raw(`"`)
	w.Slot(i)
	w.Raw(`"`)
}

// value writes a string of the campaign.
func (w *writer) value(name, where, text string, rules ...gateway.Rule) *gateway.Field {
	w.key(name)
	return w.String(where, text, rules...)
}

// message writes a free text of the campaign.
func (w *writer) message(name, where, text string, rules ...gateway.Rule) *gateway.Field {
	w.key(name)
	w.Raw(`"`)
	defer w.Raw(`"`)
	return w.Free(where, text, rules...)
}

func (w *writer) number(name, where, text string, lowest, highest float64) *gateway.Field {
	w.key(name)
	return w.Number(where, text, lowest, highest)
}

// integer writes a number that is ours.
func (w *writer) integer(name string, n int) {
	w.key(name)
	w.Raw(fmt.Sprint(n))
}

// problemf notes something that the campaign cannot do.
func (w *writer) problemf(format string, args ...any) { w.Problem(fmt.Errorf(format, args...)) }
