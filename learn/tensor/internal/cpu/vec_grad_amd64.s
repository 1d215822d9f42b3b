#include "textflag.h"
#include "vec_amd64.h"

// Gradients, func(dx, dy, v *float32, alpha float32, n int): dx = dy·f'(v), v
// being the input of the activations that need it (Y1), the output of others.

#define GRAD(BODY) \
	MOVQ dx+0(FP), DI; \
	MOVQ dy+8(FP), SI; \
	MOVQ v+16(FP), DX; \
	VBROADCASTSS alpha+24(FP), Y14; \
	MOVQ n+32(FP), CX; \
	LOOP2(BODY)

// Of NaN the mask is set: a bad value shows in the gradient.
#define RELUGRAD \
	VXORPS Y2, Y2, Y2; \
	VCMPPS $6, Y2, Y1, Y1; \
	VANDPS Y1, Y0, Y0

// WHEREPOSITIVE is Y1 > 0 ? Y0 : Y3.
#define WHEREPOSITIVE \
	VXORPS Y2, Y2, Y2; \
	VCMPPS $2, Y2, Y1, Y1; \
	VBLENDVPS Y1, Y3, Y0, Y0

#define LEAKYGRAD \
	VMULPS Y14, Y0, Y3; \
	WHEREPOSITIVE

#define ELUGRAD \
	VADDPS Y14, Y1, Y3; \
	VMULPS Y0, Y3, Y3; \
	WHEREPOSITIVE

#define SELUGRAD \
	VADDPS ·kSeluAlpha(SB), Y1, Y3; \
	VMULPS Y0, Y3, Y3; \
	VMULPS ·kSeluScale(SB), Y0, Y0; \
	WHEREPOSITIVE

// BETWEEN keeps Y0 where not Y1 ≤ 0 and not Y1 ≥ HI.
#define BETWEEN(HI) \
	VXORPS Y2, Y2, Y2; \
	VCMPPS $6, Y2, Y1, Y2; \
	VCMPPS $9, HI(SB), Y1, Y1; \
	VANDPS Y1, Y2, Y1; \
	VANDPS Y1, Y0, Y0

#define RELU6GRAD BETWEEN(·kSix)

#define HARDSIGMOIDGRAD \
	BETWEEN(·kOne); \
	VMULPS ·kSixth(SB), Y0, Y0

#define SIGMOIDGRAD \
	VMOVUPS ·kOne(SB), Y2; \
	VSUBPS Y1, Y2, Y2; \
	VMULPS Y1, Y2, Y2; \
	VMULPS Y2, Y0, Y0

#define TANHGRAD \
	VFNMADD213PS ·kOne(SB), Y1, Y1; \
	VMULPS Y1, Y0, Y0

// sigmoid(x) = 1 - exp(-softplus(x)).
#define SOFTPLUSGRAD \
	VMOVAPS Y0, Y4; \
	VXORPS ·kSign(SB), Y1, Y0; \
	EXPM1; \
	VXORPS ·kSign(SB), Y4, Y4; \
	VMULPS Y4, Y0, Y0

#define SOFTSIGNGRAD \
	VANDPS ·kAbs(SB), Y1, Y1; \
	VMOVUPS ·kOne(SB), Y2; \
	VSUBPS Y1, Y2, Y2; \
	VMULPS Y2, Y2, Y2; \
	VMULPS Y2, Y0, Y0

#define SWISHGRAD \
	VMOVAPS Y0, Y6; \
	VMOVAPS Y1, Y7; \
	VMOVAPS Y1, Y0; \
	SIGMOIDS; \
	VFMADD213PS ·kOne(SB), Y7, Y1; \
	VMULPS Y1, Y0, Y0; \
	VMULPS Y6, Y0, Y0

