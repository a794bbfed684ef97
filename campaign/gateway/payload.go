package gateway

import (
	"errors"
	"sync"

	"siaran/campaign"
	"siaran/campaign/template"
)

// A Payload is a request body, compiled: what is the same for every row is one piece of bytes, what the
// rows differ in is a hole. Rendering is copying and escaping; nothing of a row outlives it. Its methods
// may be called from several goroutines.
type Payload struct {
	parts   []part
	fields  []*Field // those to be checked for every row
	scratch sync.Pool
}

// A part is a literal, then a hole (none in the last part).
type part struct {
	literal string
	field   *Field
	slot    int // if field is nil: index of what the gateway fills in, or none
}

const none = -1

// Append appends the body for row. slots are what the gateway fills in at every attempt (its signature,
// the ref_id, the addresses), by the numbers that it gave to Builder.Slot. An error is a
// *campaign.RowError.
func (p *Payload) Append(dst []byte, row campaign.Row, slots []string) ([]byte, error) {
	var err error
	for i := range p.parts {
		pt := &p.parts[i]
		dst = append(dst, pt.literal...)
		start := len(dst)
		switch {
		case pt.field != nil:
			if dst, err = pt.field.Append(dst, row); err != nil {
				return dst[:start], err
			}
		case pt.slot != none:
			dst = append(dst, slots[pt.slot]...)
		}
		dst = escapeTail(dst, start)
	}
	return dst, nil
}

// Check renders every value of row and holds it against its rules. It returns the value of asked, one of the
// fields or nil, which is rendered anyway. An error is a *campaign.RowError, the first thing wrong.
func (p *Payload) Check(row campaign.Row, asked *Field) (value string, err error) {
	buf := p.buffer()
	defer p.scratch.Put(buf)
	if asked != nil {
		value, _ = asked.Static()
	}
	for _, f := range p.fields {
		if *buf, err = f.Check(row, *buf); err != nil {
			return "", err
		}
		if f == asked {
			value = string(*buf)
		}
	}
	return value, nil
}

func (p *Payload) buffer() *[]byte {
	if b, ok := p.scratch.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 0, 1024)
	return &b
}

// A Builder puts a Payload together. It gathers every error, so that a person sees all that is wrong
// with a campaign at once.
type Builder struct {
	settings template.Settings
	literal  []byte
	parts    []part
	fields   []*Field
	errs     []error
}

// NewBuilder starts an empty body of texts compiled by s.
func NewBuilder(s template.Settings) *Builder { return &Builder{settings: s} }

// Raw adds JSON as it stands.
func (b *Builder) Raw(json string) { b.literal = append(b.literal, json...) }

// Const adds text as the inside of a JSON string, without the quotes.
func (b *Builder) Const(text string) {
	start := len(b.literal)
	b.literal = escapeTail(append(b.literal, text...), start)
}

// Slot adds, as the inside of a JSON string, what Append gets as slots[i].
func (b *Builder) Slot(i int) { b.hole(part{slot: i}) }

// Value adds a value of the campaign as the inside of a JSON string, and returns it. where names the
// place for people.
func (b *Builder) Value(where, text string, rules ...Rule) *Field {
	f := &Field{where: where, rules: rules}
	b.add(f, text)
	return f
}

// Free adds a free text, in which every kind of line end becomes a line feed.
func (b *Builder) Free(where, text string, rules ...Rule) *Field {
	f := &Field{where: where, rules: rules, lines: true}
	b.add(f, text)
	return f
}

// String adds a value with its quotes.
func (b *Builder) String(where, text string, rules ...Rule) *Field {
	b.Raw(`"`)
	defer b.Raw(`"`)
	return b.Value(where, text, rules...)
}

// Number adds a value as a JSON number between lowest and highest.
func (b *Builder) Number(where, text string, lowest, highest float64) *Field {
	return b.Value(where, text, Decimal(lowest, highest))
}

func (b *Builder) add(f *Field, text string) {
	if err := f.compile(b.settings, text); err != nil {
		b.errs = append(b.errs, err)
		return
	}
	if static, ok := f.Static(); ok {
		b.Const(static)
		return
	}
	b.fields = append(b.fields, f)
	b.hole(part{field: f, slot: none})
}

func (b *Builder) hole(p part) {
	p.literal = string(b.literal)
	b.literal = b.literal[:0]
	b.parts = append(b.parts, p)
}

// Problem notes something wrong with the campaign; nil is nothing.
func (b *Builder) Problem(err error) {
	if err != nil {
		b.errs = append(b.errs, err)
	}
}

// Build returns the body, or everything that is wrong with it, an error a line.
func (b *Builder) Build() (*Payload, error) {
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	b.hole(part{slot: none})
	return &Payload{parts: b.parts, fields: b.fields}, nil
}
