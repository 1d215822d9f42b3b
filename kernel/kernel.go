// Package kernel speaks the Jupyter messaging protocol, version 5.5, for one
// session of an [Engine].
//
// It owns the five sockets, the signatures, the order of events and the
// execution counter. It knows nothing of Go: what a cell means, how it
// completes and what it prints is the engine's business. It is the protocol
// side only, and never runs a person's code in its own process.
//
// Whom waits for whom:
//
//   - Executions of a subshell run one after the other, in the order of their
//     arrival; those of different subshells run side by side.
//   - Complete, inspect and is_complete are answered in the order of their
//     arrival on a goroutine of their own for each subshell; a running cell does
//     not hold them up.
//   - Messages of comms likewise.
//   - Everything else on shell is answered at once by the goroutine that reads
//     it, because it needs neither the engine nor the network.
//   - Control and heartbeat have goroutines of their own.
package kernel

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// An Engine evaluates cells and answers questions about source text. All
// offsets are byte offsets.
type Engine interface {
	// Execute runs one cell. It may be called while others run, once for each
	// subshell. Cancelling ctx interrupts the cell.
	Execute(ctx context.Context, c show.Cell, sink show.Sink) show.Result
	// Complete proposes text for offset. It may be called during Execute.
	Complete(ctx context.Context, source string, offset int) show.Completions
	// Inspect documents what stands at offset; detail is 0 or 1. It may be
	// called during Execute.
	Inspect(ctx context.Context, source string, offset, detail int) (show.Bundle, bool)
	// Comm hands a message of a comm to its handler and returns when that has.
	// It is called for one message at a time, also during Execute; what the
	// handler shows goes to sink. A comm that nobody wants is closed by way of
	// sink. Cancelling ctx interrupts the handler.
	Comm(ctx context.Context, m show.Comm, sink show.Sink)
	// Completeness says whether source can be run as it stands.
	Completeness(source string) show.Completeness
	// Interrupt is called when a cell goes on whose ctx has been cancelled: it
	// ends such cells by any means.
	Interrupt()
	// Close ends the session, also while a cell runs.
	Close() error
}

// Options describe the kernel to its clients. The zero value is usable.
type Options struct {
	Name     string    // implementation's name; "" is "sheaf"
	Version  string    // implementation's version; "" is "0"
	Banner   string    // what consoles show at the start; "" is name and version
	Language string    // version of Go that cells are written in; "" is the running one
	Links    []Link    // help links, shown in front ends' Help menu
	History  History   // where executed cells are kept; nil is in memory
	Debug    bool      // log what is dropped and refused
	Log      io.Writer // where Debug logs to; nil is standard error
}

// A Link is an entry of a front end's Help menu.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// How long an ending kernel waits for the engine, and for clients to take
// what was written to them.
const (
	closeLimit = 2 * time.Second
	flushLimit = time.Second
)

// Run serves clients on the ports that the connection file names until one of
// them asks for a shutdown, ctx ends, the parent process ends, or the process
// is told to terminate. It closes e before it returns.
func Run(ctx context.Context, connectionFile string, e Engine, opts Options) error {
	conn, err := readConnection(connectionFile)
	if err != nil {
		e.Close()
		return err
	}
	k := newKernel(ctx, conn, e, opts)
	defer k.cancel()
	if err := k.listen(); err != nil {
		e.Close()
		k.closeSockets()
		return err
	}
	k.serve()
	return nil
}

// A kernel is one running kernel.
type kernel struct {
	ctx    context.Context // ends when the kernel should
	cancel context.CancelFunc
	conn   connection
	engine Engine
	opts   Options
	log    *log.Logger
	wire   *wire.Session

	shell, control, stdin, heartbeat *channel
	iopub                            *channel
	serves                           chan struct{} // closed when it does

	shells  subshells
	serving sync.WaitGroup // subshells that run cells
	talks   line[func()]   // messages of comms
	meter   meter          // of the control channel
	comms   comms
	history History
	input   inputs

	mu      sync.Mutex
	running int // how many cells run
	count   int // execution counter
}

