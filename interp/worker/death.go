package worker

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// died makes the cell error of a worker that ended under a cell, and has the
// next one started by the time that the person has read it.
func (c *Client) died(p *process, e *evaluation) show.Result {
	c.mu.Lock()
	killed, closed := slices.ContainsFunc(append(c.cells, e), func(e *evaluation) bool { return e.interrupted }), c.closed
	gone := loss(c.names, c.past.Len())
	c.names, p.told = nil, true
	c.mu.Unlock()
	if closed {
		return failed("interrupted", "the session was closed")
	}
	go c.process()
	if killed {
		return failed("interrupted", "the cell did not stop and its process was killed; "+gone)
	}
	return failed("worker died", reason(p)+"; "+gone)
}

// mourn notes what a worker that has ended between cells has cost. c.mu is held.
func (c *Client) mourn(p *process) {
	if !p.told && len(c.names)+c.past.Len() > 0 {
		c.lost = reason(p) + "; " + loss(c.names, c.past.Len())
	}
	c.names, p.told = nil, true
}

// untold is why a cell must not run: it was written for variables that are gone,
// and nobody has been told. Silent cells are front ends' own.
func (c *Client) untold(cell show.Cell) (why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cell.Silent || c.lost == "" {
		return ""
	}
	why, c.lost = "between cells: "+c.lost+"; this cell has not run", ""
	return why
}

// loss says what the end of a worker has cost, and how to get it back.
func loss(names []string, cells int) string {
	text := "a new session has started"
	const most = 8
	switch n := len(names); {
	case n == 0:
	case n == 1:
		text += ", the variable " + names[0] + " is gone"
	case n <= most:
		text += ", the variables " + strings.Join(names[:n-1], ", ") + " and " + names[n-1] + " are gone"
	default:
		text += fmt.Sprintf(", the variables %s and %d more are gone", strings.Join(names[:most], ", "), n-most)
	}
	if cells > 0 {
		text += "; %rerun runs the cells before again"
	}
	return text
}

func failed(name, value string) show.Result {
	return show.Result{Err: &show.Error{Name: name, Value: value, Traceback: []string{name + ": " + value}}}
}

var (
	crash = regexp.MustCompile(`(?m)^(?:fatal error|panic): (.*)$`)
	fatal = regexp.MustCompile(`(?m)^SIG[A-Z]+: .*$`) // a signal that ends the process, and what it means
)

const inC = "signal arrived during cgo execution"

// reason reads from the last of standard error why the process ended.
func reason(p *process) string {
	text := p.stderr.crash()
	if strings.Contains(text, "fatal error: stack overflow") {
		return "stack overflow (a goroutine's stack grew over the limit: endless recursion?)"
	}
	if m := crash.FindStringSubmatch(text); m != nil {
		return strings.TrimSuffix(m[1], " [recovered, repanicked]")
	}
	if m := fatal.FindString(text); m != "" {
		if strings.Contains(text, inC) {
			m += ", in C code"
		}
		return m
	}
	switch s := p.state.String(); s {
	case "signal: killed":
		return "its process was killed (out of memory?)"
	default:
		return "its process ended: " + s
	}
}
