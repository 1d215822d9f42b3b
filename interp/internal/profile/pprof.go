package profile

import (
	"compress/gzip"
	"io"
	"time"
)

// WritePprof writes the profile as go tool pprof reads it: gzipped protocol
// buffers of perftools.profiles.Profile, whose field numbers stand below.
func (p *Profile) WritePprof(w io.Writer) error {
	e := &encoder{index: map[string]int64{"": 0}, list: []string{""}, funcs: map[Frame]uint64{}, places: map[Frame]uint64{}}
	var out message
	out.message(1, e.valueType("samples", "count"))
	out.message(1, e.valueType("cpu", "nanoseconds"))
	for _, s := range p.Samples {
		var m message
		var stack message
		for _, f := range s.Stack {
			stack.varint(e.location(f))
		}
		m.bytes(1, stack)
		var values message
		values.varint(uint64(s.Count))
		values.varint(uint64(s.Time))
		m.bytes(2, values)
		out.message(2, m)
	}
	out = append(out, e.locations...)
	out = append(out, e.functions...)
	period := e.valueType("cpu", "nanoseconds")
	for _, s := range e.list {
		out.bytes(6, []byte(s))
	}
	out.number(9, uint64(p.Start.UnixNano()))
	out.number(10, uint64(p.Wall))
	out.message(11, period)
	out.number(12, uint64(max(p.Period, time.Nanosecond)))
	z := gzip.NewWriter(w)
	if _, err := z.Write(out); err != nil {
		return err
	}
	return z.Close()
}

// An encoder numbers what samples refer to.
type encoder struct {
	index map[string]int64
	list  []string

	funcs, places        map[Frame]uint64
	locations, functions message
}

func (e *encoder) text(s string) uint64 {
	i, ok := e.index[s]
	if !ok {
		i = int64(len(e.list))
		e.index[s], e.list = i, append(e.list, s)
	}
	return uint64(i)
}

func (e *encoder) valueType(what, unit string) (m message) {
	m.number(1, e.text(what))
	m.number(2, e.text(unit))
	return m
}

// location is the number of a frame.
func (e *encoder) location(f Frame) uint64 {
	id := e.places[f]
	if id != 0 {
		return id
	}
	id = uint64(len(e.places) + 1)
	e.places[f] = id
	var line, m message
	line.number(1, e.function(f))
	line.number(2, uint64(f.Line))
	m.number(1, id)
	m.message(4, line)
	e.locations.message(4, m)
	return id
}

func (e *encoder) function(f Frame) uint64 {
	key := Frame{Func: f.Func, File: f.File, Start: f.Start}
	id := e.funcs[key]
	if id != 0 {
		return id
	}
	id = uint64(len(e.funcs) + 1)
	e.funcs[key] = id
	var m message
	m.number(1, id)
	m.number(2, e.text(f.Func))
	m.number(3, e.text(f.Func))
	m.number(4, e.text(f.File))
	m.number(5, uint64(f.Start))
	e.functions.message(5, m)
	return id
}

// A message is a protocol buffer.
type message []byte

func (m *message) varint(v uint64) {
	for ; v >= 0x80; v >>= 7 {
		*m = append(*m, byte(v)|0x80)
	}
	*m = append(*m, byte(v))
}

func (m *message) number(field int, v uint64) {
	m.varint(uint64(field) << 3)
	m.varint(v)
}

func (m *message) bytes(field int, b []byte) {
	m.varint(uint64(field)<<3 | 2)
	m.varint(uint64(len(b)))
	*m = append(*m, b...)
}

func (m *message) message(field int, b message) { m.bytes(field, b) }
