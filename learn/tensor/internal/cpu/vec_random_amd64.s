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

// UNIT makes words numbers in [0, 1), with 2^-24 in Y11.
#define UNIT(W) \
	VPSRLD $8, W, W; \
	VCVTDQ2PS W, W; \
	VMULPS Y11, W, W

// func uniform32(dst *float32, seed, stream, block uint64, groups int)
TEXT ·uniform32(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ groups+32(FP), CX
	MOVQ block+24(FP), R8
	MOVQ stream+16(FP), R10
	MOVQ seed+8(FP), R12
	UPPER(R8, R9)
	UPPER(R10, R11)
	UPPER(R12, R13)
	BROADCAST32(0xD2511F53, X12, Y12)
	BROADCAST32(0xCD9E8D57, X13, Y13)
	BROADCAST32(0x9E3779B9, X14, Y14)
	BROADCAST32(0xBB67AE85, X15, Y15)
	BROADCAST32(0x33800000, X11, Y11)
group:
	SPREAD(R8, X0, Y0)
	VPADDD lanes<>(SB), Y0, Y0
	SPREAD(R9, X1, Y1)
	SPREAD(R10, X2, Y2)
	SPREAD(R11, X3, Y3)
	SPREAD(R12, X4, Y4)
	SPREAD(R13, X5, Y5)
	ROUND
	ROUND
	ROUND
	ROUND
	ROUND
	ROUND
	ROUND
	ROUND
	ROUND
	ROUND
	UNIT(Y0)
	UNIT(Y1)
	UNIT(Y2)
	UNIT(Y3)
	// The words of a block are to lie side by side.
	VUNPCKLPS Y1, Y0, Y4
	VUNPCKHPS Y1, Y0, Y5
	VUNPCKLPS Y3, Y2, Y6
	VUNPCKHPS Y3, Y2, Y7
	VUNPCKLPD Y6, Y4, Y0 // blocks 0 and 4
	VUNPCKHPD Y6, Y4, Y1 // 1 and 5
	VUNPCKLPD Y7, Y5, Y2 // 2 and 6
	VUNPCKHPD Y7, Y5, Y3 // 3 and 7
	VPERM2F128 $0x20, Y1, Y0, Y4
	VPERM2F128 $0x20, Y3, Y2, Y5
	VPERM2F128 $0x31, Y1, Y0, Y6
	VPERM2F128 $0x31, Y3, Y2, Y7
	VMOVUPS Y4, (DI)
	VMOVUPS Y5, 32(DI)
	VMOVUPS Y6, 64(DI)
	VMOVUPS Y7, 96(DI)
	ADDQ $128, DI
	ADDQ $8, R8
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

#define KEEP \
	VCMPPS $13, Y14, Y0, Y0; \
	VANDPS Y13, Y0, Y0

// func keep32(mask, u *float32, rate, scale float32, n int)
TEXT ·keep32(SB), NOSPLIT, $0-32
	MOVQ mask+0(FP), DI
	MOVQ u+8(FP), SI
	VBROADCASTSS rate+16(FP), Y14
	VBROADCASTSS scale+20(FP), Y13
	MOVQ n+24(FP), CX
	LOOP1(KEEP)
