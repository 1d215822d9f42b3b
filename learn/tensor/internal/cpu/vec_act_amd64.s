#include "textflag.h"
#include "vec_amd64.h"

// Activations, func(y, x *float32, alpha float32, n int), alpha in Y14; act.go
// says what each is.

#define ACT(BODY) \
	MOVQ y+0(FP), DI; \
	MOVQ x+8(FP), SI; \
	VBROADCASTSS alpha+16(FP), Y14; \
	MOVQ n+24(FP), CX; \
	LOOP1(BODY)

#define RELU \
	VXORPS Y1, Y1, Y1; \
	VMAXPS Y0, Y1, Y0

#define LEAKY \
	VMULPS Y14, Y0, Y1; \
	VBLENDVPS Y0, Y1, Y0, Y0

// CLAMP6 bounds Y0 to 0 … 6 and keeps NaN.
#define CLAMP6 \
	VXORPS Y1, Y1, Y1; \
	VMAXPS Y0, Y1, Y0; \
	VMOVUPS ·kSix(SB), Y1; \
	VMINPS Y0, Y1, Y0

#define ELU \
	VMOVAPS Y0, Y4; \
	EXPM1; \
	VMULPS Y14, Y0, Y0; \
	VBLENDVPS Y4, Y0, Y4, Y0

#define SELU \
	VMOVAPS Y0, Y4; \
	EXPM1; \
	VMULPS ·kSeluAlpha(SB), Y0, Y0; \
	VMULPS ·kSeluScale(SB), Y4, Y5; \
	VBLENDVPS Y4, Y0, Y5, Y0

#define HARDSIGMOID \
	VADDPS ·kThree(SB), Y0, Y0; \
	CLAMP6; \
	VMULPS ·kSixth(SB), Y0, Y0

#define SOFTPLUS \
	VXORPS Y1, Y1, Y1; \
	VMAXPS Y0, Y1, Y5; \
	VORPS ·kSign(SB), Y0, Y0; \
	EXP; \
	LOG1PEXP; \
	VADDPS Y5, Y0, Y0

#define SOFTSIGN \
	VANDPS ·kAbs(SB), Y0, Y1; \
	VADDPS ·kOne(SB), Y1, Y1; \
	VDIVPS Y1, Y0, Y0

#define SWISH \
	VMOVAPS Y0, Y6; \
	SIGMOID; \
	VMULPS Y6, Y0, Y0

#define HARDSWISH \
	VMOVAPS Y0, Y6; \
	HARDSIGMOID; \
	VMULPS Y6, Y0, Y0

#define GELU \
	VMOVAPS Y0, Y9; \
	CDF; \
	VMULPS Y9, Y0, Y0

#define GELUTANH \
	GELUGATE; \
	SIGMOID; \
	VMULPS Y6, Y0, Y0

#define MISH \
	MISHPARTS; \
	VADDPS ·kTwo(SB), Y5, Y1; \
	VDIVPS Y1, Y5, Y5; \
	VMULPS Y5, Y4, Y0

TEXT ·reluLoop(SB), NOSPLIT, $0-32
	ACT(RELU)

TEXT ·leakyLoop(SB), NOSPLIT, $0-32
	ACT(LEAKY)

TEXT ·relu6Loop(SB), NOSPLIT, $0-32
	ACT(CLAMP6)

TEXT ·eluLoop(SB), NOSPLIT, $0-32
	ACT(ELU)

TEXT ·seluLoop(SB), NOSPLIT, $0-32
	ACT(SELU)

TEXT ·hardSigmoidLoop(SB), NOSPLIT, $0-32
	ACT(HARDSIGMOID)

TEXT ·softplusLoop(SB), NOSPLIT, $0-32
	ACT(SOFTPLUS)

TEXT ·softsignLoop(SB), NOSPLIT, $0-32
	ACT(SOFTSIGN)

TEXT ·swishLoop(SB), NOSPLIT, $0-32
	ACT(SWISH)

TEXT ·hardSwishLoop(SB), NOSPLIT, $0-32
	ACT(HARDSWISH)

TEXT ·geluLoop(SB), NOSPLIT, $0-32
	ACT(GELU)

TEXT ·geluTanhLoop(SB), NOSPLIT, $0-32
	ACT(GELUTANH)

TEXT ·mishLoop(SB), NOSPLIT, $0-32
	ACT(MISH)
