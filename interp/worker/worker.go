// Package worker puts a session into a process of its own and supervises it.
// The kernel, the REPL and the notebook runner reach the interpreter through
// it only, so nothing that a cell does can take them down: stack overflow,
// running out of memory and a panic in a callback's goroutine end the worker,
// the cell shows the reason, and a new worker starts.
//
// The worker is the same binary, started with the hidden subcommand "session",
// with real pipes on its descriptors 1 and 2 and nothing on 0: what a cell reads
// from the standard input is asked of the person.
package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sheaf-go/sheaf/internal/traceback"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Options say how workers are started. The zero value starts this executable
// with the argument "session" in the current folder.
type Options struct {
	Dir     string   // working directory of user code
	Args    []string // os.Args of user code; nil: "sheaf" alone
	Command []string // what to run instead of this executable with "session"
	Env     []string // added to the environment

	// MaxOutput is how many bytes a cell may print before the rest is dropped, but
	// for its end; 0: any number. %limit output sets another.
	MaxOutput int64

	// Colours are those of panics that the worker reports on its standard error;
	// the zero value: none.
	Colours traceback.Colours
}

// sameInterrupt is how close together two interrupts count as one: a signal
// often comes twice, to the process and to its group.
const sameInterrupt = 50 * time.Millisecond

// keptSinks is how many cells can still be printed for: a session may have any
// number of them, and few leave goroutines behind.
const keptSinks = 512

// A Client is a session behind a process. It starts another worker whenever
// one has died, with nothing of the old one's variables but the sources of the
// cells that had succeeded: %rerun runs them again.
type Client struct {
	opts Options
	talk sync.Mutex // one comm message at a time

	turning sync.Mutex // between a sink's turn and the word of it

	mu     sync.Mutex
	proc   *process
	closed bool
	sink   show.Sink // of the cell that is printed for
	sinkMu sync.Mutex
	cells  []*evaluation // that run, the last one last
	asker  *evaluation   // the cell that began last
	past   interp.Pasts
	names  []string // the session's variables
	lost   string   // what the end of a worker between cells has cost, until a cell has told it
}

// An evaluation is a cell that runs.
type evaluation struct {
	id     uint64 // 0: the worker has not been told of it
	sink   show.Sink
	ctx    context.Context // whose end is an interrupt
	asking context.Context // while it may ask the person

	cancel        sync.Once
	interrupted   bool // it has been asked to stop once
	interruptedAt time.Time
}

// Start starts a worker.
func Start(opts Options) (*Client, error) {
	c := &Client{opts: opts}
	p, err := c.spawn()
	if err != nil {
		return nil, err
	}
	c.proc = p
	return c, nil
}

// A process is one worker.
type process struct {
	cmd            *exec.Cmd
	conn           *conn
	requests       *os.File
	stdout, stderr *output
	lingers        bool          // goroutines of cells that have ended, or of others that run, may print; guarded by Client.mu, as is
	handling       int           // how many messages of comms are being handled
	told           bool          // a cell has said that it died
	dead           chan struct{} // closed when it has ended and been waited for
	state          *os.ProcessState

	mu      sync.Mutex
	lastID  uint64
	pending map[uint64]chan message
	sinks   map[uint64]show.Sink // of the last cells that it has been told of
	cells   []uint64             // the keys of sinks, in the order of the cells
	comms   map[string]bool      // those that are open
	groups  map[int]bool         // process groups that it has started

	maxOutput atomic.Int64 // bytes that a cell may print; 0: any number
}

