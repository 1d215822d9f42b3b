package cpu

import "unsafe"

// tileF32 does a tile of float32 in AVX2.
//
//go:noescape
func tileF32(t *tile)

// tileF64 does a tile of float64 in AVX2.
//
//go:noescape
func tileF64(t *tile)

// runTile does a tile by the code of the level.
func runTile[T Float](t *tile) {
	switch {
	case level == Generic:
		tileGo[T](t)
	case unsafe.Sizeof(*new(T)) == 8:
		tileF64(t)
	default:
		tileF32(t)
	}
}
