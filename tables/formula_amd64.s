#include "textflag.h"

// The loops of formulas for AVX2. Every function works on n values, n a positive
// multiple of 16 (32 for select32); formula_simd.go has their meaning in Go.

#define ARGS \
	MOVQ out+0(FP), DI; \
	MOVQ x+8(FP), SI; \
	MOVQ y+16(FP), DX; \
	MOVQ n+24(FP), CX; \
	XORQ AX, AX

// Of two slices.
#define VV(OP) \
loop: \
	VMOVUPD (SI)(AX*8), Y0; \
	VMOVUPD 32(SI)(AX*8), Y1; \
	OP (DX)(AX*8), Y0, Y0; \
	OP 32(DX)(AX*8), Y1, Y1; \
	VMOVUPD Y0, (DI)(AX*8); \
	VMOVUPD Y1, 32(DI)(AX*8); \
	ADDQ $8, AX; \
	CMPQ AX, CX; \
	JLT loop; \
	VZEROUPPER; \
	RET

// Of a slice and a number behind y.
#define VS(OP) \
	VBROADCASTSD (DX), Y15; \
loop: \
	VMOVUPD (SI)(AX*8), Y0; \
	VMOVUPD 32(SI)(AX*8), Y1; \
	OP Y15, Y0, Y0; \
	OP Y15, Y1, Y1; \
	VMOVUPD Y0, (DI)(AX*8); \
	VMOVUPD Y1, 32(DI)(AX*8); \
	ADDQ $8, AX; \
	CMPQ AX, CX; \
	JLT loop; \
	VZEROUPPER; \
	RET

// Of a number behind x and a slice.
#define SV(OP) \
	VBROADCASTSD (SI), Y15; \
loop: \
	OP (DX)(AX*8), Y15, Y0; \
	OP 32(DX)(AX*8), Y15, Y1; \
	VMOVUPD Y0, (DI)(AX*8); \
	VMOVUPD Y1, 32(DI)(AX*8); \
	ADDQ $8, AX; \
	CMPQ AX, CX; \
	JLT loop; \
	VZEROUPPER; \
	RET

TEXT ·addFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VADDPD)

TEXT ·subFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VSUBPD)

TEXT ·mulFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VMULPD)

TEXT ·divFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VDIVPD)

TEXT ·addFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VADDPD)

TEXT ·subFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VSUBPD)

TEXT ·mulFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VMULPD)

TEXT ·divFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VDIVPD)

TEXT ·subFloatsSV(SB), NOSPLIT, $0-32
	ARGS
	SV(VSUBPD)

TEXT ·divFloatsSV(SB), NOSPLIT, $0-32
	ARGS
	SV(VDIVPD)

TEXT ·addIntsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VPADDQ)

TEXT ·subIntsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VPSUBQ)

TEXT ·andIntsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VPAND)

TEXT ·orIntsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VPOR)

TEXT ·xorIntsVV(SB), NOSPLIT, $0-32
	ARGS
	VV(VPXOR)

TEXT ·addIntsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VPADDQ)

TEXT ·subIntsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VPSUBQ)

TEXT ·andIntsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VPAND)

TEXT ·orIntsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VPOR)

TEXT ·xorIntsVS(SB), NOSPLIT, $0-32
	ARGS
	VS(VPXOR)

TEXT ·subIntsSV(SB), NOSPLIT, $0-32
	ARGS
	SV(VPSUBQ)

// MUL64 multiplies Y0 by Y1, 64 bits of the product: of the halves, low times low
// is 64 bits, and the two others count in the upper half only. It uses Y2, Y3.
#define MUL64 \
	VPSHUFD $0xb1, Y0, Y2; \
	VPMULLD Y1, Y2, Y2; \
	VPSRLQ $32, Y2, Y3; \
	VPADDD Y3, Y2, Y2; \
	VPSLLQ $32, Y2, Y2; \
	VPMULUDQ Y1, Y0, Y0; \
	VPADDQ Y2, Y0, Y0

TEXT ·mulIntsVV(SB), NOSPLIT, $0-32
	ARGS
loop:
	VMOVDQU (SI)(AX*8), Y0
	VMOVDQU (DX)(AX*8), Y1
	MUL64
	VMOVDQU Y0, (DI)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     loop
	VZEROUPPER
	RET

TEXT ·mulIntsVS(SB), NOSPLIT, $0-32
	ARGS
	VPBROADCASTQ (DX), Y1
loop:
	VMOVDQU (SI)(AX*8), Y0
	MUL64
	VMOVDQU Y0, (DI)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLT     loop
	VZEROUPPER
	RET

