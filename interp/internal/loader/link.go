//go:build linux && amd64

package loader

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sheaf-go/sheaf/interp/internal/halt"
	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// link is the work of one Load.
type link struct {
	host *Host
	res  Resolver

	syms    map[*objfile.Sym]*placed // symbols that get a place, by symbol
	order   []*placed
	addrs   map[*objfile.Sym]uintptr // symbols that have one already
	gotSyms map[*objfile.Sym]uintptr
	viaStub map[*objfile.Sym]*unsafe.Pointer
	stubs   map[*unsafe.Pointer]stub
	missing []string
	files   []string

	text, ro, rw       image
	tls                uintptr // where ro has the place of a goroutine's pointer among a thread's variables,
	usesTLS            bool    // if this is set
	textEnd            uintptr // of the functions, before the stubs
	dataStart, dataEnd uintptr // of what has pointers, in rw
}

// stub is code that calls what a slot holds: its offset in the text, and that
// of the slot's address in the read-only image.
type stub struct{ off, slot uintptr }

// placed is a symbol with its place: an offset in one of the images.
type placed struct {
	*objfile.Sym
	img *image
	off uintptr
}

func (p *placed) addr() uintptr { return p.img.base + p.off }

// image is a part of the module under construction.
type image struct {
	base uintptr
	size uintptr
	mem  []byte
}

func (m *image) alloc(size, align uintptr) uintptr {
	m.size = (m.size + align - 1) &^ (align - 1)
	off := m.size
	m.size += size
	return off
}

var loading sync.Mutex

// Load brings the functions of an object into the process: those named in
// roots, and what they use.
func (h *Host) Load(o *objfile.Object, roots []string, res Resolver) (*Module, error) {
	loading.Lock()
	defer loading.Unlock()
	if err := h.catch(); err != nil {
		return nil, err
	}
	l := newLink(h, res, o.Files)
	byName := map[string]*objfile.Sym{}
	for _, s := range o.Defs {
		if s.Kind.IsText() && s.ABI == 1 {
			byName[s.Name] = s
		}
	}
	for _, name := range roots {
		s := byName[name]
		if s == nil {
			return nil, fmt.Errorf("loader: the object has no function %s", name)
		}
		l.slot(s)
		if err := l.want(s); err != nil {
			return nil, err
		}
	}
	if err := l.give(o); err != nil {
		return nil, err
	}
	if err := l.close(); err != nil {
		return nil, err
	}
	return l.finish(byName)
}

