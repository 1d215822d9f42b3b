#include "textflag.h"
#include "vec_amd64.h"

DATA lanes<>+0(SB)/4, $0
DATA lanes<>+4(SB)/4, $1
DATA lanes<>+8(SB)/4, $2
DATA lanes<>+12(SB)/4, $3
DATA lanes<>+16(SB)/4, $4
DATA lanes<>+20(SB)/4, $5
DATA lanes<>+24(SB)/4, $6
DATA lanes<>+28(SB)/4, $7
GLOBL lanes<>(SB), RODATA|NOPTR, $32

// UPPER makes HI the upper 32 bits of R; SPREAD makes all elements of Y the lower
// ones.
#define UPPER(R, HI) \
	MOVQ R, HI; \
	SHRQ $32, HI

#define SPREAD(R, X, Y) \
	VMOVD R, X; \
	VPBROADCASTD X, Y

// BROADCAST32 makes all elements of Y the 32-bit constant C. It uses AX.
#define BROADCAST32(C, X, Y) \
	MOVL $C, AX; \
	VMOVD AX, X; \
	VPBROADCASTD X, Y

// MULHILO makes of C·M, 32 bits each, the halves HI and LO. It uses Y6 and C.
#define MULHILO(M, C, HI, LO) \
	VPMULUDQ M, C, LO; \
	VPSRLQ $32, C, C; \
	VPMULUDQ M, C, Y6; \
	VPSRLQ $32, LO, HI; \
	VPBLENDD $0xaa, Y6, HI, HI; \
	VPSLLQ $32, Y6, Y6; \
	VPBLENDD $0xaa, Y6, LO, LO

// ROUND is a round of eight blocks whose words are Y0 to Y3, with the keys in Y4
// and Y5, the multipliers in Y12 and Y13, the keys' increments in Y14 and Y15.
#define ROUND \
	MULHILO(Y12, Y0, Y8, Y7); \
	MULHILO(Y13, Y2, Y10, Y9); \
	VPXOR Y1, Y10, Y10; \
	VPXOR Y4, Y10, Y0; \
	VPXOR Y3, Y8, Y8; \
	VPXOR Y5, Y8, Y2; \
	VMOVDQA Y9, Y1; \
	VMOVDQA Y7, Y3; \
	VPADDD Y14, Y4, Y4; \
	VPADDD Y15, Y5, Y5

#define ROUNDS \
	ROUND; \
	ROUND; \
	ROUND; \
	ROUND; \
	ROUND; \
	ROUND; \
	ROUND; \
	ROUND; \
	ROUND; \
	ROUND

// BEGIN loads the arguments of uniform32 and gauss32.
#define BEGIN \
	MOVQ dst+0(FP), DI; \
	MOVQ seed+8(FP), R12; \
	MOVQ stream+16(FP), R10; \
	MOVQ block+24(FP), R8; \
	MOVQ groups+32(FP), CX; \
	UPPER(R8, R9); \
	UPPER(R10, R11); \
	UPPER(R12, R13); \
	BROADCAST32(0xD2511F53, X12, Y12); \
	BROADCAST32(0xCD9E8D57, X13, Y13); \
	BROADCAST32(0x9E3779B9, X14, Y14); \
	BROADCAST32(0xBB67AE85, X15, Y15)

// WORDS makes Y0 to Y3 the words of eight blocks.
#define WORDS \
	SPREAD(R8, X0, Y0); \
	VPADDD lanes<>(SB), Y0, Y0; \
	SPREAD(R9, X1, Y1); \
	SPREAD(R10, X2, Y2); \
	SPREAD(R11, X3, Y3); \
	SPREAD(R12, X4, Y4); \
	SPREAD(R13, X5, Y5); \
	ROUNDS

// STORE writes what was made of them, the four of a block side by side.
#define STORE \
	VUNPCKLPS Y1, Y0, Y4; \
	VUNPCKHPS Y1, Y0, Y5; \
	VUNPCKLPS Y3, Y2, Y6; \
	VUNPCKHPS Y3, Y2, Y7; \
	VUNPCKLPD Y6, Y4, Y0; \
	VUNPCKHPD Y6, Y4, Y1; \
	VUNPCKLPD Y7, Y5, Y2; \
	VUNPCKHPD Y7, Y5, Y3; \
	VPERM2F128 $0x20, Y1, Y0, Y4; \
	VPERM2F128 $0x20, Y3, Y2, Y5; \
	VPERM2F128 $0x31, Y1, Y0, Y6; \
	VPERM2F128 $0x31, Y3, Y2, Y7; \
	VMOVUPS Y4, (DI); \
	VMOVUPS Y5, 32(DI); \
	VMOVUPS Y6, 64(DI); \
	VMOVUPS Y7, 96(DI); \
	ADDQ $128, DI; \
	ADDQ $8, R8

