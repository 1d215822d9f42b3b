package objfile

import "encoding/binary"

// What an auxiliary symbol is to its symbol (goobj.AuxGotype …).
const (
	auxGotype   = 0
	auxFuncInfo = 1
	auxFuncdata = 2
	auxPcsp     = 7
	auxPcfile   = 8
	auxPcline   = 9
	auxPcinline = 10
	auxPcdata   = 11
)

func (r *reader) aux(s *Sym, i uint32) {
	p := r.off[blkAuxIdx] + 4*i
	for j, to := r.u32(p), r.u32(p+4); j < to; j++ {
		a := r.off[blkAux] + auxSize*j
		kind, sym := r.b[a], r.ref(r.u32(a+1), r.u32(a+5))
		if kind == auxGotype {
			s.Gotype = sym
			continue
		}
		if !s.Kind.IsText() {
			continue
		}
		if s.Func == nil {
			s.Func = &Func{}
		}
		f := s.Func
		switch kind {
		case auxFuncInfo:
			r.info(f, r.raw(r.u32(a+1), r.u32(a+5)))
		case auxFuncdata:
			f.FuncData = append(f.FuncData, sym)
		case auxPcdata:
			f.PCData = append(f.PCData, sym)
		case auxPcsp:
			f.PCSP = sym
		case auxPcfile:
			f.PCFile = sym
		case auxPcline:
			f.PCLine = sym
		case auxPcinline:
			f.PCInline = sym
		}
	}
}

// raw is the data of a defined symbol, whose contents may not be read yet.
func (r *reader) raw(pkg, idx uint32) []byte {
	p := r.off[blkDataIdx] + 4*definition(r.count, pkg, idx)
	return r.b[r.off[blkData]+r.u32(p) : r.off[blkData]+r.u32(p+4)]
}

// definition is the number that a symbol has among all that an object defines;
// count tells how many records of a size a block has.
func definition(count func(blk int, size uint32) uint32, pkg, idx uint32) uint32 {
	switch pkg {
	case pkgNone:
		idx += count(blkHasheddef, symSize)
		fallthrough
	case pkgHashed:
		idx += count(blkHashed64def, symSize)
		fallthrough
	case pkgHashed64:
		idx += count(blkSymdef, symSize)
	}
	return idx
}

// info reads the encoding of goobj.FuncInfo.
func (r *reader) info(f *Func, b []byte) {
	u32 := func(off uint32) uint32 { return binary.LittleEndian.Uint32(b[off:]) }
	f.Args, f.Locals, f.ID, f.Flag, f.StartLine = u32(0), u32(4), b[8], b[9], int32(u32(12))
	at := 20 + 4*u32(16)
	n := u32(at)
	for p := at + 4; n > 0; n-- {
		f.Inlined = append(f.Inlined, Inlined{
			Parent: int32(u32(p)), File: u32(p + 4), Line: int32(u32(p + 8)),
			Func: r.ref(u32(p+12), u32(p+16)), ParentPC: int32(u32(p + 20)),
		})
		p += 24
	}
}
