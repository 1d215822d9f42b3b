//go:build linux && amd64

package loader

import (
	"fmt"
	"runtime"
	"unsafe"
)

// moduledata mirrors runtime.moduledata of Go 1.26: what the runtime knows of
// one piece of linked code.
type moduledata struct {
	pcHeader     *pcHeader
	funcnametab  []byte
	cutab        []uint32
	filetab      []byte
	pctab        []byte
	pclntable    []byte
	ftab         []functab
	findfunctab  uintptr
	minpc, maxpc uintptr

	text, etext           uintptr
	noptrdata, enoptrdata uintptr
	data, edata           uintptr
	bss, ebss             uintptr
	noptrbss, enoptrbss   uintptr
	covctrs, ecovctrs     uintptr
	end, gcdata, gcbss    uintptr
	types, etypes         uintptr
	rodata                uintptr
	gofunc                uintptr
	epclntab              uintptr

	textsectmap []textsect
	typelinks   []int32
	itablinks   []unsafe.Pointer

	ptab []struct{ name, typ int32 }

	pluginpath string
	pkghashes  []modulehash

	inittasks []unsafe.Pointer

	modulename   string
	modulehashes []modulehash

	hasmain uint8
	bad     bool

	gcdatamask, gcbssmask bitvector

	typemap unsafe.Pointer

	next *moduledata
}

type pcHeader struct {
	magic          uint32
	pad1, pad2     uint8
	minLC          uint8
	ptrSize        uint8
	nfunc          int
	nfiles         uint
	_              uintptr
	funcnameOffset uintptr
	cuOffset       uintptr
	filetabOffset  uintptr
	pctabOffset    uintptr
	pclnOffset     uintptr
}

type functab struct{ entryoff, funcoff uint32 }

type textsect [3]uintptr

type bitvector struct {
	n        int32
	bytedata *uint8
}

type modulehash [5]uintptr

const pclnMagic = 0xfffffff1

// The runtime lets these two be named from outside.
//
//go:linkname lastmoduledatap runtime.lastmoduledatap
var lastmoduledatap *moduledata

//go:linkname moduledataverify1 runtime.moduledataverify1
func moduledataverify1(*moduledata)

// Check says whether the running program describes its code in the way that
// this package writes.
func (h *Host) Check() error {
	bad := func(what string) error {
		return fmt.Errorf("loader: %s describes its code otherwise than expected: %s", runtime.Version(), what)
	}
	s, ok := h.find("runtime.firstmoduledata")
	if !ok || s.size != uint64(unsafe.Sizeof(moduledata{})) {
		return bad(fmt.Sprintf("runtime.firstmoduledata has %d bytes, not %d", s.size, unsafe.Sizeof(moduledata{})))
	}
	md := (*moduledata)(pointer(uintptr(s.value)))
	pc := uintptr(**(**uintptr)(unsafe.Pointer(&checked)))
	f := runtime.FuncForPC(pc)
	switch {
	case md.pcHeader == nil || md.pcHeader.magic != pclnMagic:
		return bad("the head of the line table")
	case pc < md.minpc || pc >= md.maxpc || md.text > md.minpc:
		return bad("the bounds of the code")
	case uintptr(unsafe.Pointer(&md.pclntable[0])) != uintptr(unsafe.Pointer(&md.ftab[0])):
		return bad("the table of functions")
	case f == nil || f.Entry() != pc:
		return bad("function entries")
	}
	if s, ok := h.find(f.Name()); !ok || uintptr(s.value) != pc {
		return bad("its symbol table gives another address for " + f.Name())
	}
	if threadWord(h.tls) != goroutine() {
		return bad("where a thread keeps its goroutine")
	}
	last := md
	for last.next != nil {
		last = last.next
	}
	if last != lastmoduledatap {
		return bad("the list of modules")
	}
	return nil
}

var checked = func() {}

// threadWord is the word at an offset from the thread pointer; goroutine is
// the pointer to the goroutine that runs.
func threadWord(off int64) uintptr
func goroutine() uintptr

// pointer makes a pointer of an address outside the Go heap.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }
