package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Serve is the life of a worker process: it runs a session made by start and
// serves the process that spawned it, until that one closes the pipe or dies.
// It returns the exit status.
func Serve(start func(interp.Config) (*interp.Session, error)) int {
	restoreTraceback()
	os.Args = []string{"sheaf"} // of the cells
	r, w, err := inherited()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sheaf session: it is started by sheaf itself, not by hand:", err)
		return 2
	}
	ignoreInterrupts()
	s := &server{conn: newConn(r, w), acks: make(chan struct{}, 1), inputs: map[uint64]chan message{}, groups: map[int]bool{}, cells: make(chan cell, 16)}
	out := &s.out
	out.sync = func(origin uint64) { s.order(message{Kind: kindSync, Origin: origin}) }
	stderr := &stream{out, os.Stderr}
	log.SetOutput(stderr) // and whatever else writes to the standard logger
	s.session, err = start(interp.Config{
		Stdout: &stream{out, os.Stdout}, Stderr: stderr, Started: s.started, Fatal: outOfMemory,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "sheaf session:", err)
		return 1
	}
	show.Connect(s.session.Output())
	go s.execute()
	code := s.read()
	s.mu.Lock()
	endGroups(s.groups)
	s.mu.Unlock()
	endGroup()
	return code
}

// outOfMemory ends the process with the last words of one that ran out.
func outOfMemory(why string) {
	fmt.Fprintln(os.Stderr, "fatal error:", why)
	os.Exit(2)
}

const (
	traceEnv = "GOTRACEBACK"
	traceWas = "SHEAF_GOTRACEBACK="
)

// restoreTraceback gives programs that cells start the setting that the user
// had; this process has read its own.
func restoreTraceback() {
	name := strings.TrimSuffix(traceWas, "=")
	if was := os.Getenv(name); was != "" {
		os.Setenv(traceEnv, was)
	} else {
		os.Unsetenv(traceEnv)
	}
	os.Unsetenv(name)
}

type server struct {
	conn    *conn
	session *interp.Session
	cells   chan cell
	out     streams
	acks    chan struct{}
	ordered sync.Mutex // one unanswered sync, display or clear at a time

	mu     sync.Mutex
	cancel context.CancelFunc // of the cell that came last
	lastID uint64
	inputs map[uint64]chan message // questions that wait for their answer
	groups map[int]bool            // process groups that commands have started
	names  []string                // variables that the client knows of
}

// A cell is to be executed; cancelling its context interrupts it, also while
// it waits.
type cell struct {
	message
	ctx    context.Context
	cancel context.CancelFunc
}

// read takes requests until the pipe ends.
func (s *server) read() int {
	for {
		m, err := s.conn.receive()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return 0
			}
			return 1
		}
		switch m.Kind {
		case kindExecute:
			ctx, cancel := context.WithCancel(context.Background())
			s.mu.Lock()
			s.cancel = cancel
			s.mu.Unlock()
			s.cells <- cell{m, ctx, cancel}
		case kindInterrupt:
			s.mu.Lock()
			if s.cancel != nil {
				s.cancel()
			}
			s.mu.Unlock()
		case kindAck:
			s.acks <- struct{}{}
		case kindInput:
			s.mu.Lock()
			answer := s.inputs[m.ID]
			delete(s.inputs, m.ID)
			s.mu.Unlock()
			if answer != nil { // else its cell was interrupted
				answer <- m
			}
		case kindRecall:
			s.session.Recall(m.Past)
		case kindComplete, kindInspect:
			go s.answer(m)
		}
		// The next read keeps this processor for some milliseconds unless others
		// ask for it; what has been woken for the message goes first.
		runtime.Gosched()
	}
}

// execute runs cells one after another.
func (s *server) execute() {
	for c := range s.cells {
		s.out.begin(c.ID)
		res := s.session.Execute(c.ctx, c.Cell, sink{s, c.ID})
		c.cancel()
		reply := message{Kind: kindExecute, ID: c.ID, Result: res}
		if names := s.session.Variables(); !slices.Equal(names, s.names) {
			s.names, reply.Named, reply.Names = names, true, names
		}
		reply.OK = s.out.settle()
		s.conn.send(reply)
	}
}

