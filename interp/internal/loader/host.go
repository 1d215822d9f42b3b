//go:build linux && amd64

package loader

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"sync"
	"unsafe"
)

// A Host is the symbol table of the running program.
type Host struct {
	names []byte // as in the file: texts that end in a zero byte
	syms  []hostSym
	table []uint32 // open addressing by name: index into syms plus one
	seed  maphash.Seed
	kept  []func()
	tls   int64 // where a thread's variables have the pointer to its goroutine
}

// hostSym is an entry of an ELF64 symbol table.
type hostSym struct {
	name  uint32
	info  uint8
	other uint8
	shndx uint16
	value uint64
	size  uint64
}

// OpenHost reads the symbol table of the running program; it is read once.
// Programs without one (linked with -s) give an error.
func OpenHost() (*Host, error) { return openHost() }

var openHost = sync.OnceValues(func() (*Host, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("loader: %w", err)
	}
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		return nil, fmt.Errorf("loader: %w", err)
	}
	defer f.Close()
	h, err := readHost(f)
	if err != nil {
		return nil, fmt.Errorf("loader: %s: %w", path, err)
	}
	return h, h.Check()
})

func readHost(f io.ReaderAt) (*Host, error) {
	e, err := elf.NewFile(f)
	if err != nil {
		return nil, err
	}
	if e.Type != elf.ET_EXEC {
		return nil, errors.New("position independent programs are not supported; build with -buildmode=exe")
	}
	tab := e.SectionByType(elf.SHT_SYMTAB)
	if tab == nil || int(tab.Link) >= len(e.Sections) {
		return nil, errors.New("the program has no symbol table (it was linked with -s)")
	}
	data, err := tab.Data()
	if err != nil {
		return nil, err
	}
	names, err := e.Sections[tab.Link].Data()
	if err != nil {
		return nil, err
	}
	const size = unsafe.Sizeof(hostSym{})
	h := &Host{names: names, seed: maphash.MakeSeed()}
	h.syms = unsafe.Slice((*hostSym)(unsafe.Pointer(&data[0])), uintptr(len(data))/size)
	h.index()
	h.findTLS(e)
	h.kept = append(kept[:], keptABI0)
	return h, nil
}

// findTLS computes the offset of runtime.tlsg from the thread pointer; Check
// compares it with the running program. It has no symbol where it is all that
// threads have, and no segment in programs that are linked without C.
func (h *Host) findTLS(e *elf.File) {
	h.tls = -8
	s, _ := h.find("runtime.tlsg")
	for _, p := range e.Progs {
		if p.Type == elf.PT_TLS && p.Align > 0 {
			h.tls = int64(s.value) - int64((p.Memsz+p.Align-1)&^(p.Align-1))
		}
	}
}

func (h *Host) index() {
	n := 1
	for n < 2*len(h.syms) {
		n *= 2
	}
	h.table = make([]uint32, n)
	for i, s := range h.syms {
		if s.shndx == 0 || s.name == 0 {
			continue
		}
		p := h.slot(h.name(s))
		h.table[p] = uint32(i) + 1
	}
}

func (h *Host) name(s hostSym) []byte {
	b := h.names[s.name:]
	return b[:bytes.IndexByte(b, 0)]
}

// slot is where a name stands in the table, or would.
func (h *Host) slot(name []byte) int {
	mask := len(h.table) - 1
	p := int(maphash.Bytes(h.seed, name)) & mask
	for h.table[p] != 0 && !bytes.Equal(h.name(h.syms[h.table[p]-1]), name) {
		p = (p + 1) & mask
	}
	return p
}

func (h *Host) find(name string) (hostSym, bool) {
	i := h.table[h.slot([]byte(name))]
	if i == 0 {
		return hostSym{}, false
	}
	return h.syms[i-1], true
}

// Lookup is the address of a symbol, for functions in one of Go's two calling
// conventions (0 is ABI0, 1 ABIInternal).
func (h *Host) Lookup(name string, abi uint16) (uintptr, bool) {
	if abi == 0 {
		if s, ok := h.find(name + ".abi0"); ok {
			return uintptr(s.value), true
		}
	}
	s, ok := h.find(name)
	if !ok || s.isFunc() && abi != h.abi(name, uintptr(s.value)) {
		return 0, false
	}
	return uintptr(s.value), ok
}

// isFunc reports functions.
func (s hostSym) isFunc() bool { return elf.ST_TYPE(s.info) == elf.STT_FUNC }

// Variable is the memory of a variable of the program; 0: it has none of that
// name, or a smaller one.
func (h *Host) Variable(name string, size uintptr) uintptr {
	s, ok := h.find(name)
	if !ok || elf.ST_TYPE(s.info) != elf.STT_OBJECT || uintptr(s.size) < size {
		return 0
	}
	return uintptr(s.value)
}
