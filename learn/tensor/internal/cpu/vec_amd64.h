// Macros of the vector kernels for AVX2 and FMA.
//
// A body works on eight float32 at once, from Y0 (and Y1, Y2) into Y0, with Y0
// to Y12 as its own; Y13 and Y14 hold what a loop keeps, Y15 the mask of a tail.
// A tail of less than eight is loaded with zeros and goes through the same body,
// so that a value never depends on its place.

// TAILMASK makes Y15 the mask of the first CX elements, 0 < CX < 8. It uses BX
// and R13.
#define TAILMASK \
	LEAQ ·tailMask+32(SB), BX; \
	MOVQ CX, R13; \
	SHLQ $2, R13; \
	SUBQ R13, BX; \
	VMOVDQU (BX), Y15

// LOOP1 is y = body(x): DI, SI point to y and x, CX is the length.
#define LOOP1(BODY) \
	SUBQ $8, CX; \
	JLT  tail; \
loop: \
	VMOVUPS (SI), Y0; \
	BODY; \
	VMOVUPS Y0, (DI); \
	ADDQ $32, SI; \
	ADDQ $32, DI; \
	SUBQ $8, CX; \
	JGE  loop; \
tail: \
	ADDQ $8, CX; \
	JEQ  done; \
	TAILMASK; \
	VMASKMOVPS (SI), Y15, Y0; \
	BODY; \
	VMASKMOVPS Y0, Y15, (DI); \
done: \
	VZEROUPPER; \
	RET

// LOOP2 is z = body(x, y): DI, SI, DX point to z, x and y.
#define LOOP2(BODY) \
	SUBQ $8, CX; \
	JLT  tail; \
loop: \
	VMOVUPS (SI), Y0; \
	VMOVUPS (DX), Y1; \
	BODY; \
	VMOVUPS Y0, (DI); \
	ADDQ $32, SI; \
	ADDQ $32, DX; \
	ADDQ $32, DI; \
	SUBQ $8, CX; \
	JGE  loop; \
tail: \
	ADDQ $8, CX; \
	JEQ  done; \
	TAILMASK; \
	VMASKMOVPS (SI), Y15, Y0; \
	VMASKMOVPS (DX), Y15, Y1; \
	BODY; \
	VMASKMOVPS Y0, Y15, (DI); \
done: \
	VZEROUPPER; \
	RET

// EXP is exp(x), with denormal results, in two steps of the scale. It uses Y1 to
// Y3, as EXPM1 does.
#define EXP \
	VMOVUPS ·kExpHi(SB), Y1; \
	VMINPS Y0, Y1, Y0; \
	VMOVUPS ·kExpLo(SB), Y1; \
	VMAXPS Y0, Y1, Y0; \
	EXPREDUCE; \
	VADDPS ·kOne(SB), Y2, Y2; \
	VCVTPS2DQ Y1, Y1; \
	VPSRAD $1, Y1, Y3; \
	VPSUBD Y3, Y1, Y1; \
	VPSLLD $23, Y3, Y3; \
	VPSLLD $23, Y1, Y1; \
	VPADDD ·kOne(SB), Y3, Y3; \
	VPADDD ·kOne(SB), Y1, Y1; \
	VMULPS Y3, Y2, Y2; \
	VMULPS Y1, Y2, Y0

// EXPREDUCE makes Y1 the number n of halvings and Y2 = exp(x - n·ln 2) - 1.
#define EXPREDUCE \
	VMULPS ·kLog2e(SB), Y0, Y1; \
	VROUNDPS $8, Y1, Y1; \
	VFNMADD231PS ·kLn2Hi(SB), Y1, Y0; \
	VFNMADD231PS ·kLn2Lo(SB), Y1, Y0; \
	VMOVUPS ·kExp6(SB), Y2; \
	VFMADD213PS ·kExp5(SB), Y0, Y2; \
	VFMADD213PS ·kExp4(SB), Y0, Y2; \
	VFMADD213PS ·kExp3(SB), Y0, Y2; \
	VFMADD213PS ·kExp2(SB), Y0, Y2; \
	VMULPS Y0, Y0, Y3; \
	VFMADD213PS Y0, Y3, Y2

// EXPM1 is exp(x) - 1 as 2·(2^(n-1)·(exp(r) - 1) + 2^(n-1) - 1/2).
#define EXPM1 \
	VMOVUPS ·kExpHi(SB), Y1; \
	VMINPS Y0, Y1, Y0; \
	VMOVUPS ·kExpm1Lo(SB), Y1; \
	VMAXPS Y0, Y1, Y0; \
	EXPREDUCE; \
	VCVTPS2DQ Y1, Y1; \
	VPSLLD $23, Y1, Y1; \
	VPADDD ·kHalf(SB), Y1, Y1; \
	VSUBPS ·kHalf(SB), Y1, Y3; \
	VFMADD213PS Y3, Y1, Y2; \
	VADDPS Y2, Y2, Y0

