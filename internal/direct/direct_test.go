package direct

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// What is larger than a pipe and than a call goes through whole, and the end of
// the stream is io.EOF.
func TestPipe(t *testing.T) {
	r, w := pipe(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	go func() {
		if n, err := Writer(w).Write(want); n != len(want) || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
		w.Close()
	}()
	got, err := io.ReadAll(Reader(r))
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("read %d bytes of %d, %v", len(got), len(want), err)
	}
}

func TestClosed(t *testing.T) {
	r, w := pipe(t)
	in := Reader(r)
	go func() {
		time.Sleep(10 * time.Millisecond)
		r.Close()
	}()
	if n, err := in.Read(make([]byte, 8)); n != 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("reading a pipe that is closed meanwhile: %d, %v", n, err)
	}
	if n, err := Writer(w).Write([]byte("x")); err == nil || runtime.GOOS == "linux" && !strings.Contains(err.Error(), "broken pipe") {
		t.Errorf("writing to nobody: %d, %v", n, err)
	}
}

func TestDeadline(t *testing.T) {
	a, b := socket(t)
	defer b.Close()
	in := Reader(a)
	a.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	if _, err := in.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
}

// What may block keeps its own Read and Write.
func TestBlocks(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if Writer(f) != io.Writer(f) || Reader(f) != io.Reader(f) {
		t.Error("a file is read or written directly")
	}
	s := strings.NewReader("text")
	if Reader(s) != io.Reader(s) {
		t.Error("a reader without a descriptor has changed")
	}
}

func TestAllocs(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux reads and writes directly")
	}
	r, w := pipe(t)
	in, out, b := Reader(r), Writer(w), make([]byte, 100)
	if n := testing.AllocsPerRun(100, func() {
		out.Write(b)
		in.Read(b)
	}); n != 0 {
		t.Errorf("%v allocations for a message", n)
	}
}

func TestWriteNow(t *testing.T) {
	r, w := pipe(t)
	raw, err := w.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for n := 1; n > 0; sum += n {
		n = WriteNow(raw, make([]byte, 1<<16))
	}
	if got, _ := io.ReadFull(r, make([]byte, sum)); got != sum || sum == 0 {
		t.Errorf("of %d bytes that a full pipe took %d can be read", sum, got)
	}
	if WriteNow(nil, []byte("x")) != 0 {
		t.Error("wrote to nothing")
	}
}

func socket(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if b, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a, b
}