// UNIT makes words numbers in [0, 1).
#define UNIT(W) \
	VPSRLD $8, W, W; \
	VCVTDQ2PS W, W; \
	VMULPS ·kUnit(SB), W, W

// func uniform32(dst *float32, seed, stream, block uint64, groups int)
TEXT ·uniform32(SB), NOSPLIT, $0-40
	BEGIN
group:
	WORDS
	UNIT(Y0)
	UNIT(Y1)
	UNIT(Y2)
	UNIT(Y3)
	STORE
	DECQ CX
	JNE  group
	VZEROUPPER
	RET

// HORNER is P = P·X + C, rounded twice, as Go rounds.
#define HORNER(C, X, P) \
	VMULPS X, P, P; \
	VADDPS C(SB), P, P

// NORMALS is normals of random.go, operation by operation: of words A and B. It
// uses Y4 to Y11.
#define NORMALS(A, B) \
	VPSRLD $9, A, Y4; \
	VCVTDQ2PS Y4, Y4; \
	VADDPS ·kHalf(SB), Y4, Y4; \
	VMULPS ·kUnit23(SB), Y4, Y4; \
	VPSUBD ·kSqrtHalf(SB), Y4, Y5; \
	VPSRAD $23, Y5, Y6; \
	VPSLLD $23, Y6, Y5; \
	VPSUBD Y5, Y4, Y4; \
	VCVTDQ2PS Y6, Y6; \
	VSUBPS ·kOne(SB), Y4, Y4; \
	VMOVUPS ·kLog10(SB), Y5; \
	HORNER(·kLog9, Y4, Y5); \
	HORNER(·kLog8, Y4, Y5); \
	HORNER(·kLog7, Y4, Y5); \
	HORNER(·kLog6, Y4, Y5); \
	HORNER(·kLog5, Y4, Y5); \
	HORNER(·kLog4, Y4, Y5); \
	HORNER(·kLog3, Y4, Y5); \
	HORNER(·kMinusHalf, Y4, Y5); \
	VMULPS Y4, Y4, Y7; \
	VMULPS Y7, Y5, Y5; \
	VADDPS Y4, Y5, Y4; \
	VMULPS ·kLn2Hi(SB), Y6, Y6; \
	VADDPS Y6, Y4, Y4; \
	VMULPS ·kMinusTwo(SB), Y4, Y4; \
	VSQRTPS Y4, Y4; \
	VPSRLD $8, B, Y5; \
	VPAND ·kQuarter(SB), Y5, Y5; \
	VPSUBD ·kEighth(SB), Y5, Y5; \
	VCVTDQ2PS Y5, Y5; \
	VADDPS ·kHalf(SB), Y5, Y5; \
	VMULPS ·kAngle(SB), Y5, Y5; \
	VMULPS Y5, Y5, Y7; \
	VMOVUPS ·kSin7(SB), Y8; \
	HORNER(·kSin5, Y7, Y8); \
	HORNER(·kSin3, Y7, Y8); \
	VMULPS Y7, Y8, Y8; \
	VMULPS Y5, Y8, Y8; \
	VADDPS Y5, Y8, Y8; \
	VMOVUPS ·kCos8(SB), Y9; \
	HORNER(·kCos6, Y7, Y9); \
	HORNER(·kCos4, Y7, Y9); \
	HORNER(·kMinusHalf, Y7, Y9); \
	HORNER(·kOne, Y7, Y9); \
	VPSLLD $1, B, Y10; \
	VBLENDVPS Y10, Y8, Y9, Y11; \
	VBLENDVPS Y10, Y9, Y8, Y9; \
	VPXOR B, Y10, Y10; \
	VANDPS ·kSign(SB), Y10, Y10; \
	VANDPS ·kSign(SB), B, Y8; \
	VXORPS Y10, Y11, Y11; \
	VXORPS Y8, Y9, Y9; \
	VMULPS Y4, Y11, A; \
	VMULPS Y4, Y9, B

// func gauss32(dst *float32, seed, stream, block uint64, groups int)
TEXT ·gauss32(SB), NOSPLIT, $0-40
	BEGIN
group:
	WORDS
	NORMALS(Y0, Y1)
	NORMALS(Y2, Y3)
	STORE
	DECQ CX
	JNE  group
	VZEROUPPER
	RET

#define DROP \
	VCMPPS $13, Y14, Y1, Y1; \
	VMULPS Y13, Y0, Y0; \
	VANDPS Y1, Y0, Y0

// func drop32(y, x, u *float32, rate, scale float32, n int)
TEXT ·drop32(SB), NOSPLIT, $0-40
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ u+16(FP), DX
	VBROADCASTSS rate+24(FP), Y14
	VBROADCASTSS scale+28(FP), Y13
	MOVQ n+32(FP), CX
	LOOP2(DROP)
