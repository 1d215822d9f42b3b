//go:build linux && amd64

package loader

import (
	"strings"
	"unsafe"
)

//go:linkname findfunc runtime.findfunc
func findfunc(pc uintptr) (f struct {
	fn    *funcInfo
	datap *moduledata
})

// funcInfo mirrors the head of runtime._func.
type funcInfo struct {
	entryOff    uint32
	nameOff     int32
	args        int32
	deferreturn uint32
	pcsp        uint32
	pcfile      uint32
	pcln        uint32
	npcdata     uint32
	cuOffset    uint32
	startLine   int32
	funcID      uint8
	flag        uint8
	_           [1]byte
	nfuncdata   uint8
}

const funcSize = uint32(unsafe.Sizeof(funcInfo{}))

const (
	flagAsm = 1 << 2 // internal/abi.FuncFlagAsm
)

// abi is the calling convention of the function at an address which has its
// plain name in the symbol table: ABI0 for a function in assembler whose wrapper
// was not linked in, since nothing called it. Those that the compiler itself
// calls, and those of internal/bytealg, follow ABIInternal.
func (h *Host) abi(name string, pc uintptr) uint16 {
	f := findfunc(pc)
	if f.fn == nil || f.fn.flag&flagAsm == 0 {
		return 1
	}
	if _, wrapped := h.find(name + ".abi0"); wrapped {
		return 1
	}
	if strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/bytealg.") || strings.HasPrefix(name, "internal/runtime/") {
		return 1
	}
	return 0
}
