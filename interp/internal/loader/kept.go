//go:build linux && amd64

package loader

import (
	_ "math/big" // for what of it is linked to
	_ "unsafe"   // for go:linkname
)

// Functions that packages link to (go:linkname) and the linker would leave out
// of this program, or the compiler has put in place of all their calls. They are
// of those that the Go release lets be linked to; their types do not matter here.

//go:linkname kept0 runtime.nanotime
func kept0()

//go:linkname kept1 runtime.cputicks
func kept1()

//go:linkname kept2 runtime.fastrand
func kept2()

//go:linkname kept3 runtime.fastrandn
func kept3()

//go:linkname kept4 runtime.fastrand64
func kept4()

//go:linkname kept5 runtime.memhash
func kept5()

//go:linkname kept6 runtime.strhash
func kept6()

//go:linkname kept7 runtime.noescape
func kept7()

//go:linkname kept8 runtime.throw
func kept8()

//go:linkname kept9 runtime.typehash
func kept9()

//go:linkname kept10 runtime.procPin
func kept10()

//go:linkname kept11 runtime.procUnpin
func kept11()

//go:linkname kept12 runtime.getAuxv
func kept12()

//go:linkname kept13 runtime.mapassign_faststr
func kept13()

//go:linkname kept14 runtime.mapiterinit
func kept14()

//go:linkname kept15 runtime.mapiternext
func kept15()

//go:linkname kept16 runtime.typedmemmove
func kept16()

//go:linkname kept17 reflect.makemap
func kept17()

//go:linkname kept18 reflect.mapaccess
func kept18()

//go:linkname kept19 reflect.mapiterinit
func kept19()

//go:linkname kept20 reflect.mapiternext
func kept20()

//go:linkname kept21 reflect.mapiterkey
func kept21()

//go:linkname kept22 reflect.mapiterelem
func kept22()

//go:linkname kept23 reflect.maplen
func kept23()

//go:linkname kept24 reflect.chanlen
func kept24()

//go:linkname kept25 reflect.ifaceE2I
func kept25()

//go:linkname kept26 reflect.resolveTypeOff
func kept26()

//go:linkname kept27 reflect.typedmemmove
func kept27()

//go:linkname kept28 reflect.typedslicecopy
func kept28()

//go:linkname kept29 reflect.typelinks
func kept29()

//go:linkname kept30 reflect.unsafe_New
func kept30()

//go:linkname kept31 reflect.unsafe_NewArray
func kept31()

//go:linkname kept32 syscall.prlimit
func kept32()

//go:linkname kept33 runtime.cheaprand
func kept33()

//go:linkname kept34 runtime.cheaprandn
func kept34()

//go:linkname kept35 runtime.cheaprand64
func kept35()

//go:linkname kept36 runtime.goyield
func kept36()

//go:linkname kept37 runtime.goready
func kept37()

//go:linkname kept38 runtime.lockedOSThread
func kept38()

//go:linkname kept39 runtime.procyield
func kept39()

//go:linkname kept40 runtime.stringHash
func kept40()

//go:linkname kept41 runtime.chanbuf
func kept41()

//go:linkname kept42 runtime.mapassign_fast32ptr
func kept42()

//go:linkname kept43 runtime.gobytes
func kept43()

//go:linkname kept44 runtime.gostringn
func kept44()

//go:linkname kept45 reflect.add
func kept45()

//go:linkname kept46 math/big.addVV
func kept46()

//go:linkname kept47 math/big.subVV
func kept47()

//go:linkname kept48 math/big.addVW
func kept48()

//go:linkname kept49 math/big.subVW
func kept49()

//go:linkname kept50 math/big.shlVU
func kept50()

//go:linkname kept51 math/big.mulAddVWW
func kept51()

//go:linkname kept52 math/big.addMulVVW
func kept52()

// keptABI0 keeps what assembler calls; it is not called.
func keptABI0()

var kept = [...]func(){
	kept0, kept1, kept2, kept3, kept4, kept5, kept6, kept7,
	kept8, kept9, kept10, kept11, kept12, kept13, kept14, kept15,
	kept16, kept17, kept18, kept19, kept20, kept21, kept22, kept23,
	kept24, kept25, kept26, kept27, kept28, kept29, kept30, kept31,
	kept32, kept33, kept34, kept35, kept36, kept37, kept38, kept39,
	kept40, kept41, kept42, kept43, kept44, kept45, kept46, kept47,
	kept48, kept49, kept50, kept51, kept52,
}
