package cpu

// Steps of optimizers in assembler, of n > 0 float32; optim.go has them in Go and
// says which coefficients and states each takes.

//go:noescape
func sgd32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func momentum32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func nesterov32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func rmsprop32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func rmsMomentum32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func rmsCentred32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func rmsCentredMomentum32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func adagrad32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func adadelta32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func adam32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func amsgrad32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func nadam32(p, grad, s1, s2, s3, coefficients *float32, n int)

//go:noescape
func adamax32(p, grad, s1, s2, s3, coefficients *float32, n int)
