// Package objfile reads the object files that Go's compiler writes: symbols,
// their contents, their relocations, and what the runtime wants to know of
// functions. The format is that of cmd/internal/goobj in Go 1.20 to 1.26
// (magic "\x00go120ld"); another magic is an error.
package objfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// An Object is one object file.
type Object struct {
	Files   []string // source files; functions name them by index
	Defs    []*Sym   // what the object defines
	Imports []string // import paths of the packages it was compiled against
}

// A Sym is a symbol, defined here or only referred to.
type Sym struct {
	Name    string
	ABI     uint16 // 0 is ABI0, 1 ABIInternal; Static for names of this object alone
	Kind    Kind
	Dupok   bool // several objects may define it, and all definitions are equal
	Local   bool // addressed without the global offset table
	Asm     bool // written in assembler
	Wrapper bool // turns one calling convention into the other
	Defined bool
	Size    uint32
	Align   uint32
	Data    []byte // shorter than Size if the rest is zero
	Relocs  []Reloc
	Gotype  *Sym  // the descriptor of a variable's type, if there is one
	Func    *Func // of functions

	Package string // of symbols of another package that are known by their number in it
	index   uint32 // that number
}

// Static is the ABI of symbols that only their own object can name.
const Static = ^uint16(0)

// A Kind is where a symbol belongs (cmd/internal/objabi.SymKind).
type Kind uint8

// The kinds that matter to a loader.
const (
	Text           Kind = 1
	TextFIPS       Kind = 2
	ROData         Kind = 3
	RODataFIPS     Kind = 4
	NoPtrData      Kind = 5
	NoPtrDataFIPS  Kind = 6
	Data           Kind = 7
	DataFIPS       Kind = 8
	BSS            Kind = 9
	NoPtrBSS       Kind = 10
	TLSBSS         Kind = 11
	firstDebugKind Kind = 12
)

// IsText says whether the symbol is code.
func (k Kind) IsText() bool { return k == Text || k == TextFIPS }

// IsReadOnly says whether nothing writes to the symbol.
func (k Kind) IsReadOnly() bool { return k == ROData || k == RODataFIPS }

// HasPointers says whether the collector must look at the symbol.
func (k Kind) HasPointers() bool { return k == Data || k == DataFIPS || k == BSS }

// A Reloc is a place in a symbol that depends on where another symbol is.
type Reloc struct {
	Off  int32
	Size uint8
	Type RelocType
	Add  int64
	Sym  *Sym
}

// A RelocType says how the place is computed (cmd/internal/objabi.RelocType).
type RelocType int16

// The relocation types that a loader meets. The high bit marks a weak
// reference, which does not make the linker keep the symbol.
const (
	Addr          RelocType = 1
	AddrARM64     RelocType = 3
	AddrOff       RelocType = 5
	Call          RelocType = 7
	CallARM64     RelocType = 9
	CallInd       RelocType = 10
	PCRel         RelocType = 14
	TLSLE         RelocType = 15
	TLSIE         RelocType = 16
	UseField      RelocType = 21
	UseType       RelocType = 22
	UseIface      RelocType = 23
	UseIfaceMeth  RelocType = 24
	UseNamedMeth  RelocType = 25
	MethodOff     RelocType = 26
	Keep          RelocType = 27
	GOTPCRel      RelocType = 29
	ARM64GOTPCRel RelocType = 34
	Weak          RelocType = -1 << 15
	WeakAddr                = Weak | Addr
	WeakAddrOff             = Weak | AddrOff
)

// A Func is what an object says of a function.
type Func struct {
	Args      uint32
	Locals    uint32
	ID        uint8 // internal/abi.FuncID
	Flag      uint8 // internal/abi.FuncFlag
	StartLine int32
	FirstFile int // where the files of its object begin among the files
	Inlined   []Inlined

	PCSP, PCFile, PCLine, PCInline *Sym   // tables from places to values
	PCData                         []*Sym // further ones, by PCDATA_… index
	FuncData                       []*Sym // by FUNCDATA_… index, nil where there is none

	Places []byte // what Translate has noted, for [Place]
}

// An Inlined is a call that the compiler has replaced by the function's body.
type Inlined struct {
	Parent   int32 // index of the call it stands in, -1 for none
	File     uint32
	Line     int32
	Func     *Sym
	ParentPC int32
}

const magic = "\x00go120ld"

// Read reads the objects of data: a Go object file, with or without the line of
// text that it begins with, or an archive, whose members of other kinds are left
// out.
func Read(data []byte) (objs []*Object, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok {
				panic(r)
			}
			objs, err = nil, fmt.Errorf("objfile: the object is cut or damaged: %w", e)
		}
	}()
	if bytes.HasPrefix(data, []byte(magic)) {
		return []*Object{decode(data)}, nil
	}
	members, err := archive(data)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		i := bytes.Index(m, []byte("\n!\n"+magic))
		if !bytes.HasPrefix(m, []byte("go object ")) || i < 0 {
			continue
		}
		objs = append(objs, decode(m[i+3:]))
	}
	if len(objs) == 0 {
		return nil, errors.New("objfile: no Go object of the known format in the file")
	}
	return objs, nil
}

// archive gives the contents of an archive's members, or data itself.
func archive(data []byte) ([][]byte, error) {
	const head = "!<arch>\n"
	if !bytes.HasPrefix(data, []byte(head)) {
		return [][]byte{data}, nil
	}
	var members [][]byte
	for data = data[len(head):]; len(data) >= 60; {
		size, err := strconv.Atoi(strings.TrimSpace(string(data[48:58])))
		if err != nil || size < 0 || size > len(data)-60 {
			return nil, errors.New("objfile: a member of the archive has no valid size")
		}
		members = append(members, data[60:60+size])
		data = data[60+size:]
		if size%2 == 1 && len(data) > 0 {
			data = data[1:]
		}
	}
	return members, nil
}

