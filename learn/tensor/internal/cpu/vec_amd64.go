package cpu

// The loops in assembler for AVX2 and FMA. They work on n > 0 float32 behind their
// pointers; vec_go.go and vec_act.go have their meaning in Go.

var unary32 = [numUnary]loop1{
	Neg:        negLoop,
	Sqrt:       sqrtLoop,
	Rsqrt:      rsqrtLoop,
	Square:     squareLoop,
	Abs:        absLoop,
	Sign:       signLoop,
	Reciprocal: reciprocalLoop,
	Floor:      floorLoop,
	Exp:        expLoop,
	Expm1:      expm1Loop,
	Log:        logLoop,
	Log1p:      log1pLoop,
	TanhOf:     tanhLoop,
	SigmoidOf:  sigmoidLoop,
	Erf:        erfLoop,
}

var binary32 = [numBinary]struct {
	vv     loop2
	vs, sv loopS
}{
	Add:          {addVV, addVS, nil},
	Sub:          {subVV, subVS, subSV},
	Mul:          {mulVV, mulVS, nil},
	Div:          {divVV, divVS, divSV},
	Max:          {maxVV, maxVS, nil},
	Min:          {minVV, minVS, nil},
	Greater:      {greaterVV, greaterVS, nil},
	GreaterEqual: {greaterEqualVV, greaterEqualVS, nil},
	Less:         {lessVV, lessVS, nil},
	LessEqual:    {lessEqualVV, lessEqualVS, nil},
	Equal:        {equalVV, equalVS, nil},
	NotEqual:     {notEqualVV, notEqualVS, nil},
}

var act32 = [numActs]actLoop{
	ReLU:        reluLoop,
	LeakyReLU:   leakyLoop,
	ReLU6:       relu6Loop,
	ELU:         eluLoop,
	SELU:        seluLoop,
	HardSigmoid: hardSigmoidLoop,
	Softplus:    softplusLoop,
	Softsign:    softsignLoop,
	Swish:       swishLoop,
	HardSwish:   hardSwishLoop,
	GELU:        geluLoop,
	GELUTanh:    geluTanhLoop,
	Mish:        mishLoop,
}

var actGrad32 = [numActs]actGrad{
	ReLU:        reluGrad,
	LeakyReLU:   leakyGrad,
	ReLU6:       relu6Grad,
	ELU:         eluGrad,
	SELU:        seluGrad,
	HardSigmoid: hardSigmoidGrad,
	Softplus:    softplusGrad,
	Softsign:    softsignGrad,
	Swish:       swishGrad,
	HardSwish:   hardSwishGrad,
	GELU:        geluGrad,
	GELUTanh:    geluTanhGrad,
	Mish:        mishGrad,
	Sigmoid:     sigmoidGrad,
	Tanh:        tanhGrad,
}

//go:noescape
func negLoop(y, x *float32, n int)

//go:noescape
func sqrtLoop(y, x *float32, n int)

//go:noescape
func rsqrtLoop(y, x *float32, n int)

//go:noescape
func squareLoop(y, x *float32, n int)

//go:noescape
func absLoop(y, x *float32, n int)

//go:noescape
func signLoop(y, x *float32, n int)

//go:noescape
func reciprocalLoop(y, x *float32, n int)

//go:noescape
func floorLoop(y, x *float32, n int)

//go:noescape
func expLoop(y, x *float32, n int)

//go:noescape
func expm1Loop(y, x *float32, n int)

//go:noescape
func logLoop(y, x *float32, n int)

//go:noescape
func log1pLoop(y, x *float32, n int)

//go:noescape
func tanhLoop(y, x *float32, n int)

//go:noescape
func sigmoidLoop(y, x *float32, n int)

//go:noescape
func erfLoop(y, x *float32, n int)

//go:noescape
func addVV(z, x, y *float32, n int)

//go:noescape
func addVS(z, x *float32, s float32, n int)

//go:noescape
func subVV(z, x, y *float32, n int)