func (c *Client) spawn() (*process, error) {
	args := c.opts.Command
	if len(args) == 0 {
		exe, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("worker: %w", err)
		}
		args = []string{exe, "session"}
	}
	args = append(args[:len(args):len(args)], c.opts.Args...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = c.opts.Dir
	// A crash is told by its reason; frames of the interpreter help nobody.
	cmd.Env = append(append(os.Environ(), c.opts.Env...), traceEnv+"=none", traceWas+os.Getenv(traceEnv))
	var files [8]*os.File // requests, events, stdout, stderr: read end, write end
	for i := 0; i < len(files); i += 2 {
		r, w, err := os.Pipe()
		if err != nil {
			for _, f := range files[:i] {
				f.Close()
			}
			return nil, fmt.Errorf("worker: %w", err)
		}
		files[i], files[i+1] = r, w
		enlarge(r)
	}
	attach(cmd, files[0], files[3])
	cmd.Stdout, cmd.Stderr = files[5], files[7]
	err := cmd.Start()
	for _, i := range []int{0, 3, 5, 7} {
		files[i].Close()
	}
	if err != nil {
		for _, i := range []int{1, 2, 4, 6} {
			files[i].Close()
		}
		return nil, fmt.Errorf("worker: %w", err)
	}
	p := &process{cmd: cmd, conn: newConn(files[2], files[1]), requests: files[1], dead: make(chan struct{}), pending: map[uint64]chan message{}, sinks: map[uint64]show.Sink{}, comms: map[string]bool{}, groups: map[int]bool{}}
	p.stdout = newOutput(files[4], false, func(text string) { c.deliver("stdout", text) })
	p.stderr = newOutput(files[6], true, func(text string) { c.deliver("stderr", text) })
	go c.events(p, files[2])
	if n := c.opts.MaxOutput; n > 0 {
		p.maxOutput.Store(n)
		p.conn.send(message{Kind: kindLimit, Bytes: n})
	}
	if c.opts.Colours != (traceback.Colours{}) {
		p.conn.send(message{Kind: kindColours, Colours: c.opts.Colours})
	}
	return p, nil
}

// deliver hands printed text to the sink of the cell that is printed for.
func (c *Client) deliver(name, text string) {
	c.toSink(nil, func(s show.Sink) { s.Stream(name, text) })
}

// turn makes a cell the one that is printed for.
func (c *Client) turn(p *process, cell uint64) {
	if s := p.sinkOf(cell); s != nil {
		c.turning.Lock()
		defer c.turning.Unlock()
		c.mu.Lock()
		c.sink = s
		c.mu.Unlock()
	}
}

// sinkOf is the sink of one of the worker's cells; nil: it does not say which.
func (p *process) sinkOf(cell uint64) show.Sink {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sinks[cell]
}

// toSink calls f with s, or with the sink of the cell that is printed for.
func (c *Client) toSink(s show.Sink, f func(show.Sink)) {
	c.mu.Lock()
	if s == nil {
		s = c.sink
	}
	c.mu.Unlock()
	if s == nil {
		return
	}
	c.sinkMu.Lock()
	defer c.sinkMu.Unlock()
	f(s)
}

// events reads what the worker says until it ends.
func (c *Client) events(p *process, r *os.File) {
	for {
		m, err := p.conn.receive()
		if err != nil {
			break
		}
		switch m.Kind {
		case kindSync, kindDisplay, kindClear:
			p.drain()
			switch m.Kind {
			case kindSync:
				c.turn(p, m.Origin)
			case kindDisplay:
				c.toSink(p.sinkOf(m.Origin), func(s show.Sink) { s.Display(m.Display) })
			case kindClear:
				c.toSink(p.sinkOf(m.Origin), func(s show.Sink) { s.Clear(m.OK) })
			}
			p.conn.send(message{Kind: kindAck})
		case kindInput:
			p.drain()
			go c.input(p, m)
		case kindSend:
			c.said(p, m)
		case kindLimit:
			p.maxOutput.Store(m.Bytes)
		case kindGroup:
			p.mu.Lock()
			if p.groups[int(m.ID)] = true; !m.OK {
				delete(p.groups, int(m.ID))
			}
			p.mu.Unlock()
		default:
			if m.Kind == kindExecute || m.Kind == kindComm {
				p.drain()
			}
			p.answer(m)
		}
	}
	p.kill() // if it only closed its pipe
	p.cmd.Wait()
	p.state = p.cmd.ProcessState
	p.stdout.end()
	p.stderr.end()
	for _, f := range []*os.File{r, p.requests, p.stdout.f, p.stderr.f} {
		f.Close()
	}
	c.closeComms(p)
	close(p.dead)
}