// LOGSPLIT splits a normal positive number into Y0 = f and Y2 = e with
// x = (1 + f)·2^e and 1+f in [√½, √2]; LOGPOLY makes the logarithm of them. They
// use Y1 and Y3.
#define LOGSPLIT \
	VPSUBD ·kSqrtHalf(SB), Y0, Y1; \
	VPSRAD $23, Y1, Y2; \
	VPSLLD $23, Y2, Y1; \
	VPSUBD Y1, Y0, Y0; \
	VCVTDQ2PS Y2, Y2; \
	VSUBPS ·kOne(SB), Y0, Y0

#define LOGPOLY \
	VMOVUPS ·kLog10(SB), Y1; \
	VFMADD213PS ·kLog9(SB), Y0, Y1; \
	VFMADD213PS ·kLog8(SB), Y0, Y1; \
	VFMADD213PS ·kLog7(SB), Y0, Y1; \
	VFMADD213PS ·kLog6(SB), Y0, Y1; \
	VFMADD213PS ·kLog5(SB), Y0, Y1; \
	VFMADD213PS ·kLog4(SB), Y0, Y1; \
	VFMADD213PS ·kLog3(SB), Y0, Y1; \
	VMULPS Y0, Y0, Y3; \
	VMULPS Y0, Y1, Y1; \
	VMULPS Y3, Y1, Y1; \
	VFMADD231PS ·kLn2Lo(SB), Y2, Y1; \
	VFNMADD231PS ·kHalf(SB), Y3, Y1; \
	VADDPS Y1, Y0, Y0; \
	VFMADD231PS ·kLn2Hi(SB), Y2, Y0

// LOG is log(x). It uses Y1 to Y5.
#define LOG \
	VMOVAPS Y0, Y5; \
	VCMPPS $1, ·kMinNormal(SB), Y0, Y4; \
	VMULPS ·kTwo23(SB), Y0, Y1; \
	VBLENDVPS Y4, Y1, Y0, Y0; \
	VANDPS ·kMinus23(SB), Y4, Y4; \
	LOGSPLIT; \
	VADDPS Y4, Y2, Y2; \
	LOGPOLY; \
	VXORPS Y1, Y1, Y1; \
	VCMPPS $0x19, Y1, Y5, Y2; \
	VORPS Y2, Y0, Y0; \
	VCMPPS $0, Y1, Y5, Y2; \
	VBLENDVPS Y2, ·kMinusInf(SB), Y0, Y0; \
	VCMPPS $0, ·kInf(SB), Y5, Y2; \
	VBLENDVPS Y2, Y5, Y0, Y0

// LOG1PEXP is log(1 + e) for 0 ≤ e ≤ 1. What rounding 1+e loses comes back
// divided by 1+e, near enough 3/2 - (1+e)/2. It uses Y1 to Y4.
#define LOG1PEXP \
	VADDPS ·kOne(SB), Y0, Y1; \
	VSUBPS ·kOne(SB), Y1, Y2; \
	VSUBPS Y2, Y0, Y4; \
	VMOVAPS Y1, Y0; \
	VMOVUPS ·kThreeHalves(SB), Y2; \
	VFNMADD231PS ·kHalf(SB), Y1, Y2; \
	VMULPS Y2, Y4, Y4; \
	LOGSPLIT; \
	LOGPOLY; \
	VADDPS Y4, Y0, Y0

// SIGMOID is 1/(1 + exp(-x)) from e = exp(-|x|): 1/(1+e) or e/(1+e). It uses Y1
// to Y5.
#define SIGMOID \
	VMOVAPS Y0, Y4; \
	VORPS ·kSign(SB), Y0, Y0; \
	EXP; \
	VMOVUPS ·kOne(SB), Y5; \
	VBLENDVPS Y4, Y0, Y5, Y1; \
	VADDPS Y5, Y0, Y0; \
	VDIVPS Y0, Y1, Y0

// SIGMOIDS makes Y0 = sigmoid(x) and Y1 = sigmoid(-x) = 1 - Y0, which a
// difference would lose for large x. It uses Y1 to Y5.
#define SIGMOIDS \
	VMOVAPS Y0, Y4; \
	VORPS ·kSign(SB), Y0, Y0; \
	EXP; \
	VMOVUPS ·kOne(SB), Y5; \
	VADDPS Y5, Y0, Y1; \
	VDIVPS Y1, Y5, Y1; \
	VMULPS Y1, Y0, Y2; \
	VBLENDVPS Y4, Y2, Y1, Y0; \
	VBLENDVPS Y4, Y1, Y2, Y1

