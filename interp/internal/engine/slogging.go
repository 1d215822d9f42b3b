package engine

import (
	"context"
	"io"
	"log/slog"
	"time"
	"unsafe"
)

// slogging makes package log/slog know the lines of cells. Records get the
// number of a site as their program counter, which compiled handlers can't
// look up; so those that add the source are told it beside the record, for the
// time that they handle it.
func (m *Machine) slogging() {
	for name, level := range map[string]slog.Level{
		"Debug": slog.LevelDebug, "Info": slog.LevelInfo, "Warn": slog.LevelWarn, "Error": slog.LevelError,
	} {
		m.hostSlog(name, func(f *F, l *slog.Logger, params unsafe.Pointer) {
			p := (*struct {
				msg  string
				args []any
			})(params)
			m.slog(f, l, nil, level, p.msg, func(r *slog.Record) { r.Add(p.args...) })
		})
		m.hostSlog(name+"Context", func(f *F, l *slog.Logger, params unsafe.Pointer) {
			p := (*struct {
				ctx  context.Context
				msg  string
				args []any
			})(params)
			m.slog(f, l, p.ctx, level, p.msg, func(r *slog.Record) { r.Add(p.args...) })
		})
	}
	m.hostSlog("Log", func(f *F, l *slog.Logger, params unsafe.Pointer) {
		p := (*slogCall[any])(params)
		m.slog(f, l, p.ctx, p.level, p.msg, func(r *slog.Record) { r.Add(p.args...) })
	})
	m.hostSlog("LogAttrs", func(f *F, l *slog.Logger, params unsafe.Pointer) {
		p := (*slogCall[slog.Attr])(params)
		m.slog(f, l, p.ctx, p.level, p.msg, func(r *slog.Record) { r.AddAttrs(p.args...) })
	})
	m.slogHandlers()
}

type slogCall[A any] struct {
	ctx   context.Context
	level slog.Level
	msg   string
	args  []A
}

// hostSlog runs host in place of a function of package slog and of the method
// of the same name.
func (m *Machine) hostSlog(name string, host func(f *F, l *slog.Logger, params unsafe.Pointer)) {
	method := func(f *F, params unsafe.Pointer) { host(f, (*slog.Logger)(f.receiver(params)), params) }
	m.hosts["log/slog."+name] = func(f *F, params unsafe.Pointer) { host(f, slog.Default(), params) }
	m.hosts["log/slog.Logger."+name] = method
	m.hostMethod(name, (*slog.Logger)(nil), method)
}

// slog hands a record of the call at f to the logger's handler.
func (m *Machine) slog(f *F, l *slog.Logger, ctx context.Context, level slog.Level, msg string, add func(*slog.Record)) {
	if ctx == nil {
		ctx = context.Background()
	}
	if !l.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(time.Now(), level, msg, m.sites.pc(f.callers()[0]))
	add(&r)
	_ = m.handle(l.Handler(), ctx, r) // as the original
}

// handle calls h, which may ask for the source of what this goroutine handles.
func (m *Machine) handle(h slog.Handler, ctx context.Context, r slog.Record) error {
	if src, g := m.source(r.PC), goroutine(); src != nil && g != 0 {
		before, nested := m.handled.Swap(g, src)
		defer func() {
			if nested {
				m.handled.Store(g, before)
			} else {
				m.handled.Delete(g)
			}
		}()
	}
	return h.Handle(ctx, r)
}

// source is what slog.Record.Source returns for the number of a site.
func (m *Machine) source(pc uintptr) *slog.Source {
	if _, _, ok := m.sites.at(pc); !ok {
		return nil
	}
	fn := m.funcForPC(pc)
	file, line := fn.FileLine(pc)
	return &slog.Source{Function: fn.Name(), File: file, Line: line}
}

// slogHandlers makes the handlers that cells make ask for the source.
func (m *Machine) slogHandlers() {
	type made struct {
		w    io.Writer
		opts *slog.HandlerOptions
		h    unsafe.Pointer
	}
	m.hosts["log/slog.NewTextHandler"] = func(f *F, params unsafe.Pointer) {
		p := (*made)(params)
		p.h = unsafe.Pointer(slog.NewTextHandler(p.w, m.sourced(p.opts)))
	}
	m.hosts["log/slog.NewJSONHandler"] = func(f *F, params unsafe.Pointer) {
		p := (*made)(params)
		p.h = unsafe.Pointer(slog.NewJSONHandler(p.w, m.sourced(p.opts)))
	}
	type handled struct {
		ctx context.Context
		r   slog.Record
		err error
	}
	text := func(f *F, params unsafe.Pointer) {
		p := (*handled)(params)
		p.err = m.handle((*slog.TextHandler)(f.receiver(params)), p.ctx, p.r)
	}
	json := func(f *F, params unsafe.Pointer) {
		p := (*handled)(params)
		p.err = m.handle((*slog.JSONHandler)(f.receiver(params)), p.ctx, p.r)
	}
	m.hosts["log/slog.TextHandler.Handle"], m.hosts["log/slog.JSONHandler.Handle"] = text, json
	m.hostMethod("Handle", (*slog.TextHandler)(nil), text)
	m.hostMethod("Handle", (*slog.JSONHandler)(nil), json)
	m.hosts["log/slog.Record.Source"] = func(f *F, params unsafe.Pointer) {
		r := *(*slog.Record)(f.receiver(params))
		src := m.source(r.PC)
		if src == nil {
			src = r.Source()
		}
		*(**slog.Source)(params) = src
	}
}

// sourced are the options with the source filled in, where they ask for it.
func (m *Machine) sourced(opts *slog.HandlerOptions) *slog.HandlerOptions {
	if opts == nil || !opts.AddSource {
		return opts
	}
	o := *opts
	o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if src, ok := a.Value.Any().(*slog.Source); ok && src != nil && src.File == "" && len(groups) == 0 {
			if known, ok := m.handled.Load(goroutine()); ok {
				a.Value = slog.AnyValue(known)
			}
		}
		if opts.ReplaceAttr != nil {
			a = opts.ReplaceAttr(groups, a)
		}
		return a
	}
	return &o
}