func newKernel(ctx context.Context, conn connection, e Engine, opts Options) *kernel {
	k := &kernel{
		conn:    conn,
		engine:  e,
		opts:    opts,
		wire:    wire.NewSession(conn.Key, "kernel"),
		history: opts.History,
		serves:  make(chan struct{}),
		shells:  subshells{all: map[string]*subshell{}},
	}
	k.ctx, k.cancel = context.WithCancel(ctx)
	k.input = inputs{turn: make(chan struct{}, 1), replies: make(chan *wire.Message, 16)}
	if k.history == nil {
		k.history = Memory()
	}
	w := opts.Log
	if w == nil {
		w = os.Stderr
	}
	if !opts.Debug {
		w = io.Discard
	}
	k.log = log.New(w, "kernel: ", log.Ltime|log.Lmicroseconds)
	return k
}

// serve runs the kernel until its context ends, and then ends it in order:
// the engine, what clients have still to hear, the sockets.
func (k *kernel) serve() {
	defer k.watchSignals()()
	go k.watchParent()
	k.publish(nil, "status", status{State: "starting"})
	k.openShell("")
	go k.answer(k.ctx, &k.talks)
	close(k.serves)

	<-k.ctx.Done()
	ended := make(chan struct{})
	go func() {
		if err := k.engine.Close(); err != nil {
			k.log.Printf("closing the engine: %v", err)
		}
		k.serving.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(closeLimit):
		k.log.Printf("the engine did not end within %v", closeLimit)
	}
	for _, c := range k.channels() {
		c.sock.Flush(flushLimit)
	}
	k.closeSockets()
	if h, ok := k.history.(io.Closer); ok {
		if err := h.Close(); err != nil {
			k.log.Printf("%v", err)
		}
	}
}

// answer asks the engine one question after the other.
func (k *kernel) answer(ctx context.Context, asks *line[func()]) {
	for {
		ask, ok := asks.pop(ctx)
		if !ok {
			return
		}
		ask()
	}
}

// watchSignals interrupts on SIGINT and ends the kernel on SIGTERM. The
// function it returns gives the signals back.
func (k *kernel) watchSignals() (stop func()) {
	c := make(chan os.Signal, 4)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		for {
			select {
			case s := <-c:
				if s == os.Interrupt {
					k.interrupt(nil)
					continue
				}
				k.cancel()
			case <-k.ctx.Done():
				return
			}
		}
	}()
	return func() { signal.Stop(c) }
}

// interrupt ends the running cells and has everything aborted that was sent
// before it and has not begun; what is sent later runs. It does nothing when
// there is nothing. by is the request, nil for a signal.
func (k *kernel) interrupt(by *wire.Message) {
	c := cut{at: time.Now()}
	if by != nil {
		c.session = by.Header.Session
		c.sent, _ = time.Parse(time.RFC3339Nano, by.Header.Date)
	}
	insist := false
	for _, s := range k.shellsNow() {
		insist = k.halt(s, c) || insist
	}
	k.comms.interrupt()
	if insist {
		k.engine.Interrupt()
	}
}

// halt interrupts the cell that runs in a subshell, if one does, and has
// everything behind it aborted.
//
// The first interrupt of a cell cancels its context, which also reaches a cell
// that the engine has not begun yet; only a further one, which halt reports, is
// the engine's to count.
func (k *kernel) halt(s *subshell, c cut) (again bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.number = s.last
	s.cut = c
	x := s.running
	if x == nil || x.halted {
		return x != nil
	}
	x.halted = true
	x.cancel()
	return false
}

// around marks the kernel busy while it handles req.
func (k *kernel) around(req *wire.Message, handle func()) {
	k.publish(req, "status", status{State: "busy"})
	handle()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.idle(req)
}

// idle tells that req is done. k.mu is held.
func (k *kernel) idle(req *wire.Message) {
	k.publish(req, "status", status{State: "idle"})
	if k.running > 0 {
		// Front ends have one indicator for the kernel and take the latest
		// status for it, whosever it is; but a cell is still running. The word
		// has no parent, so that the cell's own history stays busy, …, idle.
		k.publish(nil, "status", status{State: "busy"})
	}
}

func (k *kernel) name() string { return or(k.opts.Name, "sheaf") }

func (k *kernel) banner() string {
	return or(k.opts.Banner, fmt.Sprintf("%s %s", k.name(), or(k.opts.Version, "0")))
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
