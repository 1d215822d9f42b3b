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
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/direct"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/comm"
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
	s := &server{conn: newConn(r, w), acks: make(chan struct{}, 1), inputs: map[uint64]chan message{}, groups: map[int]bool{}, cells: map[uint64]context.CancelFunc{}, comms: make(chan cell, 1)}
	out := &s.out
	for i, is := range []**os.File{&os.Stdout, &os.Stderr} {
		if out.standard[i], err = newStandard(is); err != nil {
			fmt.Fprintln(os.Stderr, "sheaf session:", err)
			return 1
		}
	}
	out.sync = func(origin uint64) { s.order(message{Kind: kindSync, Origin: origin}) }
	stderr := &stream{out, os.Stderr}
	log.SetOutput(stderr) // and whatever else writes to the standard logger
	s.session, err = start(interp.Config{
		Stdout: &stream{out, os.Stdout}, Stderr: stderr, Started: s.started, Fatal: outOfMemory,
		LimitOutput: func(n int64) { s.conn.send(message{Kind: kindLimit, Bytes: n}) },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "sheaf session:", err)
		return 1
	}
	show.Connect(s.session.Output())
	comm.Connect(s.sendComm)
	go s.handleComms()
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
	comms   chan cell // messages of the front end
	out     streams
	acks    chan struct{}
	ordered sync.Mutex // one unanswered sync, display or clear at a time

	mu     sync.Mutex
	cells  map[uint64]context.CancelFunc // of those that run
	leave  context.CancelFunc            // of the comm handler that runs
	linked bool                          // the front end has comms
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
	turns  uint64 // of the streams, when it came
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
		direct.WakeMonitor() // for what runs now, perhaps on all processors and without a wait
		switch m.Kind {
		case kindExecute:
			ctx, cancel := context.WithCancel(context.Background())
			s.mu.Lock()
			s.cells[m.ID], s.linked = cancel, m.OK
			s.mu.Unlock()
			go s.execute(cell{m, ctx, cancel, s.out.turns.Load()})
		case kindInterrupt:
			s.interrupt(m)
		case kindComm:
			ctx, cancel := context.WithCancel(context.Background())
			s.comms <- cell{m, ctx, cancel, 0}
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
		case kindLimit:
			s.session.SetOutputLimit(m.Bytes)
		case kindColours:
			s.session.SetColour(m.Colours.Colour)
		case kindComplete, kindInspect:
			go s.answer(m)
		}
		// The next read keeps this processor for some milliseconds unless others
		// ask for it; what has been woken for the message goes first.
		runtime.Gosched()
	}
}

// interrupt cancels a cell, or the comm handler that runs.
func (s *server) interrupt(m message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cancel := s.cells[m.ID]
	if m.OK {
		cancel = s.leave
	}
	if cancel != nil {
		cancel()
	}
}

// handleComms hands messages of the front end to their handlers, one after
// another, also while a cell runs.
func (s *server) handleComms() {
	for c := range s.comms {
		s.mu.Lock()
		s.leave, s.linked = c.cancel, true
		s.mu.Unlock()
		title := "a comm's handler"
		if c.Comm.Target != "" {
			title = "the handler of comms for " + strconv.Quote(c.Comm.Target)
		}
		s.session.Beside(c.ctx, title, sink{s, c.ID}, func() { comm.Deliver(c.Comm) })
		c.cancel()
		s.conn.send(message{Kind: kindComm, ID: c.ID})
	}
}

// sendComm passes a comm's message on to the front end.
func (s *server) sendComm(m show.Comm) error {
	s.mu.Lock()
	linked := s.linked
	s.mu.Unlock()
	if !linked {
		return comm.ErrNoFrontEnd
	}
	return s.conn.send(message{Kind: kindSend, Comm: m, Origin: s.out.writer()})
}

// execute runs a cell.
func (s *server) execute(c cell) {
	growStack()
	s.out.begin(c)
	res := s.session.Execute(c.ctx, c.Cell, sink{s, c.ID})
	c.cancel()
	reply := message{Kind: kindExecute, ID: c.ID, Result: res}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cells, c.ID)
	if names := s.session.Variables(); !slices.Equal(names, s.names) {
		s.names, reply.Named, reply.Names = names, true, names
	}
	reply.OK = interp.Lingering() || len(s.cells) > 0
	s.conn.send(reply)
}

// growStack gives the goroutine at once the stack that parsing and checking a
// cell take: growing to it step by step copies it each time.
//
//go:noinline
func growStack() {
	var b [32 << 10]byte
	runtime.KeepAlive(&b)
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
	if err := s.conn.send(message{Kind: kindInput, ID: id, Origin: s.cell, Source: prompt, OK: password}); err != nil {
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
	mu       sync.Mutex
	standard [2]*standard
	last     *os.File
	running  uint64        // the cell that runs or ran last
	origin   uint64        // the cell that is written for
	turns    atomic.Uint64 // counts the beginnings and the ends of turns
	sync     func(origin uint64)
}

// begin makes a cell the one that runs. The client has made it the one that is
// written for, unless others might have been writing, or have made it another.
func (a *streams) begin(c cell) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range a.standard {
		d.mend()
	}
	if !c.Turned || c.turns%2 == 1 || c.turns != a.turns.Load() {
		a.to(c.ID)
	}
	a.running, a.origin, a.last = c.ID, c.ID, nil
}

// to has what was written delivered, and what comes next taken for cell's. a.mu
// is held.
func (a *streams) to(cell uint64) {
	a.turns.Add(1)
	a.sync(cell)
	a.turns.Add(1)
}

// turn makes f and the cell that the goroutine comes from those that are
// written to. a.mu is held.
func (a *streams) turn(f *os.File) {
	cell := a.owner()
	if a.origin != cell || a.last != f && a.last != nil {
		a.to(cell)
	}
	a.last, a.origin = f, cell
}

// owner is the cell that the running goroutine comes from. a.mu is held.
func (a *streams) owner() uint64 {
	if s, ok := interp.Owner().(sink); ok {
		return s.cell
	}
	return a.running
}

func (a *streams) writer() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.owner()
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
