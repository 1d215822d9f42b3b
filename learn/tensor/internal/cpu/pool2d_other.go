//go:build !amd64

package cpu

func maxPool32(y *float32, arg *int32, x *float32, r *poolRun) { panic(noLoop) }
func maxPoolGrad32(dx, dy *float32, arg *int32, r *poolRun)    { panic(noLoop) }
func avgPool32(y, x *float32, r *poolRun)                      { panic(noLoop) }
func avgPoolGrad32(dx, dy *float32, r *poolRun)                { panic(noLoop) }
func most32(y, x *float32, r *poolRun)                         { panic(noLoop) }
