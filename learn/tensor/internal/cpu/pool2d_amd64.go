package cpu

// Runs of windows in assembler; pool2d.go has them in Go.

// maxPool32 is maxRun with places, most32 without.
//
//go:noescape
func maxPool32(y *float32, arg *int32, x *float32, r *poolRun)

//go:noescape
func most32(y, x *float32, r *poolRun)

// maxPoolGrad32 is maxGradRun.
//
//go:noescape
func maxPoolGrad32(dx, dy *float32, arg *int32, r *poolRun)

// avgPool32 is avgRun.
//
//go:noescape
func avgPool32(y, x *float32, r *poolRun)

// avgPoolGrad32 is avgGradRun.
//
//go:noescape
func avgPoolGrad32(dx, dy *float32, r *poolRun)
