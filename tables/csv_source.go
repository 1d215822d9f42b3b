package tables

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// readText gives a file's text to use: unpacked if its first bytes say so, and
// checked to be text. What use keeps of the text it must copy. It may end by a
// panic while readers, goroutines of its own, still read. Errors do not repeat
// the path.
func readText(path string, use func(text []byte, readers *sync.WaitGroup) error) error {
	f, err := os.Open(path)
	if err != nil {
		return plainError(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return plainError(err)
	}
	if info.IsDir() {
		return errors.New("want a file, it is a folder")
	}
	raw, release, err := mapFile(f, info)
	if err != nil {
		return plainError(err)
	}
	var readers sync.WaitGroup
	returned := false
	defer func() {
		if returned {
			release()
			return
		}
		go func() {
			readers.Wait()
			release()
		}()
	}()
	err = onFault(func() error {
		unpacked, err := unpack(raw)
		if err != nil {
			return err
		}
		text, err := plainText(unpacked)
		if err != nil {
			return err
		}
		return use(text, &readers)
	})
	returned = true
	return err
}

// onFault runs f; reading a mapped file that another program cuts meanwhile is
// a fault, which becomes an error.
func onFault(f func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(old)
		switch p := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // runtime's own error for a fault
			err = errors.New("the file changed while it was read")
		default:
			panic(p)
		}
	}()
	return f()
}

// plainError drops the operation and the path, which the caller names.
func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func unpack(raw []byte) ([]byte, error) {
	var r io.Reader
	var err error
	switch {
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(bytes.NewReader(raw))
	case bytes.HasPrefix(raw, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var d *zstd.Decoder
		if d, err = zstd.NewReader(bytes.NewReader(raw)); err == nil {
			defer d.Close()
			r = d
		}
	case bytes.HasPrefix(raw, []byte("BZh")) && len(raw) > 10 && bytes.Equal(raw[4:10], []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}):
		r = bzip2.NewReader(bytes.NewReader(raw))
	default:
		return raw, nil
	}
	if err == nil {
		raw, err = io.ReadAll(polled{r})
	}
	if err != nil {
		return nil, fmt.Errorf("the compressed file cannot be unpacked: %w", err)
	}
	return raw, nil
}

// polled is a reader that asks for the interrupt.
type polled struct{ io.Reader }

// Read implements io.Reader.
func (r polled) Read(b []byte) (int, error) {
	interrupt.Check()
	return r.Reader.Read(b)
}

// indexByte is where c is in b, or -1; it asks for the interrupt.
func indexByte(b []byte, c byte) int {
	const piece = 1 << 20
	for lo := 0; lo < len(b); lo += piece {
		interrupt.Check()
		if i := bytes.IndexByte(b[lo:min(lo+piece, len(b))], c); i >= 0 {
			return lo + i
		}
	}
	return -1
}

// plainText drops a byte order mark and refuses what is no text.
func plainText(b []byte) ([]byte, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	switch {
	case len(bytes.TrimSpace(b[:min(len(b), 4096)])) == 0 && len(bytes.TrimSpace(b)) == 0:
		return nil, fmt.Errorf("the file is empty: %w", ErrCSV)
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return nil, fmt.Errorf("want UTF-8 text, the file is UTF-16: %w", ErrCSV)
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("want text, the file is a zip archive: %w", ErrCSV)
	}
	if i := indexByte(b, 0); i >= 0 {
		return nil, fmt.Errorf("want text, byte %d is NUL: the file is binary: %w", i, ErrCSV)
	}
	return b, nil
}
