// Package direct reads and writes sockets and pipes that do not block by bare
// system calls. The runtime is told of an ordinary call, and where nothing else
// runs it then wakes its monitor thread, which looks around every 20 µs for a
// while: a good part of what a small message costs. A call that cannot block
// needs no monitor.
//
// What computes after it does: the monitor alone takes a processor from a
// goroutine that does not wait, and asleep it stays so for up to a minute. Who
// lets such code run after a message calls [WakeMonitor].
//
// It is for small messages between processes that wait for one another. What
// blocks (a file, a terminal) is read and written as usual.
package direct

import (
	"io"
	"syscall"
)

// Reader returns r, read by bare calls where its descriptor does not block.
// One goroutine reads at a time.
func Reader(r io.Reader) io.Reader {
	if raw := open(r); raw != nil {
		s := &stream{wait: raw.Read}
		s.call = s.read
		return s
	}
	return r
}

// Writer returns w, written by bare calls where its descriptor does not
// block. One goroutine writes at a time.
func Writer(w io.Writer) io.Writer {
	if raw := open(w); raw != nil {
		s := &stream{wait: raw.Write}
		s.call = s.write
		return s
	}
	return w
}

// atMost is what one call moves: it holds a processor of the scheduler
// meanwhile.
const atMost = 64 << 10

// A stream is one direction of a descriptor.
type stream struct {
	wait func(func(fd uintptr) bool) error // until the descriptor is ready
	call func(fd uintptr) bool             // read or write, made once so that no call allocates
	buf  []byte
	n    int
	err  error
	full bool // the other side had to read before it went on
}

func (s *stream) read(fd uintptr) bool {
	s.n, s.err = read(fd, s.buf)
	return s.err != syscall.EAGAIN
}

func (s *stream) write(fd uintptr) bool {
	s.n, s.err = write(fd, s.buf)
	full := s.err == syscall.EAGAIN
	s.full = s.full || full
	return !full
}

func (s *stream) move(b []byte) (int, error) {
	s.buf = b[:min(len(b), atMost)]
	err := s.wait(s.call)
	s.buf = nil
	if err != nil {
		return 0, err
	}
	return max(s.n, 0), s.err
}

// Read reads what there is, waiting for the first byte.
func (s *stream) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	n, err := s.move(b)
	if n == 0 && err == nil {
		return 0, io.EOF
	}
	return n, err
}

// Write writes all of b.
func (s *stream) Write(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var m int
		m, err = s.move(b[n:])
		n += m
	}
	if s.full {
		s.full = false
		WakeMonitor()
	}
	return n, err
}

// WriteNow writes what the descriptor of raw takes without waiting, and returns
// how much. An error shows when the rest is written.
func WriteNow(raw syscall.RawConn, b []byte) (n int) {
	if raw != nil {
		raw.Write(func(fd uintptr) bool {
			n, _ = write(fd, b)
			return true
		})
	}
	return max(n, 0)
}

// Read reads what a descriptor that does not block has, or says EAGAIN.
func Read(fd uintptr, b []byte) (int, error) { return read(fd, b) }
