//go:build !amd64

package cpu

func sgd32(p, grad, s1, s2, s3, coefficients *float32, n int)                { panic(noLoop) }
func momentum32(p, grad, s1, s2, s3, coefficients *float32, n int)           { panic(noLoop) }
func nesterov32(p, grad, s1, s2, s3, coefficients *float32, n int)           { panic(noLoop) }
func rmsprop32(p, grad, s1, s2, s3, coefficients *float32, n int)            { panic(noLoop) }
func rmsMomentum32(p, grad, s1, s2, s3, coefficients *float32, n int)        { panic(noLoop) }
func rmsCentred32(p, grad, s1, s2, s3, coefficients *float32, n int)         { panic(noLoop) }
func rmsCentredMomentum32(p, grad, s1, s2, s3, coefficients *float32, n int) { panic(noLoop) }
func adagrad32(p, grad, s1, s2, s3, coefficients *float32, n int)            { panic(noLoop) }
func adadelta32(p, grad, s1, s2, s3, coefficients *float32, n int)           { panic(noLoop) }
func adam32(p, grad, s1, s2, s3, coefficients *float32, n int)               { panic(noLoop) }
func amsgrad32(p, grad, s1, s2, s3, coefficients *float32, n int)            { panic(noLoop) }
func nadam32(p, grad, s1, s2, s3, coefficients *float32, n int)              { panic(noLoop) }
func adamax32(p, grad, s1, s2, s3, coefficients *float32, n int)             { panic(noLoop) }
