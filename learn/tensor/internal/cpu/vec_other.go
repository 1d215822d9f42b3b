//go:build !amd64

package cpu

// Processors without loops in assembler run at level Generic and call none of
// what follows.

var (
	unary32  [numUnary]loop1
	binary32 [numBinary]struct {
		vv     loop2
		vs, sv loopS
	}
	act32     [numActs]actLoop
	actGrad32 [numActs]actGrad
)

const noLoop = "cpu: a loop in assembler was called on a processor that has none"

func select32(z, cond, x, y *float32, n int)         { panic(noLoop) }
func fill32(y *float32, s float32, n int)            { panic(noLoop) }
func axpy32(y, x *float32, a float32, n int)         { panic(noLoop) }
func trigLoop32(y, x *float32, n, quarter int) int   { panic(noLoop) }
func sum32(x *float32, n int) float32                { panic(noLoop) }
func max32(x *float32, n int) float32                { panic(noLoop) }
func min32(x *float32, n int) float32                { panic(noLoop) }
func dot32(x, y *float32, n int) float32             { panic(noLoop) }
func squares32(x *float32, m float32, n int) float32 { panic(noLoop) }
func columns32(dst, x *float32, rows, cols, stride int) {
	panic(noLoop)
}
func dotShifted32(x, y *float32, shift float32, n int) float32             { panic(noLoop) }
func softmax32(y, x, factors, most, sums *float32, rows, cols int)         { panic(noLoop) }
func softmaxNarrow32(y, x, factors, most, sums *float32, groups, cols int) { panic(noLoop) }
func softmaxGrad32(dx, dy, y *float32, s float32, n int)                   { panic(noLoop) }
func logSoftmaxGrad32(dx, dy, y *float32, s float32, n int)                { panic(noLoop) }
func powVV(z, x, y *float32, n int) int                                    { panic(noLoop) }
func powVS(z, x *float32, s float32, n int) int                            { panic(noLoop) }
func powSV(z, x *float32, s float32, n int) int                            { panic(noLoop) }
