//go:build !amd64

package cpu

// There are no loops in assembler; the level is Generic.

var (
	unary32  [numUnary]loop1
	binary32 [numBinary]struct {
		vv     loop2
		vs, sv loopS
	}
	act32     [numActs]actLoop
	actGrad32 [numActs]actGrad

	select32   func(z, cond, x, y *float32, n int)
	fill32     func(y *float32, s float32, n int)
	axpy32     func(y, x *float32, a float32, n int)
	trigLoop32 func(y, x *float32, n, quarter int) int
)