// started notes a process group that a command has started, here and with the
// client: it ends with the worker, whichever of the two is there to see to it.
func (s *server) started(pid int) (ended func()) {
	note := func(alive bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if alive {
			s.groups[pid] = true
		} else {
			delete(s.groups, pid)
		}
		s.conn.send(message{Kind: kindGroup, ID: uint64(pid), OK: alive})
	}
	note(true)
	return func() { note(false) }
}

func (s *server) answer(m message) {
	reply := message{Kind: m.Kind, ID: m.ID}
	defer func() {
		if r := recover(); r != nil {
			reply = message{Kind: m.Kind, ID: m.ID}
		}
		s.conn.send(reply)
	}()
	switch m.Kind {
	case kindComplete:
		reply.Completions = s.session.Complete(m.Source, m.Offset)
	case kindInspect:
		reply.Bundle, reply.OK = s.session.Inspect(m.Source, m.Offset, m.Detail)
	}
}

// order sends an event that has to keep its place among what is printed: the
// other side delivers what the pipes hold before it, and answers.
func (s *server) order(m message) {
	s.ordered.Lock()
	defer s.ordered.Unlock()
	if s.conn.send(m) == nil {
		<-s.acks
	}
}

// sink is the server as a cell's show.Sink.
type sink struct {
	*server
	cell uint64
}

var _ show.Sink = sink{}

// Stream implements show.Sink.
func (s sink) Stream(name, text string) {
	f := os.Stdout
	if name == "stderr" {
		f = os.Stderr
	}
	io.WriteString(f, text)
}

// Display implements show.Sink.
func (s sink) Display(d show.Display) {
	s.order(message{Kind: kindDisplay, Origin: s.cell, Display: d})
}

// Clear implements show.Sink.
func (s sink) Clear(wait bool) {
	s.order(message{Kind: kindClear, Origin: s.cell, OK: wait})
}

// Input implements show.Sink.
func (s sink) Input(ctx context.Context, prompt string, password bool) (string, error) {
	answer := make(chan message, 1)
	s.mu.Lock()
	s.lastID++
	id := s.lastID
	s.inputs[id] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.inputs, id)
		s.mu.Unlock()
	}()
	if err := s.conn.send(message{Kind: kindInput, ID: id, Source: prompt, OK: password}); err != nil {
		return "", err
	}
	select {
	case m := <-answer:
		if !m.OK {
			return "", errors.New(m.Source)
		}
		return m.Source, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// streams keeps the order between standard output and standard error, which
// are two pipes, and between cells, whose goroutines may outlive them: whoever
// writes to another stream than the last one, or for another cell, waits until
// what was written before has been delivered.
type streams struct {
	mu      sync.Mutex
	last    *os.File
	running uint64 // the cell that runs or ran last
	origin  uint64 // the cell that is written for
	lingers bool   // goroutines of cells that have ended may write
	sync    func(origin uint64)
}

// begin makes cell the one that runs. The client does so by itself unless it
// has been told that others may write.
func (a *streams) begin(cell uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lingers {
		a.sync(cell)
	}
	a.running, a.origin, a.last = cell, cell, nil
}

// settle reports, at the end of a cell, whether goroutines may go on writing.
func (a *streams) settle() (lingers bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lingers = interp.Lingering()
	return a.lingers
}

// turn makes f and the cell that the goroutine comes from those that are
// written to. a.mu is held.
func (a *streams) turn(f *os.File) {
	cell := a.running
	if s, ok := interp.Owner().(sink); ok {
		cell = s.cell
	}
	if a.origin != cell || a.last != f && a.last != nil {
		a.sync(cell)
	}
	a.last, a.origin = f, cell
}

type stream struct {
	all *streams
	f   *os.File
}

// Write implements io.Writer.
func (w *stream) Write(p []byte) (int, error) {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	w.all.turn(w.f)
	return w.f.Write(p)
}