func (p *process) drain() {
	p.stdout.drain()
	p.stderr.drain()
	p.stderr.release()
}

// answer gives a reply to the call that waits for it.
func (p *process) answer(m message) {
	p.mu.Lock()
	ch := p.pending[m.ID]
	delete(p.pending, m.ID)
	p.mu.Unlock()
	if ch != nil {
		ch <- m
	}
}

// ask sends a request and returns the channel that its reply comes on.
func (p *process) ask(m message, sink show.Sink) (<-chan message, error) {
	reply, _, err := p.begin(m, sink)
	return reply, err
}

// begin sends a request whose number is id; what the worker does for it is
// shown by sink, if it has one.
func (p *process) begin(m message, sink show.Sink) (reply <-chan message, id uint64, err error) {
	ch := make(chan message, 1)
	p.mu.Lock()
	p.lastID++
	m.ID = p.lastID
	p.pending[m.ID] = ch
	if sink != nil {
		p.sinks[m.ID] = sink
	}
	if m.Kind == kindExecute {
		if p.cells = append(p.cells, m.ID); len(p.cells) > keptSinks {
			delete(p.sinks, p.cells[0])
			p.cells = p.cells[1:]
		}
	}
	p.mu.Unlock()
	return ch, m.ID, p.conn.send(m)
}

// input asks the person on behalf of the worker.
func (c *Client) input(p *process, m message) {
	e := c.askerOf(m.Origin)
	if e == nil {
		p.conn.send(message{Kind: kindInput, ID: m.ID, Source: "no one is there to answer"})
		return
	}
	ctx, cancel := context.WithCancel(e.asking)
	defer cancel()
	go func() {
		select {
		case <-p.dead:
			cancel()
		case <-ctx.Done():
		}
	}()
	text, err := e.sink.Input(ctx, m.Source, m.OK)
	if err != nil {
		if e.ctx.Err() != nil {
			c.cancel(e) // before the cell hears that nobody answers
		}
		p.conn.send(message{Kind: kindInput, ID: m.ID, Source: err.Error()})
		return
	}
	p.conn.send(message{Kind: kindInput, ID: m.ID, Source: text, OK: true})
}

// process returns the live worker, starting one if the last has died.
func (c *Client) process() (*process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errors.New("worker: the session is closed")
	}
	select {
	case <-c.proc.dead:
		c.mourn(c.proc)
		p, err := c.spawn()
		if err != nil {
			return nil, err
		}
		if c.past.Len() > 0 {
			p.conn.send(message{Kind: kindRecall, Past: c.past.All()})
		}
		c.proc = p
	default:
	}
	return c.proc, nil
}

// Execute runs a cell, also while others run: each sees what the others have
// declared and changed by then. Cancelling ctx interrupts it.
func (c *Client) Execute(ctx context.Context, cell show.Cell, sink show.Sink) show.Result {
	p, err := c.process()
	if err != nil {
		return failed("worker", err.Error())
	}
	if why := c.untold(cell); why != "" {
		return failed("worker died", why)
	}
	asking, stopAsking := context.WithCancel(ctx)
	defer stopAsking() // questions that goroutines of the cell still ask end with it
	sink, text := bound(sink, p.maxOutput.Load)
	defer c.toSink(sink, func(show.Sink) { text.end() })
	e := &evaluation{sink: sink, ctx: ctx, asking: asking}
	reply, err := c.tell(p, e, cell)
	defer c.forget(e)
	if err != nil {
		p.kill() // it lives, but hears nothing more
		<-p.dead
		return c.died(p, e)
	}
	select {
	case m := <-reply:
		return c.ended(p, cell, m)
	case <-p.dead:
		return c.died(p, e)
	case <-ctx.Done():
		c.interrupt(e)
	}
	select {
	case m := <-reply:
		return c.ended(p, cell, m)
	case <-p.dead:
		return c.died(p, e)
	}
}

