package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// A soak is one run: a kernel, its clients, and what they must see.
type soak struct {
	binary string
	seed   uint64
	r      *rand.Rand
	out    io.Writer
	age    int // how many steps a kernel makes before it may be restarted

	kernel  *kernel
	clients []*client
	model   *model
	count   int // execution counter
	shells  []string

	done  map[string]int // how often each kind of step was made
	cells int
	last  []string // what was done last

	mu     sync.Mutex
	failed error // of a goroutine that reads

	spans []span
}

// A span is the memory of one kernel from its first cells to its end.
type span struct {
	steps       int
	first, last use
}

const remembered = 12 // steps in a report

func newSoak(binary string, seed uint64, out io.Writer) *soak {
	return &soak{binary: binary, seed: seed, r: rand.New(rand.NewPCG(seed, 0)), out: out, age: warm, done: map[string]int{}}
}

func (s *soak) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = err
	}
}

func (s *soak) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// note keeps what is done, for the report of a difference.
func (s *soak) note(format string, args ...any) {
	s.last = append(s.last, fmt.Sprintf(format, args...))
	if len(s.last) > remembered {
		s.last = s.last[1:]
	}
}

// open starts a kernel with two clients and an empty session.
func (s *soak) open() error {
	k, err := startKernel(s.binary)
	if err != nil {
		return err
	}
	s.kernel = k
	if err := k.run(); err != nil {
		return err
	}
	s.clients = nil
	for _, name := range []string{"first client", "second client"} {
		c, err := connect(k, name, s.fail)
		if err != nil {
			return err
		}
		s.clients = append(s.clients, c)
	}
	s.spans = append(s.spans, span{})
	s.count, s.shells = 0, nil
	return s.begin()
}

// begin gives a new session its first cell.
func (s *soak) begin() error {
	s.model = newModel()
	c := cell{source: s.model.setup(), events: []event{{"display_data text/plain", "ready"}, {"stdout", "ready\n"}}}
	return s.play(c)
}

func (s *soak) close() {
	for _, c := range s.clients {
		c.close()
	}
	if s.kernel != nil {
		s.kernel.remove()
	}
}

// warm is how many steps a kernel makes before its memory counts as that of
// its beginning.
const warm = 100

// run makes random steps until the time is over. The error is the first
// difference.
func (s *soak) run(limit time.Duration) error {
	defer s.close()
	if err := s.open(); err != nil {
		return err
	}
	for begin := time.Now(); time.Since(begin) < limit; {
		st := s.choose()
		s.done[st.name]++
		s.note("-- %s", st.name)
		err := st.do(s)
		if err == nil {
			err = s.failure()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", st.name, err)
		}
		s.measure()
	}
	s.spans[len(s.spans)-1].last = s.kernel.memory()
	return nil
}

func (s *soak) measure() {
	now := &s.spans[len(s.spans)-1]
	now.steps++
	if now.steps == warm {
		now.first = s.kernel.memory()
	}
}

// choose takes one of the steps, by their weights; a kernel that is too young
// is not restarted.
func (s *soak) choose() step {
	may := steps
	if s.spans[len(s.spans)-1].steps < s.age {
		may = may[:len(may)-1]
	}
	all := 0
	for _, st := range may {
		all += st.weight
	}
	n := s.r.IntN(all)
	for _, st := range may {
		if n -= st.weight; n < 0 {
			return st
		}
	}
	panic("soak: no step")
}

// report says what was done.
func (s *soak) report() {
	fmt.Fprintf(s.out, "seed %d: %d cells, %d kernels\n", s.seed, s.cells, len(s.spans))
	for _, st := range steps {
		fmt.Fprintf(s.out, "%6d  %s\n", s.done[st.name], st.name)
	}
	for i, p := range s.spans {
		if p.steps >= 2*warm {
			fmt.Fprintf(s.out, "kernel %d, %d steps: %v; at its end %v\n", i+1, p.steps, p.first, p.last)
		}
	}
}

// client chooses one of the two.
func (s *soak) client() *client { return s.clients[s.r.IntN(len(s.clients))] }

// request is execute_request.
func request(source string, more ...any) map[string]any {
	m := map[string]any{"code": source, "allow_stdin": false}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1]
	}
	return m
}

// execute sends a cell to a subshell.
func (s *soak) execute(c *client, shell, source string, more ...any) string {
	s.cells++
	s.note("%s", source)
	return c.send("shell", "execute_request", shell, request(source, more...))
}

// play runs a cell in the first subshell and checks everything about it.
func (s *soak) play(want cell) error {
	c := s.client()
	id := s.execute(c, "", want.source)
	s.count++
	return s.check(c, id, want, s.count)
}

// check waits for the end of a cell and compares what came with what had to
// come, at both clients.
func (s *soak) check(c *client, id string, want cell, count int) error {
	got, err := c.replied(id)
	if err != nil {
		return err
	}
	status := "ok"
	if want.failed != "" {
		status = "error"
	}
	content := got.reply.Content
	if content["status"] != status || want.failed != "" && content["ename"] != want.failed {
		return fmt.Errorf("soak: the reply is %v, want %s %s", content, status, want.failed)
	}
	if n := content["execution_count"]; count > 0 && n != float64(count) {
		return fmt.Errorf("soak: the cell has the number %v, want %d", n, count)
	}
	for _, o := range s.clients {
		heard, err := o.done(id, func(st *story) bool { return st.idle })
		if err != nil {
			return err
		}
		if err := compare(heard.events, want); err != nil {
			return fmt.Errorf("%w (heard by the %s)", err, o.name)
		}
		o.forget(id)
	}
	return nil
}

// compare checks what was published for a cell.
func compare(got []message, want cell) error {
	told := events(got)
	expected := append(append([]event{{"status", "busy"}, {"execute_input", want.source}}, want.events...), event{"status", "idle"})
	for i := range max(len(told), len(expected)) {
		var a, b event
		if i < len(told) {
			a = told[i]
		}
		if i < len(expected) {
			b = expected[i]
		}
		if a != b {
			return fmt.Errorf("soak: event %d is %v, want %v; heard %s", i, a, b, tell(got))
		}
	}
	return nil
}

// events turns messages into what a cell expects: texts of one stream joined.
func events(ms []message) (list []event) {
	for _, m := range ms {
		e := event{kind: m.Header.Type}
		switch e.kind {
		case "status":
			e.text = fmt.Sprint(m.Content["execution_state"])
		case "execute_input":
			e.text = fmt.Sprint(m.Content["code"])
		case "error":
			e.text = fmt.Sprint(m.Content["ename"])
		case "stream":
			e = event{fmt.Sprint(m.Content["name"]), fmt.Sprint(m.Content["text"])}
			if n := len(list); n > 0 && list[n-1].kind == e.kind {
				list[n-1].text += e.text
				continue
			}
		default:
			data, _ := m.Content["data"].(map[string]any)
			for _, mime := range []string{"text/html", "text/plain"} {
				if text, ok := data[mime].(string); ok {
					e = event{e.kind + " " + mime, text}
					break
				}
			}
		}
		list = append(list, e)
	}
	return list
}

func tell(ms []message) string {
	var list []string
	for _, e := range events(ms) {
		list = append(list, e.String())
	}
	return "[" + strings.Join(list, ", ") + "]"
}
