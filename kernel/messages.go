package kernel

import (
	"encoding/json"
	"strings"

	"github.com/sheaf-go/sheaf/internal/traceback"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// The contents of messages, as the messaging specification has them. A request
// is decoded over its default, so a missing key keeps it.

// replyType is the type of the reply to a request.
func replyType(request string) string {
	return strings.TrimSuffix(request, "_request") + "_reply"
}

// Values of a reply's status.
const (
	ok      = "ok"
	failed  = "error"
	aborted = "aborted"
)

type executeRequest struct {
	Code        string            `json:"code"`
	Silent      bool              `json:"silent"`
	Store       *bool             `json:"store_history"` // by default, unless silent
	Expressions map[string]string `json:"user_expressions"`
	AllowStdin  bool              `json:"allow_stdin"`
	StopOnError bool              `json:"stop_on_error"`
}

type executeReply struct {
	Status      string                `json:"status"`
	Count       int                   `json:"execution_count"`
	Expressions map[string]expression `json:"user_expressions"`
	Payload     []payload             `json:"payload"` // deprecated; front ends want it there
	*failure                          // when Status is "error"
}

// A payload asks a front end to do something: here, to put a text in place of
// the cell's source.
type payload struct {
	Source  string `json:"source"` // "set_next_input"
	Text    string `json:"text"`
	Replace bool   `json:"replace"`
}

// A failure is the triple that says why a cell failed.
type failure struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

func failureOf(e *show.Error) *failure {
	lines := e.Traceback
	if lines == nil {
		lines = []string{e.Error()}
	}
	return &failure{Name: e.Name, Value: e.Value, Traceback: traceback.Page.Colour(e.Name, lines)}
}

// An expression is the value or the failure of a user expression.
type expression struct {
	Status string `json:"status"`
	*bundle
	*failure
}

// executeMetadata lets front ends show when the cell began.
type executeMetadata struct {
	Started string `json:"started"`
	Status  string `json:"status"`
}

type executeInput struct {
	Code  string `json:"code"`
	Count int    `json:"execution_count"`
}

type executeResult struct {
	Count int `json:"execution_count"`
	*bundle
}

type displayData struct {
	*bundle
	Transient transient `json:"transient"`
}

type transient struct {
	DisplayID string `json:"display_id,omitempty"`
}

type stream struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type clearOutput struct {
	Wait bool `json:"wait"`
}

type status struct {
	State string `json:"execution_state"` // busy, idle or starting
}

type welcome struct {
	Subscription string `json:"subscription"`
}

type inputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

type inputReply struct {
	Value string `json:"value"`
}

// A codeRequest is complete_request, inspect_request or is_complete_request.
type codeRequest struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"` // code points; the end by default
	Detail int    `json:"detail_level"`
}

type completeReply struct {
	Status   string           `json:"status"`
	Matches  []string         `json:"matches"`
	Start    int              `json:"cursor_start"`
	End      int              `json:"cursor_end"`
	Metadata completeMetadata `json:"metadata"`
}

type completeMetadata struct {
	Types []completionType `json:"_jupyter_types_experimental"`
}

type completionType struct {
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature,omitempty"`
}

type inspectReply struct {
	Status string `json:"status"`
	Found  bool   `json:"found"`
	*bundle
}

type isCompleteReply struct {
	Status string  `json:"status"`
	Indent *string `json:"indent,omitempty"` // only when incomplete
}

type historyRequest struct {
	Access  string `json:"hist_access_type"`
	Output  bool   `json:"output"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	N       *int   `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

type historyReply struct {
	Status  string   `json:"status"`
	History [][3]any `json:"history"` // session, line, and the input or [input, output]
}

type commInfoReply struct {
	Status string              `json:"status"`
	Comms  map[string]commInfo `json:"comms"`
}

type commInfo struct {
	Target string `json:"target_name"`
}

type commInfoRequest struct {
	Target string `json:"target_name"` // all, by default
}

// A commContent is comm_open, comm_msg or comm_close.
type commContent struct {
	ID     string          `json:"comm_id"`
	Target string          `json:"target_name,omitempty"` // of comm_open
	Data   json.RawMessage `json:"data"`
}

type kernelInfoReply struct {
	Status         string       `json:"status"`
	Protocol       string       `json:"protocol_version"`
	Implementation string       `json:"implementation"`
	Version        string       `json:"implementation_version"`
	Language       languageInfo `json:"language_info"`
	Banner         string       `json:"banner"`
	Links          []Link       `json:"help_links"`
	Features       []string     `json:"supported_features"`
	Debugger       bool         `json:"debugger"` // deprecated, still read by older clients
}

type languageInfo struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Mimetype   string `json:"mimetype"`
	Extension  string `json:"file_extension"`
	Lexer      string `json:"pygments_lexer"`
	CodeMirror string `json:"codemirror_mode"`
	Exporter   string `json:"nbconvert_exporter"`
}

type connectReply struct {
	Status    string `json:"status"`
	Shell     int    `json:"shell_port"`
	IOPub     int    `json:"iopub_port"`
	Stdin     int    `json:"stdin_port"`
	Heartbeat int    `json:"hb_port"`
	Control   int    `json:"control_port"`
}

type shutdownRequest struct {
	Restart bool `json:"restart"`
}

type shutdownReply struct {
	Status  string `json:"status"`
	Restart bool   `json:"restart"`
}

type statusReply struct {
	Status string `json:"status"`
}

// A failedReply answers a request that could not be done.
type failedReply struct {
	Status string `json:"status"`
	*failure
}

type subshellReply struct {
	Status string `json:"status"`
	ID     string `json:"subshell_id"`
}

type subshellRequest struct {
	ID string `json:"subshell_id"`
}

type subshellListReply struct {
	Status string   `json:"status"`
	IDs    []string `json:"subshell_id"`
}
