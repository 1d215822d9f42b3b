package kernel

import (
	"context"
	"slices"
	"sync"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// A subshell is a place where requests wait for their turn; what is in one does
// not wait for what is in another. The first has no name and stays; clients
// make and delete the others.
type subshell struct {
	id    string          // "": the first
	ctx   context.Context // ends when it should, with what waits in it answered
	close context.CancelFunc
	queue line[*execution] // what has still to run; nil: nothing more
	asks  line[func()]     // questions to the engine

	// Guarded by kernel.mu.
	running *execution // the cell that runs, nil if none
	last    int        // number of the execution that came last
	cut     cut        // what is not to be run
}

// subshells are those of a kernel.
type subshells struct {
	mu   sync.Mutex
	all  map[string]*subshell
	made bool // there has been another than the first
}

// openShell makes a subshell and has its requests served.
func (k *kernel) openShell(id string) *subshell {
	s := &subshell{id: id}
	s.ctx, s.close = context.WithCancel(k.ctx)
	k.shells.mu.Lock()
	k.shells.all[id] = s
	k.shells.made = k.shells.made || id != ""
	k.shells.mu.Unlock()
	k.serving.Go(func() { k.executeAll(s) })
	go k.answer(s.ctx, &s.asks)
	return s
}

// toShell has put queue a message in its subshell.
func (k *kernel) toShell(m *wire.Message, put func(*subshell)) {
	k.shells.mu.Lock()
	s := k.shells.all[m.Header.Subshell]
	if s != nil {
		put(s) // before the last item of a subshell that is deleted now
	}
	k.shells.mu.Unlock()
	if s == nil {
		k.noShell(m)
	}
}

// shellsNow lists the subshells.
func (k *kernel) shellsNow() (list []*subshell) {
	k.shells.mu.Lock()
	defer k.shells.mu.Unlock()
	for _, s := range k.shells.all {
		list = append(list, s)
	}
	return list
}

// shared reports whether cells may come while another runs.
func (k *kernel) shared() bool {
	k.shells.mu.Lock()
	defer k.shells.mu.Unlock()
	return k.shells.made
}

// noShell answers a request for a subshell that is not there, so that nobody
// waits for it.
func (k *kernel) noShell(m *wire.Message) {
	k.log.Printf("shell: %s for the subshell %q, which is not there", m.Header.MsgType, m.Header.Subshell)
	k.around(m, func() {
		k.reply(k.shell, m, failedReply{Status: failed, failure: noSuchShell(m.Header.Subshell)})
	})
}

func noSuchShell(id string) *failure {
	text := "there is no subshell " + id
	return &failure{Name: "SubshellNotFound", Value: text, Traceback: []string{text}}
}

// createSubshell answers create_subshell_request.
func (k *kernel) createSubshell(m *wire.Message) {
	s := k.openShell(wire.NewID())
	k.around(m, func() { k.reply(k.control, m, subshellReply{Status: ok, ID: s.id}) })
}

// deleteSubshell answers delete_subshell_request. The cell that runs in the
// subshell is interrupted, what waits behind it is aborted.
func (k *kernel) deleteSubshell(m *wire.Message) {
	var r subshellRequest
	if !k.decode(m, &r) {
		return
	}
	k.shells.mu.Lock()
	s := k.shells.all[r.ID]
	if r.ID == "" {
		s = nil
	}
	if s != nil {
		delete(k.shells.all, r.ID)
	}
	k.shells.mu.Unlock()
	k.around(m, func() {
		if s == nil {
			k.reply(k.control, m, failedReply{Status: failed, failure: noSuchShell(r.ID)})
			return
		}
		k.halt(s, cut{})
		s.queue.push(nil)
		s.asks.push(s.close)
		k.reply(k.control, m, statusReply{Status: ok})
	})
}

// listSubshells answers list_subshell_request.
func (k *kernel) listSubshells(m *wire.Message) {
	reply := subshellListReply{Status: ok, IDs: []string{}}
	for _, s := range k.shellsNow() {
		if s.id != "" {
			reply.IDs = append(reply.IDs, s.id)
		}
	}
	slices.Sort(reply.IDs)
	k.around(m, func() { k.reply(k.control, m, reply) })
}