// tell makes e one of the cells that run and tells the worker of it.
func (c *Client) tell(p *process, e *evaluation, cell show.Cell) (<-chan message, error) {
	c.turning.Lock()
	defer c.turning.Unlock()
	c.mu.Lock()
	turned := !p.lingers && p.handling == 0 && len(c.cells) == 0
	if turned { // else the worker says when what was printed before has been delivered
		c.sink = e.sink
	}
	c.cells, c.asker = append(c.cells, e), e
	c.mu.Unlock()
	reply, id, err := p.begin(message{Kind: kindExecute, Cell: cell, OK: linked(e.sink), Turned: turned}, e.sink)
	c.mu.Lock()
	e.id = id
	early := e.interrupted
	c.mu.Unlock()
	if early { // between the lines above, when there was nothing to interrupt yet
		p.conn.send(message{Kind: kindInterrupt, ID: id})
	}
	return reply, err
}

// forget notes that e has ended.
func (c *Client) forget(e *evaluation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cells = slices.DeleteFunc(c.cells, func(o *evaluation) bool { return o == e })
}

// askerOf is the cell for which one of the worker's cells asks, nil if there is
// none. What goroutines ask for whom is not known the cell asks that began last.
func (c *Client) askerOf(cell uint64) *evaluation {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.cells {
		if e.id == cell {
			return e
		}
	}
	return c.asker
}

// ended keeps what the next worker should know if this one dies.
func (c *Client) ended(p *process, cell show.Cell, m message) show.Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.lingers = m.OK
	if m.Named {
		c.names = m.Names
	}
	if m.Result.Err == nil && !cell.Silent {
		c.past.Add(interp.Past{Count: cell.Count, Source: cell.Source, OK: true})
	}
	return m.Result
}

// Complete proposes what can stand at the byte offset; it works while a cell
// runs.
func (c *Client) Complete(ctx context.Context, source string, offset int) show.Completions {
	m, ok := c.query(ctx, message{Kind: kindComplete, Source: source, Offset: offset})
	if !ok {
		return show.Completions{Start: offset, End: offset}
	}
	return m.Completions
}

// Inspect explains the name at the byte offset; it works while a cell runs.
func (c *Client) Inspect(ctx context.Context, source string, offset, detail int) (show.Bundle, bool) {
	m, ok := c.query(ctx, message{Kind: kindInspect, Source: source, Offset: offset, Detail: detail})
	return m.Bundle, ok && m.OK
}

func (c *Client) query(ctx context.Context, m message) (message, bool) {
	p, err := c.process()
	if err != nil {
		return message{}, false
	}
	reply, err := p.ask(m, nil)
	if err != nil {
		return message{}, false
	}
	select {
	case m := <-reply:
		return m, true
	case <-p.dead:
	case <-ctx.Done():
	}
	return message{}, false
}

// Completeness says whether the source can be run as it stands.
func (c *Client) Completeness(source string) show.Completeness { return interp.Completeness(source) }

// Interrupt cancels the cells that run; variables keep their values. If one of
// them has been interrupted before and still runs, the worker is killed and
// another one started.
func (c *Client) Interrupt() {
	c.mu.Lock()
	cells := slices.Clone(c.cells)
	c.mu.Unlock()
	for _, e := range cells {
		c.interrupt(e)
	}
}

// interrupt is Interrupt for one cell.
func (c *Client) interrupt(e *evaluation) {
	if c.cancel(e) {
		return
	}
	c.mu.Lock()
	p, id, same := c.proc, e.id, time.Since(e.interruptedAt) < sameInterrupt
	if !same {
		e.interruptedAt = time.Now()
	}
	c.mu.Unlock()
	if id != 0 && !same {
		p.kill()
	}
}

// cancel tells the worker, if it has not been told, that a cell is to stop.
func (c *Client) cancel(e *evaluation) (first bool) {
	e.cancel.Do(func() {
		first = true
		c.mu.Lock()
		p, id := c.proc, e.id
		e.interrupted, e.interruptedAt = true, time.Now()
		c.mu.Unlock()
		if id != 0 {
			p.conn.send(message{Kind: kindInterrupt, ID: id})
		}
	})
	return first
}

// Close ends the worker and the programs that its cells have started.
func (c *Client) Close() error {
	c.mu.Lock()
	p := c.proc
	c.closed = true
	c.mu.Unlock()
	p.kill()
	<-p.dead
	return nil
}
