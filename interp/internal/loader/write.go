//go:build linux && amd64

package loader

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// layout gives every symbol its offset: functions first, then the stubs that
// lead to the session's functions; data without pointers before data with.
func (l *link) layout() {
	for _, p := range l.order {
		switch {
		case p.img == &l.text:
			p.off = l.text.alloc(uintptr(len(p.Data)), 32)
		case p.img == &l.ro, !p.Kind.HasPointers():
			p.off = p.img.alloc(uintptr(p.Size), align(p.Sym))
		}
	}
	l.textEnd = l.text.size
	for slot := range l.stubs {
		l.stubs[slot] = stub{l.text.alloc(stubSize, 16), l.ro.alloc(8, 8)}
	}
	l.dataStart = l.rw.alloc(0, 64)
	for _, p := range l.order {
		if p.img == &l.rw && p.Kind.HasPointers() {
			p.off = l.rw.alloc(uintptr(p.Size), max(align(p.Sym), 8))
		}
	}
	l.dataEnd = l.rw.alloc(0, 8)
}

// align is the alignment of a symbol: what it asks for, or what its size
// suggests, as Go's linker has it.
func align(s *objfile.Sym) uintptr {
	if s.Align > 0 {
		return uintptr(s.Align)
	}
	a := uintptr(32)
	for a > uintptr(s.Size) && a > 1 {
		a /= 2
	}
	return a
}

// write copies the symbols to their places and resolves their relocations.
func (l *link) write() error {
	for i := range l.text.mem {
		l.text.mem[i] = 0xCC // a breakpoint, between functions
	}
	for _, p := range l.order {
		dst := p.img.mem[p.off:]
		copy(dst, p.Data)
		for i := range p.Relocs {
			if err := l.apply(p.Sym, dst, p.addr(), &p.Relocs[i]); err != nil {
				return err
			}
		}
	}
	for s, off := range l.gotSyms {
		binary.LittleEndian.PutUint64(l.ro.mem[off:], uint64(l.addrOf(nil, s)))
	}
	if l.usesTLS {
		binary.LittleEndian.PutUint64(l.ro.mem[l.tls:], uint64(l.host.tls))
	}
	l.writeStubs()
	return nil
}

// addrOf is where a symbol is for what refers to it in another. Functions that
// the session can replace are reached through their stubs, but by themselves.
func (l *link) addrOf(from, s *objfile.Sym) uintptr {
	if slot, ok := l.viaStub[s]; ok && from != s {
		return l.text.base + l.stubs[slot].off
	}
	if p := l.syms[s]; p != nil {
		return p.addr()
	}
	return l.addrs[s]
}

// apply resolves one relocation of symbol s, whose contents are in mem and will
// be at address at.
func (l *link) apply(s *objfile.Sym, mem []byte, at uintptr, r *objfile.Reloc) error {
	p := at + uintptr(r.Off) + uintptr(r.Size)
	switch {
	case r.Type == objfile.TLSIE:
		return l.put32(s, mem, r, int64(l.ro.base+l.tls)-int64(p))
	case r.Type == objfile.TLSLE:
		return l.put32(s, mem, r, int64(l.host.tls))
	case r.Sym == nil || !uses(r.Type):
		return nil
	}
	from := s
	if r.Add != 0 { // into the middle of a function, as the tables of switches have it
		from = r.Sym
	}
	target := int64(l.addrOf(from, r.Sym)) + r.Add
	switch r.Type {
	case objfile.Addr, objfile.WeakAddr:
		if r.Size == 8 {
			binary.LittleEndian.PutUint64(mem[r.Off:], uint64(target))
			return nil
		}
		return l.put32(s, mem, r, target) // with a register beside it, in assembler
	case objfile.AddrOff, objfile.WeakAddrOff:
		return l.put32(s, mem, r, target-int64(l.ro.base))
	case objfile.Call, objfile.PCRel:
		return l.put32(s, mem, r, target-int64(p))
	case objfile.GOTPCRel:
		return l.put32(s, mem, r, int64(l.ro.base+l.gotSyms[r.Sym])+r.Add-int64(p))
	}
	return fmt.Errorf("loader: %s: relocation of type %d and size %d to %s is not supported", s.Name, r.Type, r.Size, r.Sym.Name)
}

func (l *link) put32(s *objfile.Sym, mem []byte, r *objfile.Reloc, v int64) error {
	if r.Size != 4 || v < math.MinInt32 || v > math.MaxInt32 {
		name := ""
		if r.Sym != nil {
			name = r.Sym.Name
		}
		return fmt.Errorf("loader: %s: %s is out of the reach of a relocation of type %d", s.Name, name, r.Type)
	}
	binary.LittleEndian.PutUint32(mem[r.Off:], uint32(v))
	return nil
}

// pointerMask is the bitmap of the module's data, a bit for each word.
func (l *link) pointerMask() []byte {
	bits := make([]byte, (l.dataEnd-l.dataStart)/64+8)
	for _, p := range l.order {
		if p.img != &l.rw || !p.Kind.HasPointers() {
			continue
		}
		first := (p.off - l.dataStart) / 8
		m, _ := l.mask(p.Sym)
		for i, b := range m {
			for j := range 8 {
				if b&(1<<j) != 0 {
					w := first + uintptr(8*i+j)
					bits[w/8] |= 1 << (w % 8)
				}
			}
		}
	}
	return bits
}

// mask is the bitmap of a variable that the object defines, from the
// descriptor of its type, which the object has too, or else the session.
func (l *link) mask(s *objfile.Sym) ([]byte, error) {
	if !s.Kind.HasPointers() {
		return nil, nil
	}
	unknown := fmt.Errorf("loader: the object does not tell where %s has pointers", s.Name)
	const ptrBytes, tflag, gcdata, onDemand = 8, 20, 32, 1 << 4 // of internal/abi.Type
	t := s.Gotype
	if t == nil {
		return nil, unknown
	}
	if !t.Defined {
		is, err := l.res.Type(strings.TrimPrefix(t.Name, "type:"))
		if err != nil {
			return nil, err
		}
		d := unsafe.Slice((*byte)(is), gcdata+8)
		if d[tflag]&onDemand != 0 {
			return nil, unknown
		}
		words := binary.LittleEndian.Uint64(d[ptrBytes:]) / 8
		return unsafe.Slice(*(**byte)(unsafe.Add(is, gcdata)), (words+7)/8), nil
	}
	if len(t.Data) > gcdata && t.Data[tflag]&onDemand == 0 {
		words := binary.LittleEndian.Uint64(t.Data[ptrBytes:]) / 8
		for _, r := range t.Relocs {
			if r.Off == gcdata && uint64(len(r.Sym.Data)) >= (words+7)/8 {
				return r.Sym.Data[:(words+7)/8], nil
			}
		}
	}
	return nil, unknown
}