// give wants the variables that assembler defines for others.
func (l *link) give(o *objfile.Object) error {
	for _, s := range o.Defs {
		if s.Asm && s.Name != "" && s.ABI != objfile.Static && objfile.ROData <= s.Kind && s.Kind <= objfile.NoPtrBSS {
			if err := l.want(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func newLink(h *Host, res Resolver, files []string) *link {
	return &link{
		host: h, res: res, files: files,
		syms: map[*objfile.Sym]*placed{}, addrs: map[*objfile.Sym]uintptr{},
		gotSyms: map[*objfile.Sym]uintptr{}, viaStub: map[*objfile.Sym]*unsafe.Pointer{}, stubs: map[*unsafe.Pointer]stub{},
	}
}

// want gives a symbol a place.
func (l *link) want(s *objfile.Sym) error {
	if l.syms[s] != nil {
		return nil
	}
	p := &placed{Sym: s}
	switch {
	case s.Kind.IsText():
		p.img = &l.text
	case s.Kind.IsReadOnly():
		p.img = &l.ro
	case s.Kind == objfile.TLSBSS:
		return fmt.Errorf("loader: %s is memory of a thread, which cannot be loaded", s.Name)
	default:
		p.img = &l.rw
		if _, err := l.mask(s); err != nil {
			return err
		}
	}
	l.syms[s] = p
	l.order = append(l.order, p)
	return nil
}

// close gives places to all that the wanted symbols refer to.
func (l *link) close() error {
	for i := 0; i < len(l.order); i++ {
		p := l.order[i]
		for j := range p.Relocs {
			if err := l.reach(&p.Relocs[j]); err != nil {
				return err
			}
		}
		if p.Func == nil {
			continue
		}
		for _, fd := range p.Func.FuncData {
			if fd == nil {
				continue
			}
			for j := range fd.Relocs {
				if err := l.reach(&fd.Relocs[j]); err != nil {
					return err
				}
			}
		}
	}
	if len(l.missing) > 0 {
		return &MissingError{l.missing}
	}
	return nil
}

// reach finds what a relocation refers to.
func (l *link) reach(r *objfile.Reloc) error {
	if r.Type == objfile.TLSIE && !l.usesTLS {
		l.tls, l.usesTLS = l.ro.alloc(8, 8), true
	}
	if r.Sym == nil || !uses(r.Type) {
		return nil
	}
	s := r.Sym
	if _, ok := l.addrs[s]; !ok && l.syms[s] == nil {
		if err := l.resolve(s); err != nil {
			return err
		}
	}
	if r.Type == objfile.GOTPCRel {
		if _, ok := l.gotSyms[s]; !ok {
			l.gotSyms[s] = l.ro.alloc(8, 8)
		}
	}
	return nil
}

// uses says whether a relocation needs its symbol's address.
func uses(t objfile.RelocType) bool {
	switch t {
	case objfile.Addr, objfile.AddrOff, objfile.Call, objfile.PCRel, objfile.GOTPCRel, objfile.WeakAddr, objfile.WeakAddrOff:
		return true
	}
	return false
}

// resolve finds a symbol: in the session, in the object, in the program.
func (l *link) resolve(s *objfile.Sym) error {
	name, isType := strings.CutPrefix(s.Name, "type:")
	if isType && s.Defined && (strings.Contains(name, "noalg.") || strings.Contains(name, "go.shape.")) {
		return l.want(s) // what the compiler allocates for itself; no value of it is seen
	}
	if isType && !strings.HasPrefix(name, ".") {
		t, err := l.res.Type(name)
		if err != nil {
			return err
		}
		l.addrs[s] = uintptr(t)
		return sameHash(s, t)
	}
	if name, ok := strings.CutPrefix(s.Name, "go:itab."); ok {
		t, err := l.res.Itab(name)
		if err != nil {
			return err
		}
		l.addrs[s] = uintptr(t)
		setTabHash(t)
		return nil
	}
	if !s.Kind.IsText() {
		if v := l.res.Variable(s.Name); v != nil {
			l.addrs[s] = uintptr(v)
			return nil
		}
	}
	if slot := l.slot(s); slot != nil && !s.Defined {
		l.addrs[s] = 0
		return nil
	}
	if s.Defined {
		return l.local(s)
	}
	if a := l.res.Code(s.Name, s.ABI); a != 0 {
		l.addrs[s] = a
		return nil
	}
	if a, ok := l.host.Lookup(s.Name, s.ABI); ok && !l.res.Own(s.Name) {
		l.addrs[s] = a
		return nil
	}
	l.missing = append(l.missing, s.Name)
	return nil
}

// sameHash compares the hash that the compiler gave a type with that of the
// type in use: compiled type switches go by it.
func sameHash(s *objfile.Sym, t unsafe.Pointer) error {
	if !s.Defined || len(s.Data) < hashAt+4 {
		return nil
	}
	want, have := binary.LittleEndian.Uint32(s.Data[hashAt:]), *(*uint32)(unsafe.Add(t, hashAt))
	if want != have {
		return fmt.Errorf("loader: %s has hash %#x here and %#x in the object", s.Name, have, want)
	}
	return nil
}

// setTabHash gives an interface table the hash of its type. The runtime leaves
// it out where it makes a table: type switches look at it, and it expects those
// that they mention to have been linked.
func setTabHash(tab unsafe.Pointer) {
	t := (*struct {
		inter, typ *[hashAt + 4]byte
		hash       uint32
	})(tab)
	if t.hash == 0 {
		t.hash = binary.LittleEndian.Uint32(t.typ[hashAt:])
	}
}

// hashAt is where internal/abi.Type has the hash.
const hashAt = 16

// slot is the slot of a function that the session can replace, for which a stub
// is made; nil: it is none.
func (l *link) slot(s *objfile.Sym) *unsafe.Pointer {
	if s.Defined && !s.Kind.IsText() {
		return nil
	}
	if s.ABI == 0 && (s.Kind.IsText() || !s.Defined) {
		return nil // a stub calls as Go does
	}
	slot := l.res.Slot(s.Name)
	if slot != nil {
		l.viaStub[s] = slot
		l.stubs[slot] = stub{}
	}
	return slot
}

// local takes the object's own definition, but for what several objects may
// define alike: if the program has that, its own is taken.
func (l *link) local(s *objfile.Sym) error {
	if s.Dupok && s.Kind.IsText() && !l.res.Own(s.Name) {
		if a, ok := l.host.Lookup(s.Name, s.ABI); ok {
			l.addrs[s] = a
			return nil
		}
	}
	return l.want(s)
}

// finish lays the module out, writes it and makes it known to the runtime.
func (l *link) finish(byName map[string]*objfile.Sym) (*Module, error) {
	if len(l.order) == 0 {
		return nil, errors.New("loader: nothing to load")
	}
	l.layout()
	t, err := newTables(l)
	if err != nil {
		return nil, err
	}
	places, err := l.places()
	if err != nil {
		return nil, err
	}
	if err := l.reserve(); err != nil {
		return nil, err
	}
	if err := l.write(); err != nil {
		return nil, err
	}
	md := t.write(l)
	if err := protect(l.ro.base, l.ro.size, 0); err != nil {
		return nil, err
	}
	code := unsafe.Slice((*byte)(pointer(l.text.base)), l.text.size)
	if err := halt.Write(code, l.text.mem); err != nil {
		return nil, err
	}
	if err := l.host.register(md); err != nil {
		return nil, err
	}
	if err := halt.Add(code, places); err != nil {
		return nil, err
	}
	m := &Module{funcs: map[string]*uintptr{}, abi0: map[string]uintptr{}, vars: map[string]unsafe.Pointer{}, code: code, data: l.ro.size + l.rw.size}
	for name, s := range byName {
		if p := l.syms[s]; p != nil {
			pc := p.addr()
			m.funcs[name] = &pc
		}
	}
	for _, p := range l.order {
		switch {
		case p.ABI == 0 && p.img == &l.text:
			m.abi0[p.Name] = p.addr()
		case p.ABI == 0 && !p.Dupok:
			m.vars[p.Name] = pointer(p.addr())
		}
	}
	for _, p := range t.funcs {
		m.places = append(m.places, placing{p.addr(), p.addr() + uintptr(len(p.Data)), p.Func.Places})
	}
	return m, nil
}

// reserve gives the images their addresses, and memory that can be written to:
// the code's is not yet what will be run, as others may be running what stands in
// the same page.
func (l *link) reserve() error {
	start, ok := l.host.find("runtime.text")
	if !ok {
		return errors.New("loader: the program's symbol table has no runtime.text")
	}
	for _, part := range []struct {
		*image
		of *store
	}{{&l.text, &texts}, {&l.ro, &constants}, {&l.rw, &variables}} {
		part.size = roundUp(part.size, moduleUnit)
		var err error
		if part.base, err = part.of.reserve(part.size, uintptr(start.value)); err != nil {
			return err
		}
		if part.of == &texts {
			part.mem = make([]byte, part.size)
			continue
		}
		if err := protect(part.base, part.size, unix.PROT_WRITE); err != nil {
			return err
		}
		part.mem = unsafe.Slice((*byte)(pointer(part.base)), part.size)
	}
	return nil
}
