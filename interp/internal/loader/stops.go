//go:build linux && amd64

package loader

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/halt"
	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// places finds where the module's functions can be stopped: in code of the
// session, not in what the compiler makes for types, which the runtime calls,
// and not in loops of compiled packages' functions that stand in the place of
// their calls. Nothing is known of what assembler has half done at a jump back,
// nor whether somebody unwinds its frame: it runs to its end.
func (l *link) places() (list []halt.Place, err error) {
	for _, p := range l.order {
		if p.img != &l.text || p.Asm || strings.HasPrefix(p.Name, "type:") {
			continue
		}
		names := inlining(p.Sym)
		found, err := halt.Find(p.Data, func(from, to int) bool {
			for _, n := range names {
				if n.from < to && from < n.to && l.res.Own(n.name) {
					return true
				}
			}
			return false
		})
		if err != nil {
			return nil, fmt.Errorf("loader: %s: %w", p.Name, err)
		}
		for _, f := range found {
			f.Off += uint32(p.off)
			list = append(list, f)
		}
	}
	return list, nil
}

// A stretch of code belongs to a function, or to what stands there in the place
// of a call.
type stretch struct {
	from, to int
	name     string
}

// inlining parts a function's code by whose it is.
func inlining(s *objfile.Sym) (list []stretch) {
	name := func(i int) string {
		if i >= 0 && i < len(s.Func.Inlined) {
			return s.Func.Inlined[i].Func.Name
		}
		return s.Name
	}
	if len(s.Func.Inlined) == 0 || s.Func.PCInline == nil || len(s.Func.PCInline.Data) == 0 {
		return []stretch{{0, len(s.Data), s.Name}}
	}
	table, at, value := s.Func.PCInline.Data, 0, -1
	for len(table) > 0 {
		delta, n := binary.Uvarint(table)
		if delta == 0 && at > 0 || n <= 0 {
			break
		}
		step, k := binary.Uvarint(table[n:])
		if k <= 0 {
			break
		}
		table = table[n+k:]
		value += int(delta>>1) ^ -int(delta&1)
		list = append(list, stretch{at, at + int(step), name(value)})
		at += int(step)
	}
	return list
}

var catching sync.Once

// catch makes breakpoints in loaded code ours, once in a process.
func (h *Host) catch() (err error) {
	catching.Do(func() {
		var hook hostSym
		if hook, err = h.trapHook(); err != nil {
			return
		}
		pc, _ := h.Lookup("runtime.sigpanic", 1)
		var atJump, atEntry uintptr
		if atJump, err = h.ender("sheaf.stopped", findfunc(pc).fn.funcID); err != nil {
			return
		}
		if atEntry, err = h.ender("sheaf.ended", 0); err == nil {
			halt.Install(pointer(uintptr(hook.value)), atJump, atEntry)
		}
	})
	if err == nil && !halt.Installed() {
		err = errors.New("loader: loaded code could not be stopped")
	}
	return err
}

// trapHook is the runtime's variable for whoever wants to be told of breakpoints.
func (h *Host) trapHook() (hostSym, error) {
	hook, ok := h.find("runtime.testSigtrap")
	if _, has := h.find("runtime.sigpanic"); !ok || !has || hook.size != uint64(unsafe.Sizeof(uintptr(0))) {
		return hook, errors.New("loader: this program does not tell of breakpoints")
	}
	return hook, nil
}

// ender loads code that calls halt.End. What the runtime makes of it says id:
// what a fault leads to may be called from anywhere, and its caller does not go
// on.
func (h *Host) ender(name string, id uint8) (uintptr, error) {
	end := &objfile.Sym{Name: name + "·end", ABI: 1, Kind: objfile.Text}
	code := []byte{
		0x55,             // PUSHQ BP
		0x48, 0x89, 0xE5, // MOVQ SP, BP
		0xE8, 0, 0, 0, 0, // CALL end
		0x0F, 0x0B, // UD2
	}
	all := func(value byte) *objfile.Sym { // a table of one value
		return &objfile.Sym{Data: []byte{2 * (value + 1), byte(len(code)), 0}}
	}
	s := &objfile.Sym{
		Name: name, ABI: 1, Kind: objfile.Text, Defined: true, Size: uint32(len(code)), Data: code,
		Relocs: []objfile.Reloc{{Off: 5, Size: 4, Type: objfile.Call, Sym: end}},
		Func: &objfile.Func{
			ID: id, PCFile: all(0), PCLine: all(0),
			PCSP: &objfile.Sym{Data: []byte{2, 1, 2 * 8, byte(len(code) - 1), 0}}, // 8 bytes from the second instruction on
		},
	}
	l := newLink(h, nowhere{}, []string{"sheaf"})
	slot := (*unsafe.Pointer)(unsafe.Pointer(&halt.End))
	l.viaStub[end], l.stubs[slot] = slot, stub{}
	if err := l.want(s); err != nil {
		return 0, err
	}
	m, err := l.finish(map[string]*objfile.Sym{name: s})
	if err != nil {
		return 0, err
	}
	return *m.funcs[name], nil
}

// nowhere resolves nothing.
type nowhere struct{ Resolver }

// FuncName implements Resolver.
func (nowhere) FuncName(symbol string) string { return symbol }

// Own implements Resolver.
func (nowhere) Own(string) bool { return false }
