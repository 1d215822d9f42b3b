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

	"github.com/klauspost/compress/zstd"
)

// csvText reads a file, unpacks it if its first bytes say so, and makes sure
// that it is text. Its errors do not repeat the path.
func csvText(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, plainError(err)
	}
	if info.IsDir() {
		return nil, errors.New("want a file, it is a folder")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, plainError(err)
	}
	unpacked, err := unpack(raw)
	if err != nil {
		return nil, err
	}
	return plainText(unpacked)
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
		raw, err = io.ReadAll(r)
	}
	if err != nil {
		return nil, fmt.Errorf("the compressed file cannot be unpacked: %w", err)
	}
	return raw, nil
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
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return nil, fmt.Errorf("want text, byte %d is NUL: the file is binary: %w", i, ErrCSV)
	}
	return b, nil
}