// x/3 + 1/2 between -3 and 3.
#define HARDSWISHGRAD \
	VMOVUPS ·kHalf(SB), Y2; \
	VFMADD231PS ·kThird(SB), Y1, Y2; \
	VMULPS Y0, Y2, Y2; \
	VCMPPS $13, ·kThree(SB), Y1, Y3; \
	VBLENDVPS Y3, Y0, Y2, Y2; \
	VADDPS ·kThree(SB), Y1, Y1; \
	VXORPS Y3, Y3, Y3; \
	VCMPPS $6, Y3, Y1, Y1; \
	VANDPS Y1, Y2, Y0

#define GELUGRAD \
	VMOVAPS Y0, Y9; \
	VMOVAPS Y1, Y10; \
	VMOVAPS Y1, Y0; \
	CDF; \
	VMULPS ·kRootTau(SB), Y7, Y7; \
	VFMADD231PS Y10, Y7, Y0; \
	VMULPS Y9, Y0, Y0

#define GELUTANHGRAD \
	VMOVAPS Y0, Y8; \
	VMOVAPS Y1, Y0; \
	GELUGATE; \
	SIGMOIDS; \
	VMULPS Y0, Y1, Y1; \
	VMULPS Y6, Y1, Y1; \
	VMOVUPS ·kGelu1(SB), Y2; \
	VFMADD231PS ·kGelu9(SB), Y7, Y2; \
	VFMADD231PS Y2, Y1, Y0; \
	VMULPS Y8, Y0, Y0

// w/(w+2) + 4·x·e·(1+e)/(w+2)², where a larger x changes nothing any more.
#define MISHGRAD \
	VMOVAPS Y0, Y8; \
	VMOVAPS Y1, Y0; \
	MISHPARTS; \
	VADDPS ·kTwo(SB), Y5, Y1; \
	VMOVUPS ·kOne(SB), Y2; \
	VDIVPS Y1, Y2, Y1; \
	VADDPS Y0, Y2, Y2; \
	VMULPS Y0, Y2, Y2; \
	VMULPS ·kFour(SB), Y2, Y2; \
	VMULPS Y1, Y2, Y2; \
	VMINPS ·kMishHi(SB), Y4, Y4; \
	VFMADD213PS Y5, Y4, Y2; \
	VMULPS Y1, Y2, Y0; \
	VMULPS Y8, Y0, Y0

TEXT ·reluGrad(SB), NOSPLIT, $0-40
	GRAD(RELUGRAD)

TEXT ·leakyGrad(SB), NOSPLIT, $0-40
	GRAD(LEAKYGRAD)

TEXT ·relu6Grad(SB), NOSPLIT, $0-40
	GRAD(RELU6GRAD)

TEXT ·eluGrad(SB), NOSPLIT, $0-40
	GRAD(ELUGRAD)

TEXT ·seluGrad(SB), NOSPLIT, $0-40
	GRAD(SELUGRAD)

TEXT ·sigmoidGrad(SB), NOSPLIT, $0-40
	GRAD(SIGMOIDGRAD)

TEXT ·hardSigmoidGrad(SB), NOSPLIT, $0-40
	GRAD(HARDSIGMOIDGRAD)

TEXT ·tanhGrad(SB), NOSPLIT, $0-40
	GRAD(TANHGRAD)

TEXT ·softplusGrad(SB), NOSPLIT, $0-40
	GRAD(SOFTPLUSGRAD)

TEXT ·softsignGrad(SB), NOSPLIT, $0-40
	GRAD(SOFTSIGNGRAD)

TEXT ·swishGrad(SB), NOSPLIT, $0-40
	GRAD(SWISHGRAD)

TEXT ·hardSwishGrad(SB), NOSPLIT, $0-40
	GRAD(HARDSWISHGRAD)

TEXT ·geluGrad(SB), NOSPLIT, $0-40
	GRAD(GELUGRAD)

TEXT ·geluTanhGrad(SB), NOSPLIT, $0-40
	GRAD(GELUTANHGRAD)

TEXT ·mishGrad(SB), NOSPLIT, $0-40
	GRAD(MISHGRAD)
