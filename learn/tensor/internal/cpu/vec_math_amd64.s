#include "textflag.h"
#include "vec_amd64.h"

// The functions of one slice, func(y, x *float32, n int), y = f(x). vec_go.go
// says what each is.

#define UNARY \
	MOVQ y+0(FP), DI; \
	MOVQ x+8(FP), SI; \
	MOVQ n+16(FP), CX

#define NEG VXORPS ·kSign(SB), Y0, Y0
#define SQRT VSQRTPS Y0, Y0
#define SQUARE VMULPS Y0, Y0, Y0
#define ABS VANDPS ·kAbs(SB), Y0, Y0
#define FLOOR VROUNDPS $9, Y0, Y0

#define RSQRT \
	VSQRTPS Y0, Y0; \
	VMOVUPS ·kOne(SB), Y1; \
	VDIVPS Y0, Y1, Y0

#define RECIPROCAL \
	VMOVUPS ·kOne(SB), Y1; \
	VDIVPS Y0, Y1, Y0

// Of zero the sign is zero, and of NaN NaN.
#define SIGNOF \
	VXORPS Y1, Y1, Y1; \
	VCMPPS $4, Y1, Y0, Y1; \
	VCMPPS $3, Y0, Y0, Y2; \
	VANDPS ·kSign(SB), Y0, Y3; \
	VORPS ·kOne(SB), Y3, Y3; \
	VANDPS Y1, Y3, Y3; \
	VBLENDVPS Y2, Y0, Y3, Y0

// exp(x) - 1 of a tiny x is x, which halves would round.
#define EXPM1EXACT \
	VMOVAPS Y0, Y4; \
	VANDPS ·kAbs(SB), Y0, Y5; \
	VCMPPS $1, ·kTiny(SB), Y5, Y5; \
	EXPM1; \
	VBLENDVPS Y5, Y4, Y0, Y0

#define TANHEXACT \
	VMOVAPS Y0, Y6; \
	VANDPS ·kAbs(SB), Y0, Y5; \
	VCMPPS $1, ·kTiny(SB), Y5, Y5; \
	TANH; \
	VBLENDVPS Y5, Y6, Y0, Y0

// log(1+x) = log(u) + (x - (u-1))/u with u = 1+x rounded; where that is no
// number (u is 0 or infinite) log(u) stands alone.
#define LOG1P \
	VADDPS ·kOne(SB), Y0, Y1; \
	VSUBPS ·kOne(SB), Y1, Y2; \
	VSUBPS Y2, Y0, Y6; \
	VDIVPS Y1, Y6, Y6; \
	VCMPPS $7, Y6, Y6, Y7; \
	VANDPS Y7, Y6, Y6; \
	VMOVAPS Y1, Y0; \
	LOG; \
	VADDPS Y6, Y0, Y0

// erf(x) = 1 - 2·Φ(-√2·|x|) with the sign of x, near zero a polynomial.
#define ERF \
	VMOVAPS Y0, Y8; \
	VANDPS ·kAbs(SB), Y0, Y0; \
	VCMPPS $1, ·kErfHi(SB), Y0, Y9; \
	VMULPS ·kSqrtTwo(SB), Y0, Y0; \
	PHI; \
	VMOVUPS ·kOne(SB), Y1; \
	VFNMADD132PS ·kTwo(SB), Y1, Y0; \
	VANDPS ·kSign(SB), Y8, Y2; \
	VORPS Y2, Y0, Y0; \
	VMULPS Y8, Y8, Y2; \
	VMOVUPS ·kErf11(SB), Y1; \
	VFMADD213PS ·kErf9(SB), Y2, Y1; \
	VFMADD213PS ·kErf7(SB), Y2, Y1; \
	VFMADD213PS ·kErf5(SB), Y2, Y1; \
	VFMADD213PS ·kErf3(SB), Y2, Y1; \
	VFMADD213PS ·kErf1(SB), Y2, Y1; \
	VMULPS Y8, Y1, Y1; \
	VBLENDVPS Y9, Y1, Y0, Y0