// func sqrtFloats(out, x *float64, n int)
TEXT ·sqrtFloats(SB), NOSPLIT, $0-24
	MOVQ out+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	XORQ AX, AX
loop:
	VSQRTPD (SI)(AX*8), Y0
	VSQRTPD 32(SI)(AX*8), Y1
	VMOVUPD Y0, (DI)(AX*8)
	VMOVUPD Y1, 32(DI)(AX*8)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// Comparisons give 16 bytes, 1 for true, from 16 values. PACK makes them of the
// masks in Y0 to Y3; LAST is VPAND, or VPANDN for the opposite.
DATA ones<>+0(SB)/8, $0x0101010101010101
DATA ones<>+8(SB)/8, $0x0101010101010101
GLOBL ones<>(SB), RODATA|NOPTR, $16

#define PACK(LAST) \
	VSHUFPS $0x88, Y1, Y0, Y0; \
	VSHUFPS $0x88, Y3, Y2, Y2; \
	VPACKSSDW Y2, Y0, Y0; \
	VEXTRACTI128 $1, Y0, X1; \
	VPUNPCKLDQ X1, X0, X2; \
	VPUNPCKHDQ X1, X0, X3; \
	VPACKSSWB X3, X2, X0; \
	LAST X14, X0, X0; \
	VMOVDQU X0, (DI)(AX*1); \
	ADDQ $16, AX; \
	CMPQ AX, CX; \
	JLT loop; \
	VZEROUPPER; \
	RET

#define FLOATSVV(PRED) \
	VMOVDQU ones<>(SB), X14; \
loop: \
	VMOVUPD (SI)(AX*8), Y0; \
	VMOVUPD 32(SI)(AX*8), Y1; \
	VMOVUPD 64(SI)(AX*8), Y2; \
	VMOVUPD 96(SI)(AX*8), Y3; \
	VCMPPD PRED, (DX)(AX*8), Y0, Y0; \
	VCMPPD PRED, 32(DX)(AX*8), Y1, Y1; \
	VCMPPD PRED, 64(DX)(AX*8), Y2, Y2; \
	VCMPPD PRED, 96(DX)(AX*8), Y3, Y3; \
	PACK(VPAND)

#define FLOATSVS(PRED) \
	VMOVDQU ones<>(SB), X14; \
	VBROADCASTSD (DX), Y15; \
loop: \
	VMOVUPD (SI)(AX*8), Y0; \
	VMOVUPD 32(SI)(AX*8), Y1; \
	VMOVUPD 64(SI)(AX*8), Y2; \
	VMOVUPD 96(SI)(AX*8), Y3; \
	VCMPPD PRED, Y15, Y0, Y0; \
	VCMPPD PRED, Y15, Y1, Y1; \
	VCMPPD PRED, Y15, Y2, Y2; \
	VCMPPD PRED, Y15, Y3, Y3; \
	PACK(VPAND)

#define INTSVV(OP, LAST) \
	VMOVDQU ones<>(SB), X14; \
loop: \
	VMOVDQU (SI)(AX*8), Y0; \
	VMOVDQU 32(SI)(AX*8), Y1; \
	VMOVDQU 64(SI)(AX*8), Y2; \
	VMOVDQU 96(SI)(AX*8), Y3; \
	OP (DX)(AX*8), Y0, Y0; \
	OP 32(DX)(AX*8), Y1, Y1; \
	OP 64(DX)(AX*8), Y2, Y2; \
	OP 96(DX)(AX*8), Y3, Y3; \
	PACK(LAST)

#define INTSVS(OP, LAST) \
	VMOVDQU ones<>(SB), X14; \
	VPBROADCASTQ (DX), Y15; \
loop: \
	VMOVDQU (SI)(AX*8), Y0; \
	VMOVDQU 32(SI)(AX*8), Y1; \
	VMOVDQU 64(SI)(AX*8), Y2; \
	VMOVDQU 96(SI)(AX*8), Y3; \
	OP Y15, Y0, Y0; \
	OP Y15, Y1, Y1; \
	OP Y15, Y2, Y2; \
	OP Y15, Y3, Y3; \
	PACK(LAST)

// The number behind y on the left.
#define INTSSV(OP, LAST) \
	VMOVDQU ones<>(SB), X14; \
	VPBROADCASTQ (DX), Y15; \
loop: \
	OP (SI)(AX*8), Y15, Y0; \
	OP 32(SI)(AX*8), Y15, Y1; \
	OP 64(SI)(AX*8), Y15, Y2; \
	OP 96(SI)(AX*8), Y15, Y3; \
	PACK(LAST)

