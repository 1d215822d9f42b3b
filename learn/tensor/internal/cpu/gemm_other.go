//go:build !amd64

package cpu

// runTile does a tile by the code of the level.
func runTile[T Float](t *tile) { tileGo[T](t) }
