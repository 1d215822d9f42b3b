package kernel

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// An execution is one execute_request on its way.
type execution struct {
	req    *wire.Message
	ask    executeRequest
	number int // in its subshell's queue
	came   time.Time

	ctx    context.Context // of the evaluation; ends with it at the latest
	cancel context.CancelFunc
	halted bool // interrupted once; guarded by kernel.mu
}

// enqueue decodes an execute_request and puts it in line.
func (k *kernel) enqueue(req *wire.Message) {
	x := &execution{req: req, came: time.Now(), ask: executeRequest{AllowStdin: true, StopOnError: true}}
	if k.decode(req, &x.ask) {
		k.toShell(req, func(s *subshell) {
			k.mu.Lock()
			s.last++
			x.number = s.last
			k.mu.Unlock()
			s.queue.push(x)
		})
	}
}

// stores reports whether the execution advances the counter and is kept in
// the history.
func (x *execution) stores() bool {
	if x.ask.Silent || strings.TrimSpace(x.ask.Code) == "" {
		return false
	}
	return x.ask.Store == nil || *x.ask.Store
}

// executeAll runs the executions of a subshell until there are no more.
func (k *kernel) executeAll(s *subshell) {
	for {
		x, more := s.queue.pop(k.ctx)
		if !more || x == nil {
			return
		}
		k.execute(s, x)
	}
}

// A cut says which executions of a subshell are not to be run, unless they have
// begun.
type cut struct {
	number  int       // those that came up to this one
	session string    // who interrupted; "": nobody, or by a signal
	sent    time.Time // when, by that one's clock; zero: unknown
	at      time.Time // when, by ours
}

// clockLimit is how long after an interrupt the sender's clock is asked about
// what comes: should it have been set back, not for long.
const clockLimit = time.Second

// has reports whether x is not to be run. Interrupts come by another socket than
// cells, so that each may overtake the other; where both are of one sender, its
// clock knows what was sent first.
func (c *cut) has(x *execution) bool {
	if h := &x.req.Header; !c.sent.IsZero() && h.Session == c.session && x.came.Sub(c.at) < clockLimit {
		if sent, err := time.Parse(time.RFC3339Nano, h.Date); err == nil {
			return !sent.After(c.sent)
		}
	}
	return x.number <= c.number
}

// abortQueued has everything aborted that a subshell has been given so far and
// does not run yet.
func (k *kernel) abortQueued(s *subshell) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s.cut = cut{number: s.last}
}

// "Run all" sends cells one by one, and a first cell that fails at once does
// so while its followers are still on their way. They count as queued when
// they come within settleQuiet of one another.
const (
	settleQuiet = 10 * time.Millisecond
	settleLimit = 100 * time.Millisecond
)

func (k *kernel) executeReply(status string, count int) executeReply {
	return executeReply{Status: status, Count: count, Expressions: map[string]expression{}, Payload: []payload{}}
}

// begin makes x the running cell and publishes it. It returns the number the
// cell runs under, which is the next one also for cells that are not counted,
// and the number to reply with, which is then the last one. A cell that is to be
// aborted does not begin.
func (k *kernel) begin(s *subshell, x *execution) (run, reply int, begun bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.cut.has(x) {
		return 0, k.count, false
	}
	s.running = x
	k.running++
	x.ctx, x.cancel = context.WithCancel(k.ctx)
	run = k.count + 1
	if x.stores() {
		k.count++
	}
	defer k.iopub.sock.Hold()()
	k.publish(x.req, "status", status{State: "busy"})
	if !x.ask.Silent {
		k.publish(x.req, "execute_input", executeInput{Code: x.ask.Code, Count: run})
	}
	return run, k.count, true
}

func (k *kernel) end(s *subshell, x *execution) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s.running = nil
	k.running--
	x.cancel()
	k.idle(x.req)
}

// execute runs one cell: busy, input, output, result or error, reply, idle.
func (k *kernel) execute(s *subshell, x *execution) {
	started := time.Now()
	run, count, begun := k.begin(s, x)
	if !begun {
		k.around(x.req, func() { k.reply(k.shell, x.req, k.executeReply(aborted, count)) })
		return
	}
	defer k.end(s, x)
	out := k.newOutput(x)
	res := k.engine.Execute(x.ctx, show.Cell{
		Source: x.ask.Code,
		Count:  run,
		Silent: x.ask.Silent,
		Shared: k.shared(),
		Exprs:  x.ask.Expressions,
	}, out)
	out.Flush()
	k.record(x, count, res)

	reply := k.executeReply(ok, count)
	switch {
	case res.Err != nil:
		reply.Status, reply.failure = failed, failureOf(res.Err)
		if !x.ask.Silent {
			k.publish(x.req, "error", reply.failure)
		}
	default:
		reply.Expressions = expressions(res.Exprs)
		if res.Next != "" {
			reply.Payload = append(reply.Payload, payload{Source: "set_next_input", Text: res.Next, Replace: true})
		}
		if !x.ask.Silent && !res.Value.Empty() {
			k.publish(x.req, "execute_result", executeResult{Count: run, bundle: newBundle(res.Value).published()})
		}
	}
	if k.stops(x, res) {
		s.queue.settle(k.ctx, settleQuiet, settleLimit)
		k.abortQueued(s)
	}
	k.replyWith(k.shell, x.req, executeMetadata{Started: wire.Timestamp(started), Status: reply.Status}, reply)
}

// stops reports whether the end of x is that of what is queued behind it. An
// interrupt has aborted that already; what has come since was sent by somebody
// who knew of it.
func (k *kernel) stops(x *execution, res show.Result) bool {
	if res.Exit != nil {
		return true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return res.Err != nil && x.ask.StopOnError && !x.ask.Silent && !x.halted
}

// record keeps the cell in the history.
func (k *kernel) record(x *execution, line int, res show.Result) {
	if !x.stores() {
		return
	}
	err := k.history.Add(Entry{Line: line, Input: x.ask.Code, Output: res.Value.PlainText()})
	if err != nil {
		k.log.Printf("history: %v", err)
	}
}

func expressions(results map[string]show.ExprResult) map[string]expression {
	m := make(map[string]expression, len(results))
	for name, r := range results {
		if r.Err != nil {
			m[name] = expression{Status: failed, failure: failureOf(r.Err)}
		} else {
			m[name] = expression{Status: ok, bundle: newBundle(r.Value)}
		}
	}
	return m
}

// decode reads req's content into v, which holds the defaults. A content of
// the wrong shape is logged and dropped.
func (k *kernel) decode(req *wire.Message, v any) bool {
	if err := json.Unmarshal(req.Content, v); err != nil {
		k.log.Printf("%s: dropped: %v", req.Header.MsgType, err)
		return false
	}
	return true
}