// TANH is (exp(2|x|) - 1)/(exp(2|x|) + 1) with the sign of x. It uses Y1 to Y4.
#define TANH \
	VANDPS ·kSign(SB), Y0, Y4; \
	VANDPS ·kAbs(SB), Y0, Y0; \
	VMOVUPS ·kTanhHi(SB), Y1; \
	VMINPS Y0, Y1, Y0; \
	VADDPS Y0, Y0, Y0; \
	EXPM1; \
	VADDPS ·kTwo(SB), Y0, Y1; \
	VDIVPS Y1, Y0, Y0; \
	VORPS Y4, Y0, Y0

// PHI is the normal distribution's tail Φ(-t) of t ≥ 0; Y7 becomes exp(-t²/2).
// The square is kept to twice the precision, as its error counts t² times, and
// 1/(t+4) with what is missing of it, in Y3. It uses Y1 to Y7.
#define PHI \
	VMOVUPS ·kPhiHi(SB), Y1; \
	VMINPS Y0, Y1, Y4; \
	VMULPS Y4, Y4, Y5; \
	VMOVAPS Y4, Y6; \
	VFMSUB213PS Y5, Y4, Y6; \
	VMULPS ·kMinusHalf(SB), Y5, Y0; \
	EXP; \
	VMULPS ·kHalf(SB), Y6, Y6; \
	VMOVAPS Y0, Y7; \
	VFNMADD231PS Y6, Y0, Y7; \
	VADDPS ·kFour(SB), Y4, Y2; \
	VSUBPS ·kFour(SB), Y4, Y1; \
	VMOVUPS ·kOne(SB), Y3; \
	VDIVPS Y2, Y3, Y2; \
	VFNMADD231PS ·kFour(SB), Y2, Y3; \
	VFNMADD231PS Y4, Y2, Y3; \
	VMULPS Y2, Y1, Y1; \
	VFMADD213PS Y1, Y3, Y1; \
	VMOVUPS ·kPhi9(SB), Y0; \
	VFMADD213PS ·kPhi8(SB), Y1, Y0; \
	VFMADD213PS ·kPhi7(SB), Y1, Y0; \
	VFMADD213PS ·kPhi6(SB), Y1, Y0; \
	VFMADD213PS ·kPhi5(SB), Y1, Y0; \
	VFMADD213PS ·kPhi4(SB), Y1, Y0; \
	VFMADD213PS ·kPhi3(SB), Y1, Y0; \
	VFMADD213PS ·kPhi2(SB), Y1, Y0; \
	VFMADD213PS ·kPhi1(SB), Y1, Y0; \
	VFMADD213PS ·kPhi0(SB), Y1, Y0; \
	VMULPS Y2, Y0, Y0; \
	VFMADD213PS Y0, Y3, Y0; \
	VMULPS Y7, Y0, Y0

// CDF is the normal distribution's Φ(x); Y7 becomes exp(-x²/2). It uses Y1 to Y8.
#define CDF \
	VMOVAPS Y0, Y8; \
	VANDPS ·kAbs(SB), Y0, Y0; \
	PHI; \
	VMOVUPS ·kOne(SB), Y1; \
	VSUBPS Y0, Y1, Y1; \
	VBLENDVPS Y8, Y0, Y1, Y0

// GELUGATE makes Y0 = x·(kGelu1 + kGelu3·x²), of which the logistic function is
// gelu's factor, with x in Y6 and x², bounded, in Y7.
#define GELUGATE \
	VMOVAPS Y0, Y6; \
	VMULPS Y0, Y0, Y7; \
	VMINPS ·kGeluHi(SB), Y7, Y7; \
	VMOVUPS ·kGelu1(SB), Y0; \
	VFMADD231PS ·kGelu3(SB), Y7, Y0; \
	VMULPS Y6, Y0, Y0

// MISHPARTS makes of e = exp(x), x ≤ 20, Y0 = e, Y4 = x and Y5 = w = e·(e+2),
// with which tanh(softplus(x)) = w/(w+2).
#define MISHPARTS \
	VMOVAPS Y0, Y4; \
	VMOVUPS ·kMishHi(SB), Y1; \
	VMINPS Y0, Y1, Y0; \
	EXP; \
	VADDPS ·kTwo(SB), Y0, Y5; \
	VMULPS Y0, Y5, Y5