//go:noescape
func subVS(z, x *float32, s float32, n int)

//go:noescape
func subSV(z, x *float32, s float32, n int)

//go:noescape
func mulVV(z, x, y *float32, n int)

//go:noescape
func mulVS(z, x *float32, s float32, n int)

//go:noescape
func divVV(z, x, y *float32, n int)

//go:noescape
func divVS(z, x *float32, s float32, n int)

//go:noescape
func divSV(z, x *float32, s float32, n int)

//go:noescape
func maxVV(z, x, y *float32, n int)

//go:noescape
func maxVS(z, x *float32, s float32, n int)

//go:noescape
func minVV(z, x, y *float32, n int)

//go:noescape
func minVS(z, x *float32, s float32, n int)

//go:noescape
func greaterVV(z, x, y *float32, n int)

//go:noescape
func greaterVS(z, x *float32, s float32, n int)

//go:noescape
func greaterEqualVV(z, x, y *float32, n int)

//go:noescape
func greaterEqualVS(z, x *float32, s float32, n int)

//go:noescape
func lessVV(z, x, y *float32, n int)

//go:noescape
func lessVS(z, x *float32, s float32, n int)

//go:noescape
func lessEqualVV(z, x, y *float32, n int)

//go:noescape
func lessEqualVS(z, x *float32, s float32, n int)

//go:noescape
func equalVV(z, x, y *float32, n int)

//go:noescape
func equalVS(z, x *float32, s float32, n int)

//go:noescape
func notEqualVV(z, x, y *float32, n int)

//go:noescape
func notEqualVS(z, x *float32, s float32, n int)

//go:noescape
func reluLoop(y, x *float32, alpha float32, n int)

//go:noescape
func leakyLoop(y, x *float32, alpha float32, n int)

//go:noescape
func relu6Loop(y, x *float32, alpha float32, n int)

//go:noescape
func eluLoop(y, x *float32, alpha float32, n int)

//go:noescape
func seluLoop(y, x *float32, alpha float32, n int)

//go:noescape
func hardSigmoidLoop(y, x *float32, alpha float32, n int)

//go:noescape
func softplusLoop(y, x *float32, alpha float32, n int)

//go:noescape
func softsignLoop(y, x *float32, alpha float32, n int)

//go:noescape
func swishLoop(y, x *float32, alpha float32, n int)

//go:noescape
func hardSwishLoop(y, x *float32, alpha float32, n int)

//go:noescape
func geluLoop(y, x *float32, alpha float32, n int)

//go:noescape
func geluTanhLoop(y, x *float32, alpha float32, n int)

//go:noescape
func mishLoop(y, x *float32, alpha float32, n int)

//go:noescape
func reluGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func leakyGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func relu6Grad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func eluGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func seluGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func hardSigmoidGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func softplusGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func softsignGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func swishGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func hardSwishGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func geluGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func geluTanhGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func mishGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func sigmoidGrad(dx, dy, v *float32, alpha float32, n int)

//go:noescape
func tanhGrad(dx, dy, v *float32, alpha float32, n int)

// select32 is z = cond != 0 ? x : y.
//
//go:noescape
func select32(z, cond, x, y *float32, n int)

// fill32 is y = s.
//
//go:noescape
func fill32(y *float32, s float32, n int)

// axpy32 is y += a·x.
//
//go:noescape
func axpy32(y, x *float32, a float32, n int)

// trigLoop32 is y = sin(x + quarter·π/2) of the first elements, up to eight
// that have one beyond trigHi, and returns how many.
//
//go:noescape
func trigLoop32(y, x *float32, n, quarter int) int

// powVV is z = x^y of the first elements, up to eight of which one x is not normal
// and positive or one y not finite, and returns how many; powVS is
// x^s and powSV s^x likewise.
//
//go:noescape
func powVV(z, x, y *float32, n int) int

//go:noescape
func powVS(z, x *float32, s float32, n int) int

//go:noescape
func powSV(z, x *float32, s float32, n int) int
