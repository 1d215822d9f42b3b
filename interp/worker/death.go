package worker

import (
	"regexp"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// died makes the cell error of a worker that ended under a cell, and has the
// next one started by the time that the person has read it.
func (c *Client) died(p *process) show.Result {
	c.mu.Lock()
	killed, closed := c.interrupted, c.closed
	c.mu.Unlock()
	if closed {
		return failed("interrupted", "the session was closed")
	}
	go c.process()
	if killed {
		return failed("interrupted", "the cell did not stop and its process was killed; a new session has started, its variables are gone")
	}
	return failed("worker died", reason(p)+"; a new session has started, its variables are gone")
}

func failed(name, value string) show.Result {
	return show.Result{Err: &show.Error{Name: name, Value: value, Traceback: []string{name + ": " + value}}}
}

var crash = regexp.MustCompile(`(?m)^(?:fatal error|panic): (.*)$`)

// reason reads from the last of standard error why the process ended.
func reason(p *process) string {
	text := p.stderr.crash()
	if strings.Contains(text, "fatal error: stack overflow") {
		return "stack overflow (a goroutine's stack grew over the limit: endless recursion?)"
	}
	if m := crash.FindStringSubmatch(text); m != nil {
		return strings.TrimSuffix(m[1], " [recovered, repanicked]")
	}
	switch s := p.state.String(); s {
	case "signal: killed":
		return "its process was killed (out of memory?)"
	default:
		return "its process ended: " + s
	}
}
