package tensor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"strings"
)

// ErrFormat is what errors.Is finds in the error about a file that is not what
// its format wants: cut short, contradictory, or of another format. Elements
// of types that no tensor has are errors.ErrUnsupported instead.
var ErrFormat = errors.New("tensor: malformed file")

// malformedError says ErrFormat of an error without repeating its text.
type malformedError struct{ error }

// Is reports whether the error is of the kind that target names.
func (e malformedError) Is(target error) bool { return target == ErrFormat }

// Unwrap is what went wrong.
func (e malformedError) Unwrap() error { return e.error }

func malformed(format string, args ...any) error {
	return malformedError{fmt.Errorf(format, args...)}
}

// unsupportedError says errors.ErrUnsupported of an error likewise.
type unsupportedError struct{ error }

// Is reports whether the error is of the kind that target names.
func (e unsupportedError) Is(target error) bool { return target == errors.ErrUnsupported }

func unsupported(format string, args ...any) error {
	return unsupportedError{fmt.Errorf(format, args...)}
}

// maxAxes is how many axes a file may give an array, as in NumPy.
const maxAxes = 64

// fileShape is the number of elements of a shape that a file claims.
func fileShape(shape []int) (int, error) {
	if len(shape) > maxAxes {
		return 0, malformed("%d axes; want at most %d", len(shape), maxAxes)
	}
	n, err := elementCount(shape)
	if err != nil {
		return 0, malformedError{err}
	}
	return n, nil
}

// A source reads what may claim more than it holds.
type source struct {
	r    io.Reader
	left int64 // bytes that should still be there, -1 where nobody knows
	sure bool  // that there are as many as left
}

// newSource finds out how much there is to read where r can tell.
func newSource(r io.Reader) *source {
	s := &source{r: r, left: -1}
	switch r := r.(type) {
	case *bytes.Reader:
		s.left, s.sure = int64(r.Len()), true
	case *strings.Reader:
		s.left, s.sure = int64(r.Len()), true
	case *os.File:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			if at, err := r.Seek(0, io.SeekCurrent); err == nil {
				s.left, s.sure = max(info.Size()-at, 0), true
			}
		}
	}
	return s
}

// fill reads all of b, which is some of what.
func (s *source) fill(b []byte, what string) error {
	n, err := io.ReadFull(s.r, b)
	if s.left >= 0 {
		s.left = max(s.left-int64(n), 0)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return malformed("ends inside %s: %w", what, io.ErrUnexpectedEOF)
	}
	return err
}

// atEnd fails when there is more to read.
func (s *source) atEnd(what string) error {
	var b [1]byte
	switch n, err := io.ReadFull(s.r, b[:]); {
	case n > 0:
		return malformed("goes on after %s", what)
	case err != io.EOF:
		return err
	}
	return nil
}

// firstBytes is how much memory elements get before any of them was read,
// where it is not sure how many there are.
const firstBytes = 1 << 20

// take reads n elements in the byte order. Memory for more than the source has
// is never asked for: where that is not sure, it grows with what was read.
func (s *source) take(d DType, n int, order binary.ByteOrder) (store, error) {
	want, now := int64(n)*int64(d.Size()), n
	if s.left >= 0 && want > s.left {
		return nil, malformed("%d elements of %v take %d bytes, but %d follow: %w", n, d, want, s.left, io.ErrUnexpectedEOF)
	}
	if !s.sure {
		now = min(n, firstBytes/d.Size())
	}
	out, done := newStore(d, now, true), 0
	for {
		b := out.bytes()
		if err := s.fill(b[done:], "the elements"); err != nil {
			return nil, err
		}
		if now == n {
			break
		}
		done, now = len(b), now+min(now, n-now)
		more := newStore(d, now, true)
		copy(more.bytes(), b)
		out = more
	}
	tidy(out, order)
	return out, nil
}

// tidy turns elements as they lay in a file into ones of this machine.
func tidy(s store, order binary.ByteOrder) {
	b := s.bytes()
	if s.dtype() == Bool {
		unitBytes(b)
	}
	if isBig(order) != isBig(binary.NativeEndian) {
		swapBytes(b, s.dtype().Size())
	}
}

// unitBytes makes every byte over 1, which Go's bools must not be, a 1. Few
// files have any.
func unitBytes(b []byte) {
	const over = 0xfefefefefefefefe
	for i := 0; i < len(b); i += 8 {
		if i+8 <= len(b) && binary.NativeEndian.Uint64(b[i:])&over == 0 {
			continue
		}
		for j, v := range b[i:min(i+8, len(b))] {
			if v > 1 {
				b[i+j] = 1
			}
		}
	}
}

func isBig(order binary.ByteOrder) bool { return order.Uint16([]byte{1, 0}) != 1 }

// swapBytes reverses the bytes of every element.
func swapBytes(b []byte, size int) {
	order := binary.NativeEndian
	switch size {
	case 2:
		for ; len(b) >= 2; b = b[2:] {
			order.PutUint16(b, bits.ReverseBytes16(order.Uint16(b)))
		}
	case 4:
		for ; len(b) >= 4; b = b[4:] {
			order.PutUint32(b, bits.ReverseBytes32(order.Uint32(b)))
		}
	case 8:
		for ; len(b) >= 8; b = b[8:] {
			order.PutUint64(b, bits.ReverseBytes64(order.Uint64(b)))
		}
	}
}

// memory is the elements in the memory order of the layout and the given byte
// order: the tensor's own bytes where they lie so, else a copy.
func (t *Tensor) memory(layout Layout, order binary.ByteOrder) []byte {
	if t.Len() == 0 {
		return nil
	}
	shared := t.dense(layout)
	if !shared {
		t = t.copyTo(layout)
	}
	size := t.DType().Size()
	b := t.data.bytes()[t.off*size : (t.off+t.Len())*size]
	if isBig(order) != isBig(binary.NativeEndian) {
		if shared {
			b = append([]byte(nil), b...)
		}
		swapBytes(b, size)
	}
	return b
}

// writable is why a tensor cannot be written, if so.
func writable(t *Tensor) error {
	switch {
	case t == nil:
		return errors.New("a nil tensor")
	case t.err != nil:
		return fmt.Errorf("a failed tensor: %w", t.err)
	case t.NDim() > maxAxes:
		return fmt.Errorf("%d axes; want at most %d", t.NDim(), maxAxes)
	}
	return nil
}

// load opens a file for read, and names the file in what goes wrong.
func load(format, path string, read func(*os.File) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("tensor: %s: %w", format, err)
	}
	defer f.Close() // only read
	if err := read(f); err != nil {
		return fmt.Errorf("tensor: %s: %s: %w", format, path, err)
	}
	return nil
}