// The blocks of an object, in order.
const (
	blkAutolib = iota
	blkPkgIdx
	blkFile
	blkSymdef
	blkHashed64def
	blkHasheddef
	blkNonpkgdef
	blkNonpkgref
	blkRefFlags
	blkHash64
	blkHash
	blkRelocIdx
	blkAuxIdx
	blkDataIdx
	blkReloc
	blkAux
	blkData
	blkRefName
	blkEnd
	nBlk
)

// Package indexes with a meaning of their own.
const (
	pkgNone = 1<<31 - 1 - iota
	pkgHashed64
	pkgHashed
	pkgBuiltin
	pkgSelf
)

type reader struct {
	b    []byte
	off  [nBlk]uint32
	syms map[[2]uint32]*Sym
	refs map[[2]uint32]string
}

func (r *reader) u32(off uint32) uint32 { return binary.LittleEndian.Uint32(r.b[off:]) }

func (r *reader) str(off uint32) string {
	n, at := r.u32(off), r.u32(off+4)
	return string(r.b[at : at+n])
}

// count is how many records of a size a block has.
func (r *reader) count(blk int, size uint32) uint32 { return (r.off[blk+1] - r.off[blk]) / size }

const (
	symSize   = 8 + 2 + 1 + 1 + 1 + 4 + 4
	relocSize = 4 + 1 + 2 + 8 + 8
	auxSize   = 1 + 8
)

func decode(b []byte) *Object {
	r := &reader{b: b, syms: map[[2]uint32]*Sym{}, refs: map[[2]uint32]string{}}
	at := uint32(len(magic) + 8 + 4)
	for i := range r.off {
		r.off[i] = r.u32(at + 4*uint32(i))
	}
	o := &Object{}
	for i := range r.count(blkFile, 8) {
		o.Files = append(o.Files, r.str(r.off[blkFile]+8*i))
	}
	for i := range r.count(blkAutolib, 16) {
		o.Imports = append(o.Imports, r.str(r.off[blkAutolib]+16*i))
	}
	for i := range r.count(blkRefName, 16) {
		p := r.off[blkRefName] + 16*i
		r.refs[[2]uint32{r.u32(p), r.u32(p + 4)}] = r.str(p + 8)
	}
	const fromAssembly = 1 << 2
	assembled := r.u32(uint32(len(magic)+8))&fromAssembly != 0
	blocks := []struct {
		blk int
		pkg uint32
	}{{blkSymdef, pkgSelf}, {blkHashed64def, pkgHashed64}, {blkHasheddef, pkgHashed}, {blkNonpkgdef, pkgNone}}
	for _, k := range blocks {
		for i := range r.count(k.blk, symSize) {
			s := r.symbol(r.off[k.blk] + symSize*i)
			s.Defined, s.Asm = true, assembled
			r.syms[[2]uint32{k.pkg, i}] = s
			o.Defs = append(o.Defs, s)
		}
	}
	first := r.count(blkNonpkgdef, symSize)
	for i := range r.count(blkNonpkgref, symSize) {
		r.syms[[2]uint32{pkgNone, first + i}] = r.symbol(r.off[blkNonpkgref] + symSize*i)
	}
	for i, s := range o.Defs {
		r.contents(s, uint32(i))
	}
	return o
}

func (r *reader) symbol(p uint32) *Sym {
	const dupok, local = 1 << 0, 1 << 1
	const wrapper = 1 << 5
	f, f2 := r.b[p+11], r.b[p+12]
	return &Sym{
		Name: r.str(p), ABI: binary.LittleEndian.Uint16(r.b[p+8:]), Kind: Kind(r.b[p+10]),
		Dupok: f&dupok != 0, Local: f&local != 0, Wrapper: f2&wrapper != 0,
		Size: r.u32(p + 13), Align: r.u32(p + 17),
	}
}

// ref is the symbol that a reference of the object means.
func (r *reader) ref(pkg, idx uint32) *Sym {
	if pkg == 0 && idx == 0 {
		return nil
	}
	key := [2]uint32{pkg, idx}
	s := r.syms[key]
	if s == nil {
		s = &Sym{Name: r.refs[key], ABI: 1}
		if pkg == pkgBuiltin {
			s.Name = fmt.Sprint("builtin.", idx)
		} else if pkg < r.count(blkPkgIdx, 8) {
			s.Package, s.index = r.str(r.off[blkPkgIdx]+8*pkg), idx
		}
		r.syms[key] = s
	}
	return s
}

func (r *reader) contents(s *Sym, i uint32) {
	index := func(blk int) (uint32, uint32) {
		p := r.off[blk] + 4*i
		return r.u32(p), r.u32(p + 4)
	}
	from, to := index(blkDataIdx)
	s.Data = r.b[r.off[blkData]+from : r.off[blkData]+to]
	from, to = index(blkRelocIdx)
	if s.Kind < firstDebugKind && to > from {
		s.Relocs = make([]Reloc, 0, to-from)
		for j := from; j < to; j++ {
			p := r.off[blkReloc] + relocSize*j
			s.Relocs = append(s.Relocs, Reloc{
				Off: int32(r.u32(p)), Size: r.b[p+4],
				Type: RelocType(binary.LittleEndian.Uint16(r.b[p+5:])),
				Add:  int64(binary.LittleEndian.Uint64(r.b[p+7:])),
				Sym:  r.ref(r.u32(p+15), r.u32(p+19)),
			})
		}
	}
	r.aux(s, i)
}
