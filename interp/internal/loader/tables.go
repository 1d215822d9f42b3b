//go:build linux && amd64

package loader

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// Indexes of a function's tables, of internal/abi.
const (
	pcdataInlTree   = 2
	funcdataInlTree = 3
	bucketSize      = 4096 // code that one bucket of findfunctab covers
	subbuckets      = 16
)

// tables are what the runtime reads of a module's functions: their names,
// files, lines, stack maps and inlined calls. All of it is laid out as Go's
// linker does (cmd/link/internal/ld/pcln.go).
type tables struct {
	funcs []*placed
	shown func(symbol string) string

	names   []byte
	nameOff map[string]int32
	files   []byte
	cu      []uint32
	pc      []byte
	pcOff   map[*objfile.Sym]uint32
	data    []byte // funcdata
	dataOff map[*objfile.Sym]uint32
	inl     map[*objfile.Func]uint32
	patches []patch
	starts  []uint32
	size    uint32 // of ftab and the functions' records

	header, nameAt, cuAt, fileAt, pcAt, funcAt, dataAt, findAt, maskAt, md uintptr
	mask                                                                   []byte
}

// patch is a relocation in the funcdata.
type patch struct {
	sym *objfile.Sym
	off uint32
}

func newTables(l *link) (*tables, error) {
	t := &tables{
		shown: l.res.FuncName, nameOff: map[string]int32{}, pcOff: map[*objfile.Sym]uint32{}, dataOff: map[*objfile.Sym]uint32{},
		inl: map[*objfile.Func]uint32{}, pc: []byte{0}, names: []byte{0}, // offset 0 means that there is no table, and no name
	}
	for _, p := range l.order {
		if p.img == &l.text {
			if p.Func == nil || p.Func.PCSP == nil {
				return nil, errors.New("loader: the object says nothing of function " + p.Name)
			}
			t.funcs = append(t.funcs, p)
		}
	}
	if len(t.funcs) == 0 {
		return nil, errors.New("loader: no functions to load")
	}
	for _, name := range l.files {
		t.cu = append(t.cu, uint32(len(t.files)))
		t.files = append(append(t.files, name...), 0)
	}
	t.size = uint32(len(t.funcs)*8 + 4)
	for _, p := range t.funcs {
		t.collect(p.Sym)
	}
	if t.data == nil {
		t.data = []byte{0}
	}
	t.place(l)
	return t, nil
}

// collect gathers what a function needs and reserves its record.
func (t *tables) collect(s *objfile.Sym) {
	f := s.Func
	t.name(s.Name)
	for _, pc := range append([]*objfile.Sym{f.PCSP, f.PCFile, f.PCLine, f.PCInline}, f.PCData...) {
		t.pcTable(pc)
	}
	for _, fd := range f.FuncData {
		t.funcData(fd)
	}
	if len(f.Inlined) > 0 {
		t.inlined(f)
	}
	npc, nfd := counts(f)
	t.size = (t.size + 7) &^ 7
	t.starts = append(t.starts, t.size)
	t.size += funcSize + 4*uint32(npc+nfd)
}

// counts are how many tables of either kind a function's record lists.
func counts(f *objfile.Func) (npc, nfd int) {
	npc, nfd = len(f.PCData), len(f.FuncData)
	if len(f.Inlined) > 0 {
		npc, nfd = max(npc, pcdataInlTree+1), max(nfd, funcdataInlTree+1)
	}
	return npc, nfd
}

func (t *tables) name(s string) int32 {
	s = t.shown(s)
	off, ok := t.nameOff[s]
	if !ok {
		off = int32(len(t.names))
		t.nameOff[s] = off
		t.names = append(append(t.names, s...), 0)
	}
	return off
}

func (t *tables) pcTable(s *objfile.Sym) uint32 {
	if s == nil || len(s.Data) == 0 {
		return 0
	}
	off, ok := t.pcOff[s]
	if !ok {
		off = uint32(len(t.pc))
		t.pcOff[s] = off
		t.pc = append(t.pc, s.Data...)
	}
	return off
}

// funcData gives a table of a function its offset; ^0 stands for none.
func (t *tables) funcData(s *objfile.Sym) uint32 {
	if s != nil && s.Name == noPointers.Name {
		s = noPointers
	}
	if s == nil || s.Size == 0 {
		return ^uint32(0)
	}
	off, ok := t.dataOff[s]
	if !ok {
		t.alignData()
		off = uint32(len(t.data))
		t.dataOff[s] = off
		t.data = append(t.data, s.Data...)
		t.data = append(t.data, make([]byte, int(s.Size)-len(s.Data))...)
		if len(s.Relocs) > 0 {
			t.patches = append(t.patches, patch{s, off})
		}
	}
	return off
}

