package worker

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// linked reports whether a sink leads to a front end that has comms.
func linked(s show.Sink) bool {
	_, ok := s.(show.CommSink)
	return ok
}

// Comm hands a message of a front end's comm to the worker, and returns when
// its handler has. What the handler shows goes to sink. Messages are handled
// one after another, also while a cell runs. Cancelling ctx interrupts the
// handler.
func (c *Client) Comm(ctx context.Context, m show.Comm, sink show.Sink) {
	c.talk.Lock()
	defer c.talk.Unlock()
	p, err := c.process()
	if err != nil {
		return
	}
	p.note(m)
	c.mu.Lock()
	p.handling++
	c.mu.Unlock()
	reply, id, err := p.begin(message{Kind: kindComm, Comm: m}, sink)
	defer func() {
		c.mu.Lock()
		p.handling--
		c.mu.Unlock()
		p.forget(id)
	}()
	if err != nil {
		return
	}
	select {
	case <-reply:
		return
	case <-p.dead:
		return
	case <-ctx.Done():
		p.conn.send(message{Kind: kindInterrupt, OK: true})
	}
	select {
	case <-reply:
	case <-p.dead:
	}
}

// note keeps in mind which comms are open.
func (p *process) note(m show.Comm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Event {
	case show.CommOpen:
		p.comms[m.ID] = true
	case show.CommClose:
		delete(p.comms, m.ID)
	}
}

func (p *process) forget(id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sinks, id)
}

// said passes on what the worker says by a comm.
func (c *Client) said(p *process, m message) {
	p.note(m.Comm)
	c.toSink(p.sinkOf(m.Origin), func(s show.Sink) {
		if s, ok := s.(show.CommSink); ok {
			s.Comm(m.Comm)
		}
	})
}

// closeComms tells the front end that nobody is left at this end.
func (c *Client) closeComms(p *process) {
	p.mu.Lock()
	open := slices.Sorted(maps.Keys(p.comms))
	clear(p.comms)
	p.mu.Unlock()
	for _, id := range open {
		c.said(p, message{Comm: show.Comm{Event: show.CommClose, ID: id, Data: json.RawMessage("{}")}})
	}
}
