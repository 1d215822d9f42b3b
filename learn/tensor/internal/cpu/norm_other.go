//go:build !amd64

package cpu

func normApply32(y, x, mean, scale, centre *float32, rows, cols, stride int)     { panic(noLoop) }
func normSquares32(dst, x, mean *float32, rows, cols, stride int)                { panic(noLoop) }
func normDots32(sum, dot, dy, x, mean *float32, rows, cols, stride int)          { panic(noLoop) }
func normGrad32(dx, dy, x, mean, scale, k0, k1 *float32, rows, cols, stride int) { panic(noLoop) }
func layer32(y, x, gamma, beta, mean, inv *float32, rows, cols int, epsilon float32) {
	panic(noLoop)
}
func layerGrad32(dx, dgamma, dbeta, dy, x, gamma *float32, mean, inv float32, n int) {
	panic(noLoop)
}