// Predicates that are quiet: 0x00 ==, 0x04 != (true of NaN), 0x11 <, 0x12 <=, 0x1d >=, 0x1e >.

TEXT ·eqFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVV($0x00)

TEXT ·neFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVV($0x04)

TEXT ·ltFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVV($0x11)

TEXT ·leFloatsVV(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVV($0x12)

TEXT ·eqFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVS($0x00)

TEXT ·neFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVS($0x04)

TEXT ·ltFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVS($0x11)

TEXT ·leFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVS($0x12)

TEXT ·geFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVS($0x1d)

TEXT ·gtFloatsVS(SB), NOSPLIT, $0-32
	ARGS
	FLOATSVS($0x1e)

TEXT ·eqIntsVV(SB), NOSPLIT, $0-32
	ARGS
	INTSVV(VPCMPEQQ, VPAND)

TEXT ·neIntsVV(SB), NOSPLIT, $0-32
	ARGS
	INTSVV(VPCMPEQQ, VPANDN)

TEXT ·gtIntsVV(SB), NOSPLIT, $0-32
	ARGS
	INTSVV(VPCMPGTQ, VPAND)

TEXT ·leIntsVV(SB), NOSPLIT, $0-32
	ARGS
	INTSVV(VPCMPGTQ, VPANDN)

TEXT ·eqIntsVS(SB), NOSPLIT, $0-32
	ARGS
	INTSVS(VPCMPEQQ, VPAND)

TEXT ·neIntsVS(SB), NOSPLIT, $0-32
	ARGS
	INTSVS(VPCMPEQQ, VPANDN)

TEXT ·gtIntsVS(SB), NOSPLIT, $0-32
	ARGS
	INTSVS(VPCMPGTQ, VPAND)

TEXT ·leIntsVS(SB), NOSPLIT, $0-32
	ARGS
	INTSVS(VPCMPGTQ, VPANDN)

TEXT ·ltIntsVS(SB), NOSPLIT, $0-32
	ARGS
	INTSSV(VPCMPGTQ, VPAND)

TEXT ·geIntsVS(SB), NOSPLIT, $0-32
	ARGS
	INTSSV(VPCMPGTQ, VPANDN)

// func pickWords(out, yes, no *float64, c *bool, n int)
TEXT ·pickWords(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ yes+8(FP), SI
	MOVQ no+16(FP), DX
	MOVQ c+24(FP), BX
	MOVQ n+32(FP), CX
	XORQ AX, AX
loop:
	VPMOVZXBQ (BX)(AX*1), Y2
	VPMOVZXBQ 4(BX)(AX*1), Y3
	VPSLLQ    $63, Y2, Y2
	VPSLLQ    $63, Y3, Y3
	VMOVUPD   (DX)(AX*8), Y0
	VMOVUPD   32(DX)(AX*8), Y1
	VBLENDVPD Y2, (SI)(AX*8), Y0, Y0
	VBLENDVPD Y3, 32(SI)(AX*8), Y1, Y1
	VMOVUPD   Y0, (DI)(AX*8)
	VMOVUPD   Y1, 32(DI)(AX*8)
	ADDQ      $8, AX
	CMPQ      AX, CX
	JLT       loop
	VZEROUPPER
	RET

// Eight rows whose bits are in the low byte of R8: the numbers of those that
// are set, after the table, go to R10, which moves on by their count.
#define EIGHT \
	MOVBLZX R8, R9; \
	SHRL $8, R8; \
	VPMOVZXBD (R11)(R9*8), Y0; \
	VPADDD Y15, Y0, Y0; \
	VMOVDQU Y0, (R10); \
	VPADDD Y14, Y15, Y15; \
	POPCNTL R9, R9; \
	LEAQ (R10)(R9*4), R10

// func select32(out *int32, b *bool, first, n int) int
TEXT ·select32(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), R10
	MOVQ b+8(FP), SI
	MOVQ first+16(FP), X15
	MOVQ n+24(FP), CX
	LEAQ ·selectTable(SB), R11
	VPBROADCASTD X15, Y15
	MOVL $8, AX
	MOVQ AX, X14
	VPBROADCASTD X14, Y14
	XORQ AX, AX
loop:
	VMOVDQU (SI)(AX*1), Y0
	VPSLLW  $7, Y0, Y0
	VPMOVMSKB Y0, R8
	EIGHT
	EIGHT
	EIGHT
	EIGHT
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     loop
	VZEROUPPER
	SUBQ    out+0(FP), R10
	SHRQ    $2, R10
	MOVQ    R10, ret+32(FP)
	RET
