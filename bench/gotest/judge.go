package main

import (
	"regexp"
	"strings"
)

// How a program can end. Silent is the one that must not be: the program said
// that all is well and printed something else.
const (
	pass        = "pass"
	compile     = "compile"
	unsupported = "unsupported"
	panicked    = "panic"
	silent      = "silent"
	status      = "exit"
	timeout     = "timeout"
	died        = "died"
)

// classes are the ways to fail, in the order that tables have.
var classes = []string{compile, unsupported, panicked, status, timeout, died, silent}

// An ending is what was seen of a run.
type ending struct {
	exit    int    // status; -1: killed by a signal
	output  string // both streams
	timeout bool
	hung    bool   // and before it was out of time it had long done nothing
	killed  string // why the runner itself killed it, other than for time
}

var (
	diedRE        = regexp.MustCompile(`(?m)^(?:worker died|fatal error|runtime: goroutine stack exceeds|unexpected fault address|SIG[A-Z]+): ?.*$`)
	panicRE       = regexp.MustCompile(`(?m)^panic: .*$`)
	unsupportedRE = regexp.MustCompile(`(?m)^(?:\S+\.go:\d+(?::\d+)?: )?the interpreter cannot run this.*$|^\S+\.go:\d+(?::\d+)?: .*not (?:yet )?(?:supported|interpreted).*$|^sheaf exec: .* is not interpreted: .*$`)
	compileRE     = regexp.MustCompile(`(?m)^\S+\.go:\d+(?::\d+)?: .*$`)
	addressRE     = regexp.MustCompile(`\b0x[0-9a-f]{6,}\b`)
)

// judge says how a run ended beside the output that was wanted, and names the
// line that tells why it failed.
func judge(e ending, want string) (class, reason string) {
	got := strings.ReplaceAll(e.output, "\r\n", "\n")
	switch {
	case e.hung:
		return timeout, "hung: it waited and did nothing"
	case e.timeout:
		return timeout, "still busy when its time was over"
	case e.killed != "":
		return died, e.killed
	case e.exit == 0 && got == want:
		return pass, ""
	case e.exit == 0:
		return silent, difference(want, got)
	}
	for _, c := range []struct {
		class string
		re    *regexp.Regexp
	}{{unsupported, unsupportedRE}, {died, diedRE}, {panicked, panicRE}, {compile, compileRE}} {
		if line := c.re.FindString(got); line != "" {
			return c.class, short(line)
		}
	}
	if e.exit < 0 {
		return died, short(lastLine(got))
	}
	return status, short(lastLine(got))
}

// difference is the first line in which two outputs differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		switch {
		case i >= len(w):
			return short("got more: " + g[i])
		case i >= len(g):
			return short("got less, no: " + w[i])
		case w[i] != g[i]:
			return short("want " + quoted(w[i]) + " got " + quoted(g[i]))
		}
	}
	return ""
}

func quoted(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return "«" + s + "»"
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return short(s[strings.LastIndexByte(s, '\n')+1:])
}

// short makes a text fit for a line of a list: one line, no addresses.
func short(s string) string {
	s = strings.Join(strings.Fields(addressRE.ReplaceAllString(s, "0x…")), " ")
	if len(s) > 160 {
		s = strings.ToValidUTF8(s[:160], "") + "…"
	}
	return s
}
