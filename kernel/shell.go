package kernel

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// askLimit is how long a question to the engine may take. An answer that
// comes later is of no use to a person who types.
const askLimit = 10 * time.Second

// handleShell routes one message of the shell channel; see the package
// comment for what waits for what.
func (k *kernel) handleShell(m *wire.Message) {
	switch m.Header.MsgType {
	case "execute_request":
		k.enqueue(m)
	case "complete_request":
		k.question(m, k.complete)
	case "inspect_request":
		k.question(m, k.inspect)
	case "is_complete_request":
		k.question(m, k.isComplete)
	case "kernel_info_request":
		k.around(m, func() { k.reply(k.shell, m, k.info()) })
	case "history_request":
		k.historyRequest(m)
	case "comm_info_request":
		k.commInfo(m)
	case "comm_open", "comm_msg", "comm_close":
		k.commRequest(m)
	case "connect_request":
		k.around(m, func() { k.reply(k.shell, m, k.ports()) })
	case "shutdown_request": // deprecated here since 5.4
		k.shutdown(k.shell, m)
	default:
		k.log.Printf("shell: dropped: unknown message type %q", m.Header.MsgType)
	}
}

// question queues a question about code for the engine.
func (k *kernel) question(m *wire.Message, answer func(context.Context, codeRequest) any) {
	var r codeRequest
	if !k.decode(m, &r) {
		return
	}
	k.toShell(m, func(s *subshell) {
		s.asks.push(func() {
			k.around(m, func() {
				ctx, cancel := context.WithTimeout(k.ctx, askLimit)
				defer cancel()
				k.reply(k.shell, m, answer(ctx, r))
			})
		})
	})
}

func (k *kernel) complete(ctx context.Context, r codeRequest) any {
	c := k.engine.Complete(ctx, r.Code, r.offset())
	start, end := codePoints(r.Code, c.Start), codePoints(r.Code, c.End)
	reply := completeReply{Status: ok, Matches: []string{}, Start: start, End: end}
	reply.Metadata.Types = []completionType{}
	for _, it := range c.Items {
		reply.Matches = append(reply.Matches, it.Text)
		reply.Metadata.Types = append(reply.Metadata.Types, completionType{
			Start: start, End: end, Text: it.Text, Type: it.Kind, Signature: it.Signature,
		})
	}
	return reply
}

func (k *kernel) inspect(ctx context.Context, r codeRequest) any {
	b, found := k.engine.Inspect(ctx, r.Code, r.offset(), r.Detail)
	if !found {
		b = show.Bundle{}
	}
	return inspectReply{Status: ok, Found: found, bundle: newBundle(b)}
}

func (k *kernel) isComplete(_ context.Context, r codeRequest) any {
	c := k.engine.Completeness(r.Code)
	reply := isCompleteReply{Status: or(c.Status, "unknown")}
	if c.Status == "incomplete" {
		reply.Indent = &c.Indent
	}
	return reply
}

// info is the answer to kernel_info_request.
func (k *kernel) info() kernelInfoReply {
	links := k.opts.Links
	if links == nil {
		links = []Link{}
	}
	return kernelInfoReply{
		Status:         ok,
		Protocol:       wire.Version,
		Implementation: k.name(),
		Version:        or(k.opts.Version, "0"),
		Language: languageInfo{
			Name:       "go",
			Version:    or(k.opts.Language, strings.TrimPrefix(runtime.Version(), "go")),
			Mimetype:   "text/x-go",
			Extension:  ".go",
			Lexer:      "go",
			CodeMirror: "go",
			Exporter:   "script",
		},
		Banner:   k.banner(),
		Links:    links,
		Features: []string{"kernel subshells"},
	}
}

func (k *kernel) ports() connectReply {
	c := k.conn
	return connectReply{Status: ok, Shell: c.Shell, IOPub: c.IOPub, Stdin: c.Stdin, Heartbeat: c.Heartbeat, Control: c.Control}
}
