package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A step is something that people do with a kernel.
type step struct {
	name   string
	weight int // how often, by the sum of all
	do     func(*soak) error
}

// steps are all of them.
var steps []step

func init() {
	steps = []step{
		{"cell", 40, func(s *soak) error { return s.play(s.writer().write(false)) }},
		{"cell that fails", 6, func(s *soak) error { return s.play(s.writer().write(true)) }},
		{"cell that does not compile", 4, func(s *soak) error { return s.play(s.writer().broken()) }},
		{"run all, with an error", 4, (*soak).runAll},
		{"silent cell", 3, (*soak).silent},
		{"question on stdin", 3, (*soak).question},
		{"output after the cell", 3, (*soak).lateOutput},
		{"interrupt of a loop", 5, (*soak).interruptLoop},
		{"interrupt of a wait", 4, (*soak).interruptWait},
		{"interrupt while it prints", 3, (*soak).interruptPrint},
		{"interrupt of nothing", 1, (*soak).interruptNothing},
		{"completion", 4, (*soak).complete},
		{"inspection", 3, (*soak).inspect},
		{"kernel_info, history, usage", 3, (*soak).ask},
		{"comm", 4, (*soak).comm},
		{"subshell made or deleted", 2, (*soak).shell},
		{"cells of two subshells", 4, (*soak).sideBySide},
		{"worker killed", 1, (*soak).kill},
		{"restart", 1, (*soak).restart}, // the last: see choose
	}
}

func (s *soak) writer() *writer { return newWriter(s.model, s.r) }

