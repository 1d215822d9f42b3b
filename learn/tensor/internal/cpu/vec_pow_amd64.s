#include "textflag.h"
#include "vec_amd64.h"

// Powers: x^y = 2^(y·log2(x)) in double precision, as the exponent's error counts
// y·log2(x) times.

#define FOUR(name, v) \
DATA name<>+0(SB)/8, $v; \
DATA name<>+8(SB)/8, $v; \
DATA name<>+16(SB)/8, $v; \
DATA name<>+24(SB)/8, $v; \
GLOBL name<>(SB), RODATA|NOPTR, $32

FOUR(one, 1.0)

// The exponent's bounds: beyond them a float32 is 0 or infinite.
FOUR(hi, 140.0)
FOUR(lo, -160.0)

// log2((1+s)/(1-s)) = s·(log1 + log3·s² + …) for (1+s)/(1-s) in [√½, √2], to 5e-12.
FOUR(log1, 2.885390081790156)
FOUR(log3, 0.9617966732045098)
FOUR(log5, 0.5770836147209811)
FOUR(log7, 0.41167078515052896)
FOUR(log9, 0.34076813354708585)

// 2^f = 1 + f·(exp1 + exp2·f + …) for |f| ≤ ½, to 2e-9.
FOUR(exp1, 0.693147202881896)
FOUR(exp2, 0.24022647910157505)
FOUR(exp3, 0.0555033240814374)
FOUR(exp4, 0.009618437614750442)
FOUR(exp5, 0.001339890065989221)
FOUR(exp6, 0.00015353339850839915)

// POWER is of four numbers: m in X4 and the power of two in X5, with which
// x = m·2^X5, and the exponent in X6; the result is in X0. It uses Y0 to Y7.
#define POWER \
	VCVTPS2PD X4, Y4; \
	VCVTDQ2PD X5, Y5; \
	VCVTPS2PD X6, Y6; \
	VSUBPD one<>(SB), Y4, Y0; \
	VADDPD one<>(SB), Y4, Y1; \
	VDIVPD Y1, Y0, Y0; \
	VMULPD Y0, Y0, Y1; \
	VMOVUPD log9<>(SB), Y2; \
	VFMADD213PD log7<>(SB), Y1, Y2; \
	VFMADD213PD log5<>(SB), Y1, Y2; \
	VFMADD213PD log3<>(SB), Y1, Y2; \
	VFMADD213PD log1<>(SB), Y1, Y2; \
	VFMADD213PD Y5, Y0, Y2; \
	VMULPD Y6, Y2, Y0; \
	VMINPD hi<>(SB), Y0, Y0; \
	VMAXPD lo<>(SB), Y0, Y0; \
	VROUNDPD $8, Y0, Y1; \
	VSUBPD Y1, Y0, Y0; \
	VCVTPD2DQY Y1, X1; \
	VPMOVSXDQ X1, Y1; \
	VPSLLQ $52, Y1, Y1; \
	VMOVUPD exp6<>(SB), Y2; \
	VFMADD213PD exp5<>(SB), Y0, Y2; \
	VFMADD213PD exp4<>(SB), Y0, Y2; \
	VFMADD213PD exp3<>(SB), Y0, Y2; \
	VFMADD213PD exp2<>(SB), Y0, Y2; \
	VFMADD213PD exp1<>(SB), Y0, Y2; \
	VFMADD213PD one<>(SB), Y0, Y2; \
	VPADDQ Y1, Y2, Y2; \
	VCVTPD2PSY Y2, X0

