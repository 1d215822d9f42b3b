// Package show holds what passes between a cell and whoever displays it: MIME
// bundles, errors, completions, and the events of an evaluation.
//
// It is the vocabulary that the kernel, the REPL, the notebook runner and the
// session worker share, so it imports nothing of ours and knows no protocol.
// It is not a place for rendering of particular values: a table, a chart or a
// model renders itself by implementing [Displayer].
package show

import (
	"context"
	"encoding/json"
)

// MIME types that Sheaf's own values show themselves as.
const (
	MIMEText     = "text/plain"
	MIMEHTML     = "text/html"
	MIMEMarkdown = "text/markdown"
	MIMELaTeX    = "text/latex"
	MIMESVG      = "image/svg+xml"
	MIMEPNG      = "image/png"
	MIMEJPEG     = "image/jpeg"
	MIMEJSON     = "application/json"
	MIMEVegaLite = "application/vnd.vegalite.v5+json"
)

// A Bundle is one value in several MIME types; a front end shows the richest
// one it knows. The zero value shows nothing.
//
// A value under a text type is a string; under an image type other than SVG a
// []byte; under a JSON type a json.RawMessage or anything encoding/json
// accepts. A bundle that is shown always has "text/plain" beside the others.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any // by MIME type, or of all; may be nil
}

// Displayer is implemented by compiled values that know how to show
// themselves as the last expression of a cell. Display must not panic and
// must be bounded: a few hundred kilobytes, whatever the size of the value.
type Displayer interface {
	Display() Bundle
}

// Plain is a bundle of text alone.
func Plain(s string) Bundle { return Bundle{Data: map[string]any{MIMEText: s}} }

// Empty reports whether the bundle has nothing to show.
func (b Bundle) Empty() bool { return len(b.Data) == 0 }

// PlainText returns the bundle's "text/plain" form, or "".
func (b Bundle) PlainText() string {
	s, _ := b.Data[MIMEText].(string)
	return s
}

// An Error is why a cell failed, in the form front ends show it.
type Error struct {
	Name      string   // kind: "compile error", "panic", "interrupted", "worker died", …
	Value     string   // one line: what was wanted and what came
	Traceback []string // lines to show, ANSI colours allowed; the last ones name cell and line
	Cell      int      // execution count of the cell at fault, 0 if unknown
	Line, Col int      // place inside that cell, from 1; 0 if unknown
}

// Error makes *Error an error.
func (e *Error) Error() string {
	if e.Value == "" {
		return e.Name
	}
	return e.Name + ": " + e.Value
}

// A Cell is a request to evaluate source text.
type Cell struct {
	Source string
	Count  int               // execution count
	Name   string            // file name in positions; "" means cell[Count]
	Silent bool              // no result is shown
	Shared bool              // others may come while it runs: to wait for them is no deadlock
	Exprs  map[string]string // user expressions, evaluated after the cell
}

// A Result is how an evaluation ended. Output has already gone to the Sink.
type Result struct {
	Value Bundle                // the last expression; empty if there is none
	Err   *Error                // nil when the cell succeeded
	Exprs map[string]ExprResult // one for each of Cell.Exprs
	Exit  *int                  // the status, when the cell called os.Exit; Err is set too
	Next  string                // text to put in place of the cell's source; where that cannot be, to print
}

// ExprResult is the value or the error of one user expression.
type ExprResult struct {
	Value Bundle
	Err   *Error
}

// A Display is something that a cell shows while it runs.
type Display struct {
	Bundle Bundle
	ID     string // display id; "" when it will never be updated
	Update bool   // replaces what was shown under ID, shows nothing new
}

// What a message of a comm says.
const (
	CommOpen    = "open"
	CommMessage = "msg"
	CommClose   = "close"
)

// A Comm is a message of a comm, a channel between code of the session and code
// of a front end; package comm has what cells make of it.
type Comm struct {
	Event    string // CommOpen, CommMessage or CommClose
	ID       string
	Target   string // of CommOpen: what the other side has registered
	Data     json.RawMessage
	Metadata json.RawMessage // a JSON object; may be nil
	Buffers  [][]byte
}

// A Sink receives what a running cell produces, in the order in which the
// cell produced it. Its methods are called from one goroutine at a time.
type Sink interface {
	// Stream takes text written to "stdout" or "stderr".
	Stream(name, text string)
	// Display takes a rich display.
	Display(d Display)
	// Clear removes the cell's output; with wait, when the next output comes.
	Clear(wait bool)
	// Input asks the person for a line; ctx ends when the cell is interrupted.
	Input(ctx context.Context, prompt string, password bool) (string, error)
}

// A CommSink is a Sink whose front end has comms.
type CommSink interface {
	Sink
	// Comm takes a message for the front end.
	Comm(m Comm)
}

// A Completion is one proposal; the kernel replaces the text between the
// offsets of its [Completions] with Text.
type Completion struct {
	Text      string
	Kind      string // "function", "method", "type", "variable", "constant", "field", "package", "keyword", "command", "path"
	Signature string // e.g. "func(n int) *tables.Table"; may be ""
}

// Completions are proposals for the text between byte offsets Start and End.
type Completions struct {
	Start, End int
	Items      []Completion
}

// Completeness says whether a source text can be run as it stands.
type Completeness struct {
	Status string // "complete", "incomplete", "invalid" or "unknown"
	Indent string // proposed indent of the next line, when incomplete
}
