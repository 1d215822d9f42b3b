package engine

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

const word = unsafe.Sizeof(uintptr(0))

func alignUp(n, a uintptr) uintptr { return (n + a - 1) &^ (a - 1) }

// layout places the parameters and results of a signature.
func (m *Machine) layout(sig *types.Signature) *sigLayout {
	var key strings.Builder
	tuples := []*types.Tuple{sig.Params(), sig.Results()}
	for i, t := range tuples {
		for j := range t.Len() {
			fmt.Fprintf(&key, "%x ", m.word(t.At(j).Type()))
		}
		fmt.Fprintf(&key, ";%d", i)
	}
	if sig.Variadic() {
		key.WriteString("...")
	}
	if l := m.layouts[key.String()]; l != nil {
		return l
	}
	l := &sigLayout{variadic: sig.Variadic()}
	off := uintptr(0)
	place := func(t *types.Tuple) (slots []slot) {
		for i := range t.Len() {
			w := m.word(t.At(i).Type())
			rt := rtype.FromWord(w)
			off = alignUp(off, uintptr(rt.Align()))
			slots = append(slots, slot{off, w, m.rep(t.At(i).Type())})
			off += rt.Size()
		}
		return slots
	}
	l.params = place(sig.Params())
	off = alignUp(off, word)
	argEnd := off
	l.resOff = off
	l.results = place(sig.Results())
	l.size = alignUp(off, word)
	fields := fieldsOf(l.params, 0)
	l.argsT = rtype.Layout(max(argEnd, 1), fields)
	l.resT = rtype.Layout(max(l.size, 1), fieldsOf(l.results, 0))
	all := append(fieldsOf(l.params, word), fieldsOf(l.results, word)...)
	all = append(all, rtype.Field{Off: 0, Type: reflect.TypeFor[unsafe.Pointer]()})
	l.block = rtype.Layout(word+max(l.size, word), all) // no pointer to its parts is past its end
	m.layouts[key.String()] = l
	return l
}

func fieldsOf(slots []slot, base uintptr) (fields []rtype.Field) {
	for _, s := range slots {
		fields = append(fields, rtype.Field{Off: base + s.off, Type: rtype.FromWord(s.typ)})
	}
	return fields
}

// recvOffset is where a receiver of type t is in a frame: behind the block.
func (m *Machine) recvOffset(l *sigLayout, t types.Type) uintptr {
	return alignUp(header+l.size, max(uintptr(m.rtype(t).Align()), word))
}

// moveArgs copies the parameters from a block to a frame.
func (l *sigLayout) moveArgs(nf *F, params unsafe.Pointer) {
	if len(l.params) > 0 {
		rtype.Move(l.argsT, nf.at(header), params)
	}
}
