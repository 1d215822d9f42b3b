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

// otherABI says whether the function at an address follows ABI0 although the
// symbol's plain name is asked for ABIInternal: a function in assembler whose
// wrapper was not linked in, since nothing called it. Those that the compiler
// itself calls, and those of internal/bytealg, follow ABIInternal.
func (h *Host) otherABI(name string, pc uintptr) bool {
	f := findfunc(pc)
	if f.fn == nil || f.fn.flag&flagAsm == 0 {
		return false
	}
	if _, wrapped := h.find(name + ".abi0"); wrapped {
		return false
	}
	return !strings.HasPrefix(name, "runtime.") && !strings.HasPrefix(name, "internal/bytealg.") && !strings.HasPrefix(name, "internal/runtime/")
}
