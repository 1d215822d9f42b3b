//go:build !amd64

package cpu

// runTile does a tile by the code of the level.
func runTile[T Float](t *tile) { tileGo[T](t) }

func fastCopy[T Float](dst, src []T, rows, cols, dld, sld int) bool { return false }

func fastTurn[T Float](dst, src []T, rows, cols, dld, sld int) (rowsDone, colsDone int) { return 0, 0 }

func fastColumn[T Float](y, a, x []T, lda int) (done int) { return 0 }