// noPointers is the table of assembler functions that say that they have no
// pointers in their frames: two bitmaps of no bits, as in the runtime's asm.s.
// The program has it without a name.
var noPointers = &objfile.Sym{Name: "runtime.no_pointers_stackmap", Size: 8, Data: []byte{2, 0, 0, 0, 0, 0, 0, 0}}

func (t *tables) alignData() {
	for len(t.data)%8 != 0 {
		t.data = append(t.data, 0)
	}
}

// inlined writes the tree of a function's inlined calls: runtime.inlinedCall.
func (t *tables) inlined(f *objfile.Func) {
	t.alignData()
	t.inl[f] = uint32(len(t.data))
	for _, c := range f.Inlined {
		var id uint8
		var line int32
		if c.Func.Func != nil {
			id, line = c.Func.Func.ID, c.Func.Func.StartLine
		}
		t.data = append(t.data, id, 0, 0, 0)
		t.data = binary.LittleEndian.AppendUint32(t.data, uint32(t.name(c.Func.Name)))
		t.data = binary.LittleEndian.AppendUint32(t.data, uint32(c.ParentPC))
		t.data = binary.LittleEndian.AppendUint32(t.data, uint32(line))
	}
}

// place reserves memory for the tables in the module's images.
func (t *tables) place(l *link) {
	t.header = l.ro.alloc(unsafe.Sizeof(pcHeader{}), 8)
	t.nameAt = l.ro.alloc(uintptr(len(t.names)), 1)
	t.cuAt = l.ro.alloc(4*uintptr(len(t.cu)), 4)
	t.fileAt = l.ro.alloc(uintptr(len(t.files)), 1)
	t.pcAt = l.ro.alloc(uintptr(len(t.pc)), 1)
	t.funcAt = l.ro.alloc(uintptr(t.size), 8)
	t.findAt = l.ro.alloc((l.textEnd/bucketSize+1)*(4+subbuckets), 8)
	t.mask = make([]byte, (l.dataEnd-l.dataStart)/64+16)
	t.maskAt = l.ro.alloc(uintptr(len(t.mask)), 8)
	t.dataAt = l.ro.alloc(uintptr(len(t.data)), 8)
	t.md = l.rw.alloc(unsafe.Sizeof(moduledata{}), 8)
}

// write fills the memory and returns the module's description.
func (t *tables) write(l *link) *moduledata {
	mem, base := l.ro.mem, l.ro.base
	hdr := (*pcHeader)(unsafe.Pointer(&mem[t.header]))
	*hdr = pcHeader{
		magic: pclnMagic, minLC: 1, ptrSize: 8, nfunc: len(t.funcs), nfiles: uint(len(t.cu)),
		funcnameOffset: t.nameAt - t.header, cuOffset: t.cuAt - t.header, filetabOffset: t.fileAt - t.header,
		pctabOffset: t.pcAt - t.header, pclnOffset: t.funcAt - t.header,
	}
	copy(mem[t.nameAt:], t.names)
	copy(mem[t.fileAt:], t.files)
	copy(mem[t.pcAt:], t.pc)
	copy(mem[t.dataAt:], t.data)
	for i, off := range t.cu {
		binary.LittleEndian.PutUint32(mem[t.cuAt+4*uintptr(i):], off)
	}
	for _, p := range t.patches {
		for i := range p.sym.Relocs {
			r := &p.sym.Relocs[i]
			v := l.addrOf(nil, r.Sym) + uintptr(r.Add) - base
			binary.LittleEndian.PutUint32(mem[t.dataAt+uintptr(p.off)+uintptr(r.Off):], uint32(v))
		}
	}
	copy(mem[t.maskAt:], l.pointerMask())
	t.writeFuncs(mem[t.funcAt:])
	t.writeFind(mem[t.findAt:], l.textEnd)
	return t.module(l, hdr)
}

