package tables

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	enc "encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

const (
	maxUnpacked = 1 << 28 // what may be unpacked from however few bytes
	maxRatio    = 1100    // beyond that, how many times a file's size; gzip reaches 1032
	maxWindow   = 1 << 29 // how far back zstd may refer
)

// unpack opens what the first bytes say is compressed or an archive of one
// file, or both, as in .tar.gz; anything else is given back.
func unpack(raw []byte) ([]byte, error) {
	const layers = 3
	for range layers {
		b, err := unpackOnce(raw)
		if err != nil {
			return nil, err
		}
		if b == nil {
			return raw, nil
		}
		raw = b
	}
	return nil, fmt.Errorf("the file is packed more than %d times: %w", layers, ErrCSV)
}

// unpackOnce gives nil for what is not packed.
func unpackOnce(raw []byte) ([]byte, error) {
	var r io.Reader
	var err error
	hint, src := 0, bytes.NewReader(raw)
	var left interface{ Len() int } = src
	switch {
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(src)
		if len(raw) > 18 {
			hint = int(enc.LittleEndian.Uint32(raw[len(raw)-4:]))
		}
	case bytes.HasPrefix(raw, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var d *zstd.Decoder
		shared := newSharedReader(src)
		left = shared
		if d, err = zstd.NewReader(shared, zstd.WithDecoderMaxWindow(maxWindow)); err == nil {
			defer d.Close()
			r = d
		}
	case bytes.HasPrefix(raw, []byte("BZh")) && len(raw) > 10 && bytes.Equal(raw[4:10], []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}):
		r = bzip2.NewReader(src)
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")), bytes.HasPrefix(raw, []byte("PK\x05\x06")):
		return unzip(raw)
	case isTar(raw):
		return untar(raw)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the compressed file cannot be unpacked: %w", err)
	}
	return readPacked(r, left, len(raw), hint)
}

// A sharedReader tells how many bytes are left while another goroutine reads, as
// that of a zstd decoder does.
type sharedReader struct {
	src  *bytes.Reader
	left atomic.Int64
}

func newSharedReader(src *bytes.Reader) *sharedReader {
	s := &sharedReader{src: src}
	s.left.Store(int64(src.Len()))
	return s
}

// Len is how many bytes are still to be read.
func (s *sharedReader) Len() int { return int(s.left.Load()) }

// Read implements io.Reader.
func (s *sharedReader) Read(p []byte) (int, error) {
	n, err := s.src.Read(p)
	s.left.Add(-int64(n))
	return n, err
}

// readPacked reads what has been packed into so many bytes, of which left, if it
// is not nil, tells how many are still to be read. hint is how many there are as
// a rule.
func readPacked(r io.Reader, left interface{ Len() int }, packed, hint int) ([]byte, error) {
	limit := max(maxUnpacked, maxRatio*packed)
	if hint <= 0 || hint > limit {
		hint = 1 << 16
	}
	b := uncleared[byte](hint + 1)[:0]
	m := startMeter("unpacking, bytes", packed)
	defer m.end()
	for {
		interrupt.Check()
		if len(b) == cap(b) {
			b = roomier(b, 1)
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if left != nil { // archives are in memory and mostly small
			m.add(packed - left.Len() - m.done)
		}
		switch {
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return nil, fmt.Errorf("the compressed file cannot be unpacked: %w", err)
		case len(b) > limit:
			return nil, fmt.Errorf("the compressed file cannot be unpacked: %d bytes become more than %d times as many: %w", packed, len(b)/max(packed, 1), ErrCSV)
		}
	}
}

// unzip gives the file of an archive that has one.
func unzip(raw []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fmt.Errorf("the zip archive cannot be read: %w", err)
	}
	var files []*zip.File
	var names []string
	for _, f := range z.File {
		if !f.FileInfo().IsDir() && isMember(f.Name) {
			files, names = append(files, f), append(names, f.Name)
		}
	}
	if err := oneMember("zip", names); err != nil {
		return nil, err
	}
	r, err := files[0].Open()
	if err != nil {
		return nil, fmt.Errorf("the zip archive cannot be read: %w", err)
	}
	defer r.Close()
	return readPacked(r, nil, len(raw), int(min(files[0].UncompressedSize64, 1<<40)))
}

// isTar looks for more than the mark, which text could have at that place.
func isTar(raw []byte) bool {
	if len(raw) < 262 || string(raw[257:262]) != "ustar" {
		return false
	}
	_, err := tar.NewReader(bytes.NewReader(raw)).Next()
	return err == nil
}

// untar is unzip for tar.
func untar(raw []byte) (file []byte, err error) {
	var names []string
	for r := tar.NewReader(bytes.NewReader(raw)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the tar archive cannot be read: %w", err)
		}
		if h.Typeflag != tar.TypeReg || !isMember(h.Name) {
			continue
		}
		if names = append(names, h.Name); len(names) == 1 {
			if file, err = readPacked(r, nil, len(raw), int(h.Size)); err != nil {
				return nil, err
			}
		}
	}
	return file, oneMember("tar", names)
}

// isMember tells data from what systems put beside them.
func isMember(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	return !strings.HasPrefix(name, "__MACOSX/") && !strings.HasPrefix(base, "._") && base != ".DS_Store"
}

func oneMember(kind string, names []string) error {
	if len(names) == 1 {
		return nil
	}
	list := ""
	if len(names) > 0 {
		list = ": " + nameList(names)
	}
	return fmt.Errorf("want a %s archive of one file, got one of %d%s: %w", kind, len(names), list, ErrCSV)
}