// runAll sends three cells at once, of which the first fails when the kernel
// surely has them all; what stands behind it is not run.
func (s *soak) runAll() error {
	c := s.client()
	answer := c.hold()
	defer answer()
	first := cell{source: "show.Input(\"fail?\")\npanic(1)", events: []event{{"error", "panic"}}, failed: "panic"}
	ids := []string{s.execute(c, "", first.source, "allow_stdin", true), s.execute(c, "", "v0 = 1e6"), s.execute(c, "", "fmt.Println(1)")}
	s.count++
	if _, err := c.replied(c.send("shell", "kernel_info_request", "", map[string]any{})); err != nil {
		return err
	}
	answer()
	if err := s.check(c, ids[0], first, s.count); err != nil {
		return err
	}
	for _, id := range ids[1:] {
		if err := s.aborted(c, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *soak) aborted(c *client, id string) error {
	got, err := c.replied(id)
	if err != nil {
		return err
	}
	if got.reply.Content["status"] != "aborted" || len(got.events) != 2 {
		return fmt.Errorf("soak: not aborted: %v, heard %s", got.reply.Content, tell(got.events))
	}
	return nil
}

// silent runs a cell that changes a variable, shows nothing and is not counted.
func (s *soak) silent() error {
	c, n := s.client(), s.r.IntN(1000)
	id := s.execute(c, "", fmt.Sprintf("fmt.Println(\"unheard\")\nv0 = %d\nv0", n), "silent", true,
		"user_expressions", map[string]string{"a": "v0 + 1", "b": "nothing"})
	got, err := c.replied(id)
	if err != nil {
		return err
	}
	s.model.ints["v0"] = n
	if len(got.events) != 2 || got.reply.Content["execution_count"] != float64(s.count) {
		return fmt.Errorf("soak: a silent cell: %v, heard %s", got.reply.Content, tell(got.events))
	}
	text := fmt.Sprint(got.reply.Content["user_expressions"])
	if want := fmt.Sprintf("text/plain:%d", n+1); !strings.Contains(text, want) || !strings.Contains(text, "status:error") {
		return fmt.Errorf("soak: user expressions are %s, want %s and an error", text, want)
	}
	return nil
}

// question has a cell ask; only the client that sent it may be asked.
func (s *soak) question() error {
	i := s.r.IntN(2)
	c, other := s.clients[i], s.clients[1-i]
	answer := fmt.Sprint("answer ", s.r.IntN(1000))
	for _, each := range s.clients {
		each.mu.Lock()
		each.answer = answer + " of the " + each.name
		each.mu.Unlock()
	}
	source := "line, err := show.Input(\"name?\")\nfmt.Println(line, err)"
	id := s.execute(c, "", source, "allow_stdin", true)
	s.count++
	want := cell{source: source, events: []event{{"stdout", answer + " of the " + c.name + " <nil>\n"}}}
	other.mu.Lock()
	asked := len(other.story(id).asked)
	other.mu.Unlock()
	if asked > 0 {
		return fmt.Errorf("soak: the %s was asked", other.name)
	}
	return s.check(c, id, want, s.count)
}

// lateOutput lets a goroutine print when its cell is over, and another runs.
func (s *soak) lateOutput() error {
	c, text := s.client(), fmt.Sprintln("late", s.r.IntN(1000))
	source := fmt.Sprintf("lateGroup.Add(1)\ngo func() {\n\tdefer lateGroup.Done()\n\ttime.Sleep(30 * time.Millisecond)\n\tfmt.Print(%q)\n}()", text)
	id := s.execute(c, "", source)
	s.count++
	first, err := c.replied(id)
	if err != nil {
		return err
	}
	if err := s.play(cell{source: "lateGroup.Wait()\nfmt.Println(\"waited\")", events: []event{{"stdout", "waited\n"}}}); err != nil {
		return err
	}
	got, err := c.done(id, func(st *story) bool { return len(st.late) > 0 || len(st.events) > 3 })
	if err != nil {
		return err
	}
	if all := events(slices.Concat(first.events[:len(first.events)-1], got.late)); len(got.late) > 0 && all[len(all)-1] != (event{"stdout", text}) {
		return fmt.Errorf("soak: after the cell came %s, want %q", tell(got.late), text)
	}
	return nil
}

// interrupt sends interrupt_request and waits for its reply.
func (s *soak) interrupt(c *client) error {
	id := c.send("control", "interrupt_request", "", map[string]any{})
	got, err := c.replied(id)
	if err == nil && got.reply.Content["status"] != "ok" {
		err = fmt.Errorf("soak: interrupt_reply is %v", got.reply.Content)
	}
	return err
}

// running waits until a cell runs.
func (s *soak) running(c *client, id string) error {
	_, err := c.done(id, func(st *story) bool { return len(st.events) > 1 })
	return err
}

// cut runs a cell, interrupts it after a moment, and returns what came.
func (s *soak) cut(source string) (story, error) {
	c := s.client()
	id := s.execute(c, "", source)
	s.count++
	if err := s.running(c, id); err != nil {
		return story{}, err
	}
	time.Sleep(time.Duration(s.r.IntN(60)) * time.Millisecond)
	if err := s.interrupt(s.client()); err != nil {
		return story{}, err
	}
	got, err := c.replied(id)
	if err == nil && got.reply.Content["execution_count"] != float64(s.count) {
		err = fmt.Errorf("soak: the interrupted cell's number is %v, want %d", got.reply.Content["execution_count"], s.count)
	}
	return got, err
}

func mustBeInterrupted(got story, err error) error {
	if err == nil && got.reply.Content["ename"] != "interrupted" {
		err = fmt.Errorf("soak: not interrupted: %v, heard %s", got.reply.Content, tell(got.events))
	}
	return err
}

func (s *soak) interruptLoop() error {
	loops := []string{"for { v0++ }", "for { v0 = f0(v0) % 100 }", "func() { for { v0++ } }()", "for { func() { defer func() { recover() }(); panic(1) }() }",
		"for { _ = fmt.Sprint(v0) }", "var m = map[int]int{}\nfor { m[v0%100]++; v0++ }"}
	if err := mustBeInterrupted(s.cut(loops[s.r.IntN(len(loops))])); err != nil {
		return err
	}
	n := s.r.IntN(1000) // nobody knows what v0 has been left with
	s.model.ints["v0"] = n
	return s.play(cell{source: fmt.Sprintf("v0 = %d\nfmt.Println(v0)", n), events: []event{{"stdout", fmt.Sprintln(n)}}})
}

func (s *soak) interruptWait() error {
	waits := []string{"time.Sleep(time.Hour)", "<-time.After(time.Hour)", "select { case <-time.After(time.Hour): }",
		"lateGroup.Add(1)\ndefer lateGroup.Done()\nlateGroup.Wait()"}
	return mustBeInterrupted(s.cut(waits[s.r.IntN(len(waits))]))
}

// interruptPrint cuts a cell that prints: what came is the beginning of what it
// would have printed.
func (s *soak) interruptPrint() error {
	got, err := s.cut("for i := range 1000 {\n\tfmt.Println(\"line\", i)\n\ttime.Sleep(time.Millisecond)\n}")
	if err := mustBeInterrupted(got, err); err != nil {
		return err
	}
	var all strings.Builder
	for i := range 1000 {
		fmt.Fprintln(&all, "line", i)
	}
	for _, e := range events(got.events) {
		if e.kind == "stdout" && !strings.HasPrefix(all.String(), e.text) {
			return fmt.Errorf("soak: an interrupted cell has printed %q", e.text)
		}
	}
	return nil
}

func (s *soak) interruptNothing() error { return s.interrupt(s.client()) }

// query asks something on a channel and returns the reply's content.
func (s *soak) query(channel, kind string, content map[string]any) (map[string]any, error) {
	c := s.client()
	id := c.send(channel, kind, "", content)
	got, err := c.replied(id)
	if err != nil {
		return nil, err
	}
	if got.reply.Content["status"] != "ok" || len(got.events) != 2 || got.reply.Header.Type != strings.Replace(kind, "request", "reply", 1) {
		return nil, fmt.Errorf("soak: %s brought %v, heard %s", kind, got.reply.Content, tell(got.events))
	}
	for _, o := range s.clients {
		o.forget(id)
	}
	return got.reply.Content, nil
}

func (s *soak) complete() error {
	name := pick(s.r, s.model.ints)
	code := "é := " + name
	got, err := s.query("shell", "complete_request", map[string]any{"code": code, "cursor_pos": len([]rune(code))})
	if err != nil {
		return err
	}
	matches, _ := got["matches"].([]any)
	if !slices.Contains(matches, any(name)) || got["cursor_start"] != 5.0 {
		return fmt.Errorf("soak: completing %s: %v", name, got)
	}
	return nil
}

func (s *soak) inspect() error {
	name := pick(s.r, s.model.texts)
	got, err := s.query("shell", "inspect_request", map[string]any{"code": name, "cursor_pos": 1, "detail_level": s.r.IntN(2)})
	if err == nil && (got["found"] != true || !strings.Contains(fmt.Sprint(got["data"]), "string")) {
		err = fmt.Errorf("soak: inspecting %s: %v", name, got)
	}
	return err
}

// ask asks what takes no cell to answer.
func (s *soak) ask() error {
	got, err := s.query([]string{"shell", "control"}[s.r.IntN(2)], "kernel_info_request", map[string]any{})
	if err != nil {
		return err
	}
	if got["protocol_version"] != "5.5" {
		return fmt.Errorf("soak: kernel_info_reply is %v", got)
	}
	if got, err = s.query("control", "usage_request", map[string]any{}); err != nil {
		return err
	}
	if bytes, _ := got["kernel_memory"].(float64); bytes < 1e6 {
		return fmt.Errorf("soak: usage_reply is %v", got)
	}
	n := s.r.IntN(1000)
	source := fmt.Sprintf("v0 = %d", n)
	s.model.ints["v0"] = n
	if err := s.play(cell{source: source}); err != nil {
		return err
	}
	got, err = s.query("shell", "history_request", map[string]any{"hist_access_type": "tail", "n": 1})
	if err == nil && !strings.HasSuffix(fmt.Sprint(got["history"]), fmt.Sprintf(" %d %s]]", s.count, source)) {
		err = fmt.Errorf("soak: the last of the history is %v, want %d %s", got["history"], s.count, source)
	}
	return err
}

// comm opens a channel to a handler of the session, has it echo, and closes it.
func (s *soak) comm() error {
	c, comm := s.client(), newID()
	say := func(kind string, content map[string]any, buffers ...[]byte) (story, error) {
		content["comm_id"] = comm
		return c.done(c.send("shell", kind, "", content, buffers...), func(st *story) bool { return st.idle })
	}
	if got, err := say("comm_open", map[string]any{"target_name": "echo", "data": map[string]any{}}); err != nil || len(got.events) != 2 {
		return fmt.Errorf("soak: comm_open: %v, heard %s", err, tell(got.events))
	}
	for i := range 1 + s.r.IntN(4) {
		buffer := bytes.Repeat([]byte{byte(i), 255}, s.r.IntN(2000))
		got, err := say("comm_msg", map[string]any{"data": map[string]any{"n": i}}, buffer, []byte("end"))
		if err != nil {
			return err
		}
		if len(got.events) != 3 || got.events[1].Header.Type != "comm_msg" || fmt.Sprint(got.events[1].Content["data"]) != fmt.Sprintf("map[n:%d]", i) {
			return fmt.Errorf("soak: the echo of message %d is %s", i, tell(got.events))
		}
		if b := got.events[1].Buffers; len(b) != 2 || !bytes.Equal(b[0], buffer) || string(b[1]) != "end" {
			return fmt.Errorf("soak: the echo of message %d has other buffers", i)
		}
	}
	if _, err := say("comm_close", map[string]any{"data": map[string]any{}}); err != nil {
		return err
	}
	info, err := s.query("shell", "comm_info_request", map[string]any{})
	if err == nil && len(info["comms"].(map[string]any)) > 0 {
		err = fmt.Errorf("soak: comms are left: %v", info)
	}
	return err
}

// shell makes a subshell, or deletes one.
func (s *soak) shell() error {
	if len(s.shells) == 3 || len(s.shells) > 0 && s.r.IntN(2) == 0 {
		i := s.r.IntN(len(s.shells))
		_, err := s.query("control", "delete_subshell_request", map[string]any{"subshell_id": s.shells[i]})
		s.shells = slices.Delete(s.shells, i, i+1)
		return err
	}
	got, err := s.query("control", "create_subshell_request", map[string]any{})
	if err != nil {
		return err
	}
	s.shells = append(s.shells, fmt.Sprint(got["subshell_id"]))
	list, err := s.query("control", "list_subshell_request", map[string]any{})
	if err == nil && len(list["subshell_id"].([]any)) != len(s.shells) {
		err = fmt.Errorf("soak: the subshells are %v, want %v", list["subshell_id"], s.shells)
	}
	return err
}

// sideBySide runs a cell in a subshell while the first is at work.
func (s *soak) sideBySide() error {
	if len(s.shells) == 0 {
		return s.shell()
	}
	long := cell{source: "for i := range 5 {\n\tfmt.Println(\"main\", i)\n\ttime.Sleep(20 * time.Millisecond)\n}"}
	long.events = []event{{"stdout", "main 0\nmain 1\nmain 2\nmain 3\nmain 4\n"}}
	a, b := s.client(), s.client()
	first := s.execute(a, "", long.source)
	s.count++
	if err := s.running(a, first); err != nil {
		return err
	}
	numbers := []int{s.count}
	for range 1 + s.r.IntN(3) {
		want := s.writer().write(s.r.IntN(4) == 0)
		id := s.execute(b, s.shells[s.r.IntN(len(s.shells))], want.source)
		s.count++
		numbers = append(numbers, s.count)
		if err := s.check(b, id, want, s.count); err != nil {
			return err
		}
	}
	return s.check(a, first, long, numbers[0])
}

// kill ends the worker while a cell runs: the cell says so, and a new session
// begins.
func (s *soak) kill() error {
	c := s.client()
	id := s.execute(c, "", "fmt.Println(\"before\")\nfor { time.Sleep(time.Millisecond) }")
	s.count++
	if _, err := c.done(id, func(st *story) bool { return len(st.events) > 2 }); err != nil {
		return err
	}
	w := s.kernel.worker()
	if w == nil {
		return fmt.Errorf("soak: the kernel has no worker")
	}
	if err := w.Kill(); err != nil {
		return err
	}
	got, err := c.replied(id)
	if err != nil {
		return err
	}
	if got.reply.Content["ename"] != "worker died" {
		return fmt.Errorf("soak: after the worker was killed: %v", got.reply.Content)
	}
	return s.begin()
}

// restart asks the kernel to end, while a cell runs at times, and starts the
// next one.
func (s *soak) restart() error {
	c := s.client()
	if s.r.IntN(2) == 0 {
		if err := s.running(c, s.execute(c, "", "for {}")); err != nil {
			return err
		}
	}
	s.spans[len(s.spans)-1].last = s.kernel.memory()
	id := c.send("control", "shutdown_request", "", map[string]any{"restart": true})
	if _, err := c.done(id, func(st *story) bool { return st.reply != nil }); err != nil {
		return err
	}
	if err := s.kernel.wait(5 * time.Second); err != nil {
		return err
	}
	s.close()
	return s.open()
}