// writeFuncs writes ftab and a runtime._func for each function.
func (t *tables) writeFuncs(mem []byte) {
	put := func(at, v uint32) { binary.LittleEndian.PutUint32(mem[at:], v) }
	for i, p := range t.funcs {
		start, f := t.starts[i], p.Func
		put(uint32(8*i), uint32(p.off))
		put(uint32(8*i+4), start)
		npc, nfd := counts(f)
		*(*funcInfo)(unsafe.Pointer(&mem[start])) = funcInfo{
			entryOff: uint32(p.off), nameOff: t.name(p.Name), args: int32(f.Args), deferreturn: deferReturn(p.Sym),
			pcsp: t.pcTable(f.PCSP), pcfile: t.pcTable(f.PCFile), pcln: t.pcTable(f.PCLine), npcdata: uint32(npc), cuOffset: uint32(f.FirstFile),
			startLine: f.StartLine, funcID: f.ID, flag: f.Flag, nfuncdata: uint8(nfd),
		}
		at := start + funcSize
		for j := range npc {
			var pc *objfile.Sym
			if j < len(f.PCData) {
				pc = f.PCData[j]
			}
			if j == pcdataInlTree && len(f.Inlined) > 0 {
				pc = f.PCInline
			}
			put(at, t.pcTable(pc))
			at += 4
		}
		for j := range nfd {
			v := ^uint32(0)
			if j < len(f.FuncData) {
				v = t.funcData(f.FuncData[j])
			}
			if j == funcdataInlTree && len(f.Inlined) > 0 {
				v = t.inl[f]
			}
			put(at, v)
			at += 4
		}
	}
	last := t.funcs[len(t.funcs)-1]
	put(uint32(8*len(t.funcs)), uint32(last.off)+uint32(len(last.Data)))
}

// deferReturn is the offset of the function's call of runtime.deferreturn,
// where it goes on after a recovered panic.
func deferReturn(s *objfile.Sym) uint32 {
	for _, r := range s.Relocs {
		if r.Type == objfile.Call && r.Sym.Name == "runtime.deferreturn" {
			return uint32(r.Off) - 1
		}
	}
	return 0
}

// writeFind writes the table by which the runtime finds the function of an
// address: for each 256 bytes of code the first function in them.
func (t *tables) writeFind(mem []byte, end uintptr) {
	i := 0
	for b := uintptr(0); b*bucketSize < end; b++ {
		var first int
		for j := range uintptr(subbuckets) {
			at := b*bucketSize + j*bucketSize/subbuckets
			for i+1 < len(t.funcs) && t.funcs[i+1].off <= at {
				i++
			}
			if j == 0 {
				first = i
				binary.LittleEndian.PutUint32(mem[b*(4+subbuckets):], uint32(i))
			}
			mem[b*(4+subbuckets)+4+j] = uint8(i - first)
		}
	}
}

func (t *tables) module(l *link, hdr *pcHeader) *moduledata {
	mem, base := l.ro.mem, l.ro.base
	last := t.funcs[len(t.funcs)-1]
	end := last.addr() + uintptr(len(last.Data))
	md := (*moduledata)(unsafe.Pointer(&l.rw.mem[t.md]))
	*md = moduledata{
		pcHeader: hdr, funcnametab: mem[t.nameAt:t.cuAt], filetab: mem[t.fileAt:t.pcAt], pctab: mem[t.pcAt:t.funcAt],
		cutab:       unsafe.Slice((*uint32)(unsafe.Pointer(&mem[t.cuAt])), len(t.cu)),
		pclntable:   mem[t.funcAt:t.findAt],
		ftab:        unsafe.Slice((*functab)(unsafe.Pointer(&mem[t.funcAt])), len(t.funcs)+1),
		findfunctab: base + t.findAt,
		minpc:       l.text.base, maxpc: end, text: l.text.base, etext: end,
		data: l.rw.base + l.dataStart, edata: l.rw.base + l.dataEnd,
		types: base, etypes: base + uintptr(len(mem)), rodata: base, gofunc: base + t.dataAt, epclntab: base + t.dataAt + uintptr(len(t.data)),
		gcdatamask: bitvector{int32((l.dataEnd - l.dataStart) / 8), &mem[t.maskAt]},
	}
	return md
}

// register makes a module known to the runtime.
func (h *Host) register(md *moduledata) error {
	moduledataverify1(md)
	first, ok := h.find("runtime.firstmoduledata")
	if !ok {
		return errors.New("loader: the program's symbol table has no runtime.firstmoduledata")
	}
	// The runtime looks for the module of an address in the order of its list,
	// for each frame of a stack that moves: what was loaded last comes first,
	// behind the program itself.
	program := (*moduledata)(pointer(uintptr(first.value)))
	md.next = program.next
	if md.next == nil {
		lastmoduledatap = md
	}
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&program.next)), unsafe.Pointer(md))
	if md.data == md.edata {
		return nil
	}
	// The collector looks at the data of modules that this has listed.
	pc, ok := h.Lookup("runtime.modulesinit", 1)
	if !ok {
		return errors.New("loader: the program's symbol table has no runtime.modulesinit")
	}
	fv := &pc
	(*(*func())(unsafe.Pointer(&fv)))()
	return nil
}
