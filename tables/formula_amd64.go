package tables

import "golang.org/x/sys/cpu"

//go:noescape
func addFloatsVV(out, x, y *float64, n int)

//go:noescape
func subFloatsVV(out, x, y *float64, n int)

//go:noescape
func mulFloatsVV(out, x, y *float64, n int)

//go:noescape
func divFloatsVV(out, x, y *float64, n int)

//go:noescape
func addFloatsVS(out, x, y *float64, n int)

//go:noescape
func subFloatsVS(out, x, y *float64, n int)

//go:noescape
func mulFloatsVS(out, x, y *float64, n int)

//go:noescape
func divFloatsVS(out, x, y *float64, n int)

//go:noescape
func subFloatsSV(out, x, y *float64, n int)

//go:noescape
func divFloatsSV(out, x, y *float64, n int)

//go:noescape
func addIntsVV(out, x, y *int64, n int)

//go:noescape
func subIntsVV(out, x, y *int64, n int)

//go:noescape
func mulIntsVV(out, x, y *int64, n int)

//go:noescape
func mulIntsVS(out, x, y *int64, n int)

//go:noescape
func andIntsVV(out, x, y *int64, n int)

//go:noescape
func orIntsVV(out, x, y *int64, n int)

//go:noescape
func xorIntsVV(out, x, y *int64, n int)

//go:noescape
func addIntsVS(out, x, y *int64, n int)

//go:noescape
func subIntsVS(out, x, y *int64, n int)

//go:noescape
func andIntsVS(out, x, y *int64, n int)

//go:noescape
func orIntsVS(out, x, y *int64, n int)

//go:noescape
func xorIntsVS(out, x, y *int64, n int)

//go:noescape
func subIntsSV(out, x, y *int64, n int)

//go:noescape
func sqrtFloats(out, x *float64, n int)

//go:noescape
func eqFloatsVV(out *bool, x, y *float64, n int)

//go:noescape
func neFloatsVV(out *bool, x, y *float64, n int)

//go:noescape
func ltFloatsVV(out *bool, x, y *float64, n int)

//go:noescape
func leFloatsVV(out *bool, x, y *float64, n int)

//go:noescape
func eqFloatsVS(out *bool, x, y *float64, n int)

//go:noescape
func neFloatsVS(out *bool, x, y *float64, n int)

//go:noescape
func ltFloatsVS(out *bool, x, y *float64, n int)

//go:noescape
func leFloatsVS(out *bool, x, y *float64, n int)

//go:noescape
func geFloatsVS(out *bool, x, y *float64, n int)

//go:noescape
func gtFloatsVS(out *bool, x, y *float64, n int)

//go:noescape
func eqIntsVV(out *bool, x, y *int64, n int)

//go:noescape
func neIntsVV(out *bool, x, y *int64, n int)

//go:noescape
func gtIntsVV(out *bool, x, y *int64, n int)

//go:noescape
func leIntsVV(out *bool, x, y *int64, n int)

//go:noescape
func eqIntsVS(out *bool, x, y *int64, n int)

//go:noescape
func neIntsVS(out *bool, x, y *int64, n int)

//go:noescape
func gtIntsVS(out *bool, x, y *int64, n int)

//go:noescape
func leIntsVS(out *bool, x, y *int64, n int)

//go:noescape
func ltIntsVS(out *bool, x, y *int64, n int)

//go:noescape
func geIntsVS(out *bool, x, y *int64, n int)

//go:noescape
func pickWords(out, yes, no *float64, c *bool, n int)

//go:noescape
func select32(out *int32, b *bool, first, n int) int

// selectTable has the numbers of the bits that are set in each byte.
var selectTable [256][8]uint8

func init() {
	for b := range selectTable {
		at := 0
		for bit := range 8 {
			if b>>bit&1 != 0 {
				selectTable[b][at] = uint8(bit)
				at++
			}
		}
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT {
		simd = &avx2
	}
}

var avx2 = loops{
	floats: map[string]arithLoop[float64]{
		"+": {vv: addFloatsVV, vs: addFloatsVS}, "-": {vv: subFloatsVV, vs: subFloatsVS, sv: subFloatsSV},
		"*": {vv: mulFloatsVV, vs: mulFloatsVS}, "/": {vv: divFloatsVV, vs: divFloatsVS, sv: divFloatsSV}},
	ints: map[string]arithLoop[int64]{
		"+": {vv: addIntsVV, vs: addIntsVS}, "-": {vv: subIntsVV, vs: subIntsVS, sv: subIntsSV},
		"*": {vv: mulIntsVV, vs: mulIntsVS},
		"&": {vv: andIntsVV, vs: andIntsVS}, "|": {vv: orIntsVV, vs: orIntsVS}, "^": {vv: xorIntsVV, vs: xorIntsVS}},
	floatTests: map[string]testLoop[float64]{
		"==": {vv: eqFloatsVV, vs: eqFloatsVS}, "!=": {vv: neFloatsVV, vs: neFloatsVS},
		"<": {vv: ltFloatsVV, vs: ltFloatsVS}, "<=": {vv: leFloatsVV, vs: leFloatsVS},
		">": {vv: ltFloatsVV, swap: true, vs: gtFloatsVS}, ">=": {vv: leFloatsVV, swap: true, vs: geFloatsVS}},
	intTests: map[string]testLoop[int64]{
		"==": {vv: eqIntsVV, vs: eqIntsVS}, "!=": {vv: neIntsVV, vs: neIntsVS},
		"<": {vv: gtIntsVV, swap: true, vs: ltIntsVS}, "<=": {vv: leIntsVV, vs: leIntsVS},
		">": {vv: gtIntsVV, vs: gtIntsVS}, ">=": {vv: leIntsVV, swap: true, vs: geIntsVS}},
	sqrt: sqrtFloats, pick: pickWords, choose: select32,
}
