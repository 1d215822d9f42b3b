package tables

import (
	"bytes"
	enc "encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
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
	defer func() {
		go func() { // which takes the system some milliseconds for a large file
			readers.Wait()
			release()
		}()
	}()
	return onFault(func() error {
		text, err := textOf(raw)
		if err != nil {
			return err
		}
		return use(text, &readers)
	})
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
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}

// textOf is the text in what a file or a stream holds: unpacked, UTF-8, and
// without a byte order mark.
func textOf(raw []byte) ([]byte, error) {
	b, err := unpack(raw)
	if err != nil {
		return nil, err
	}
	return plainText(b)
}

// plainText drops a byte order mark, decodes UTF-16 that has one, and refuses
// what is no text. NUL bytes further down are found as the text is read.
func plainText(b []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return fromUTF16(b[2:], enc.LittleEndian)
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return fromUTF16(b[2:], enc.BigEndian)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(b[:min(len(b), 4096)])) == 0 && len(bytes.TrimSpace(b)) == 0 {
		return nil, fmt.Errorf("the file is empty: %w", ErrCSV)
	}
	if i := bytes.IndexByte(b[:min(len(b), 4096)], 0); i >= 0 {
		return nil, fmt.Errorf("want text, byte %d is NUL: the file is binary: %w", i, ErrCSV)
	}
	return b, nil
}

// fromUTF16 makes UTF-8 of UTF-16.
func fromUTF16(b []byte, order enc.ByteOrder) ([]byte, error) {
	out := uncleared[byte](len(b)/2*3 + utf8.UTFMax)[:0] // three bytes for two at most
	for i := 0; i+1 < len(b); i += 2 {
		poll(i)
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(b) {
				low = rune(order.Uint16(b[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return nil, fmt.Errorf("want UTF-16 text, byte %d is half of a character: %w", i+2, ErrCSV)
			}
			i += 2
		}
		out = utf8.AppendRune(out, r)
	}
	if len(b)%2 != 0 {
		return nil, fmt.Errorf("want UTF-16 text, got an odd number of bytes: %w", ErrCSV)
	}
	return plainText(out)
}
