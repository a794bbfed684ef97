package sheet

import (
	"context"
	"time"
)

// Bytes are a recipient file's bytes, read once for their digest and not looked into yet. Open or Close them.
type Bytes struct {
	src      *source
	settings Settings
}

// Read opens a file and reads its bytes. The error is an *Error, or ctx's.
func Read(ctx context.Context, s Settings) (*Bytes, error) {
	s.Limits = s.Limits.withDefaults()
	switch {
	case s.Name != "":
	case s.Path == "-":
		s.Name = "standard input"
	default:
		s.Name = s.Path
	}
	src, err := openSource(ctx, s)
	if err != nil {
		return nil, named(err, s.Name, "")
	}
	return &Bytes{src: src, settings: s}, nil
}

// Digest returns the SHA-256 of the bytes, in hexadecimal.
func (b *Bytes) Digest() string { return b.src.digest }

// Changed returns when the file was last changed; now for standard input.
func (b *Bytes) Changed() time.Time { return b.src.changed }

// Open finds out the file's format by its content, and reads its heading. The error is an *Error. It takes the
// bytes over: they are closed with the File, or with the error.
func (b *Bytes) Open() (*File, error) {
	f, err := open(b.src, b.settings)
	if err != nil {
		return nil, named(err, b.settings.Name, "")
	}
	return f, nil
}

// Close closes the file and removes what was kept of it.
func (b *Bytes) Close() error { return b.src.close() }