TEXT ·negLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(NEG)

TEXT ·sqrtLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(SQRT)

TEXT ·rsqrtLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(RSQRT)

TEXT ·squareLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(SQUARE)

TEXT ·absLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(ABS)

TEXT ·signLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(SIGNOF)

TEXT ·reciprocalLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(RECIPROCAL)

TEXT ·floorLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(FLOOR)

TEXT ·expLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(EXP)

TEXT ·expm1Loop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(EXPM1EXACT)

TEXT ·logLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(LOG)

TEXT ·log1pLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(LOG1P)

TEXT ·tanhLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(TANHEXACT)

TEXT ·sigmoidLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(SIGMOID)

TEXT ·erfLoop(SB), NOSPLIT, $0-24
	UNARY
	LOOP1(ERF)

// TRIG makes Y0 = sin(x + k·π/2), with k·1 in Y14. It uses Y1 to Y6.
#define TRIG \
	VMULPS ·k2OverPi(SB), Y0, Y1; \
	VROUNDPS $8, Y1, Y1; \
	VFNMADD231PS ·kPio2A(SB), Y1, Y0; \
	VFNMADD231PS ·kPio2B(SB), Y1, Y0; \
	VFNMADD231PS ·kPio2C(SB), Y1, Y0; \
	VCVTPS2DQ Y1, Y1; \
	VPADDD Y14, Y1, Y1; \
	VMULPS Y0, Y0, Y2; \
	VMOVUPS ·kSin7(SB), Y3; \
	VFMADD213PS ·kSin5(SB), Y2, Y3; \
	VFMADD213PS ·kSin3(SB), Y2, Y3; \
	VMULPS Y2, Y3, Y3; \
	VFMADD213PS Y0, Y0, Y3; \
	VMOVUPS ·kCos8(SB), Y4; \
	VFMADD213PS ·kCos6(SB), Y2, Y4; \
	VFMADD213PS ·kCos4(SB), Y2, Y4; \
	VFMADD213PS ·kMinusHalf(SB), Y2, Y4; \
	VFMADD213PS ·kOne(SB), Y2, Y4; \
	VPSLLD $31, Y1, Y5; \
	VBLENDVPS Y5, Y4, Y3, Y0; \
	VPSRLD $1, Y1, Y1; \
	VPSLLD $31, Y1, Y1; \
	VXORPS Y1, Y0, Y0

// trigLoop32 does eight elements at a time until one is too large for the
// reduction, and returns how many it did.
//
// func trigLoop32(y, x *float32, n, quarter int) int
TEXT ·trigLoop32(SB), NOSPLIT, $0-40
	UNARY
	VPBROADCASTD quarter+24(FP), Y14
	VMOVUPS ·kTrigHi(SB), Y13
	SUBQ $8, CX
	JLT  tail
loop:
	VMOVUPS (SI), Y0
	VANDPS  ·kAbs(SB), Y0, Y1
	VCMPPS  $14, Y13, Y1, Y1
	VMOVMSKPS Y1, AX
	TESTL   AX, AX
	JNE     large
	TRIG
	VMOVUPS Y0, (DI)
	ADDQ    $32, SI
	ADDQ    $32, DI
	SUBQ    $8, CX
	JGE     loop
tail:
	ADDQ $8, CX
	JEQ  done
	TAILMASK
	VMASKMOVPS (SI), Y15, Y0
	VANDPS  ·kAbs(SB), Y0, Y1
	VCMPPS  $14, Y13, Y1, Y1
	VMOVMSKPS Y1, AX
	TESTL   AX, AX
	JNE     done
	TRIG
	VMASKMOVPS Y0, Y15, (DI)
	XORQ CX, CX
	JMP  done
large:
	ADDQ $8, CX
done:
	MOVQ n+16(FP), AX
	SUBQ CX, AX
	MOVQ AX, ret+32(FP)
	VZEROUPPER
	RET