// POW8 is of the eight numbers in Y0, normal and positive, and exponents in Y1.
#define POW8 \
	VPSUBD ·kSqrtHalf(SB), Y0, Y2; \
	VPSRAD $23, Y2, Y9; \
	VPSLLD $23, Y9, Y2; \
	VPSUBD Y2, Y0, Y8; \
	VMOVAPS Y1, Y10; \
	VEXTRACTF128 $1, Y8, X4; \
	VEXTRACTF128 $1, Y9, X5; \
	VEXTRACTF128 $1, Y10, X6; \
	POWER; \
	VMOVAPS X0, X11; \
	VMOVAPS X8, X4; \
	VMOVAPS X9, X5; \
	VMOVAPS X10, X6; \
	POWER; \
	VINSERTF128 $1, X11, Y0, Y0

// HARD makes AX not 0 unless all numbers in Y0 are normal and positive and all
// exponents in Y1 finite. Exchanging sides as integers suits all.
#define HARD \
	VPSUBD ·kMinNormal(SB), Y0, Y2; \
	VPXOR ·kSign(SB), Y2, Y2; \
	VPCMPGTD Y14, Y2, Y2; \
	VANDPS ·kAbs(SB), Y1, Y3; \
	VPCMPGTD Y13, Y3, Y3; \
	VPOR Y3, Y2, Y2; \
	VMOVMSKPS Y2, AX; \
	TESTL AX, AX

// POWERS does eight elements at a time until one is hard, and returns how many it
// did. Y13 is the largest finite number; Y14 is, less the smallest normal number
// and with its sign bit inverted, the same.
#define POWERS(LOAD, TAILLOAD) \
	VPCMPEQD Y13, Y13, Y13; \
	VPADDD ·kInf(SB), Y13, Y13; \
	VPSUBD ·kMinNormal(SB), Y13, Y14; \
	VPXOR ·kSign(SB), Y14, Y14; \
	SUBQ $8, CX; \
	JLT  tail; \
loop: \
	LOAD; \
	HARD; \
	JNE  hard; \
	POW8; \
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
	TAILLOAD; \
	VMOVUPS ·kOne(SB), Y2; \
	VBLENDVPS Y15, Y0, Y2, Y0; \
	HARD; \
	JNE  done; \
	POW8; \
	VMASKMOVPS Y0, Y15, (DI); \
	XORQ CX, CX; \
	JMP  done; \
hard: \
	ADDQ $8, CX; \
done: \
	VZEROUPPER

#define BOTH VMOVUPS (SI), Y0; VMOVUPS (DX), Y1
#define TAILBOTH VMASKMOVPS (SI), Y15, Y0; VMASKMOVPS (DX), Y15, Y1
#define BASE VMOVUPS (SI), Y0; VMOVAPS Y12, Y1
#define TAILBASE VMASKMOVPS (SI), Y15, Y0; VMOVAPS Y12, Y1
#define EXPONENT VMOVUPS (SI), Y1; VMOVAPS Y12, Y0
#define TAILEXPONENT VMASKMOVPS (SI), Y15, Y1; VMOVAPS Y12, Y0

// func powVV(z, x, y *float32, n int) int
TEXT ·powVV(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ y+16(FP), DX
	MOVQ n+24(FP), CX
	POWERS(BOTH, TAILBOTH)
	MOVQ n+24(FP), AX
	SUBQ CX, AX
	MOVQ AX, ret+32(FP)
	RET

// func powVS(z, x *float32, s float32, n int) int
TEXT ·powVS(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), DI
	MOVQ x+8(FP), SI
	VBROADCASTSS s+16(FP), Y12
	MOVQ n+24(FP), CX
	POWERS(BASE, TAILBASE)
	MOVQ n+24(FP), AX
	SUBQ CX, AX
	MOVQ AX, ret+32(FP)
	RET

// func powSV(z, x *float32, s float32, n int) int
TEXT ·powSV(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), DI
	MOVQ x+8(FP), SI
	VBROADCASTSS s+16(FP), Y12
	MOVQ n+24(FP), CX
	POWERS(EXPONENT, TAILEXPONENT)
	MOVQ n+24(FP), AX
	SUBQ CX, AX
	MOVQ AX, ret+32(FP)
	RET
