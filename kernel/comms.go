package kernel

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// comms are the channels between code of cells and code of front ends.
type comms struct {
	mu     sync.Mutex
	open   map[string]string  // targets by id
	cancel context.CancelFunc // interrupts the handler that runs; nil: none does
}

var commEvents = map[string]string{"comm_open": show.CommOpen, "comm_msg": show.CommMessage, "comm_close": show.CommClose}

// commRequest queues a message of a comm for the engine.
func (k *kernel) commRequest(m *wire.Message) {
	c := commContent{Data: json.RawMessage("{}")}
	if !k.decode(m, &c) {
		return
	}
	k.talks.push(func() {
		k.around(m, func() {
			k.converse(m, show.Comm{
				Event: commEvents[m.Header.MsgType], ID: c.ID, Target: c.Target, Data: c.Data, Metadata: m.Metadata, Buffers: m.Buffers,
			})
		})
	})
}

// converse hands a message to the engine; what its handler shows has the
// message as its parent.
func (k *kernel) converse(req *wire.Message, m show.Comm) {
	ctx, cancel := context.WithCancel(k.ctx)
	defer cancel()
	if !k.comms.begin(m, cancel) {
		return
	}
	defer k.comms.end()
	out := k.newOutput(&execution{req: req, ctx: ctx, cancel: cancel})
	k.engine.Comm(ctx, m, out)
	out.Flush()
}

// begin notes what a message from a front end opens and closes; false: it is
// of a comm that is not open, which is ignored.
func (c *comms) begin(m show.Comm, cancel context.CancelFunc) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, open := c.open[m.ID]; open == (m.Event == show.CommOpen) {
		return false
	}
	c.note(m)
	c.cancel = cancel
	return true
}

func (c *comms) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = nil
}

// interrupt ends the handler that runs.
func (c *comms) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
	}
}

// note keeps in mind which comms are open. c.mu is held.
func (c *comms) note(m show.Comm) {
	switch m.Event {
	case show.CommOpen:
		if c.open == nil {
			c.open = map[string]string{}
		}
		c.open[m.ID] = m.Target
	case show.CommClose:
		delete(c.open, m.ID)
	}
}

// Comm publishes what code of the session says by a comm.
func (o *output) Comm(m show.Comm) {
	o.k.comms.mu.Lock()
	o.k.comms.note(m)
	o.k.comms.mu.Unlock()
	c := commContent{ID: m.ID, Target: m.Target, Data: m.Data}
	if c.Data == nil {
		c.Data = json.RawMessage("{}")
	}
	o.before()
	w := wire.Outgoing{
		Route: [][]byte{[]byte("comm-" + m.ID)}, Type: "comm_" + m.Event, Parent: o.x.req.RawHeader,
		Content: c, Buffers: m.Buffers,
	}
	if m.Metadata != nil {
		w.Metadata = m.Metadata
	}
	o.k.send(o.k.iopub, w)
}

// commInfo answers comm_info_request.
func (k *kernel) commInfo(m *wire.Message) {
	var r commInfoRequest
	if !k.decode(m, &r) {
		return
	}
	reply := commInfoReply{Status: ok, Comms: map[string]commInfo{}}
	k.comms.mu.Lock()
	for id, target := range k.comms.open {
		if r.Target == "" || r.Target == target {
			reply.Comms[id] = commInfo{Target: target}
		}
	}
	k.comms.mu.Unlock()
	k.around(m, func() { k.reply(k.shell, m, reply) })
}
