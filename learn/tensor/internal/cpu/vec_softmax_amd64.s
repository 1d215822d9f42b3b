#include "textflag.h"
#include "vec_amd64.h"

// PICK makes Y0 of one column of eight rows, DX bytes apart, with R12 = 3·DX:
// four at A, four at B. It uses X1. PUT is the reverse.
#define PICK(A, B) \
	VMOVSS (A), X0; \
	VINSERTPS $0x10, (A)(DX*1), X0, X0; \
	VINSERTPS $0x20, (A)(DX*2), X0, X0; \
	VINSERTPS $0x30, (A)(R12*1), X0, X0; \
	VMOVSS (B), X1; \
	VINSERTPS $0x10, (B)(DX*1), X1, X1; \
	VINSERTPS $0x20, (B)(DX*2), X1, X1; \
	VINSERTPS $0x30, (B)(R12*1), X1, X1; \
	VINSERTF128 $1, X1, Y0, Y0

#define PUT(A, B) \
	VEXTRACTF128 $1, Y0, X1; \
	VMOVSS X0, (A); \
	VEXTRACTPS $1, X0, (A)(DX*1); \
	VEXTRACTPS $2, X0, (A)(DX*2); \
	VEXTRACTPS $3, X0, (A)(R12*1); \
	VMOVSS X1, (B); \
	VEXTRACTPS $1, X1, (B)(DX*1); \
	VEXTRACTPS $2, X1, (B)(DX*2); \
	VEXTRACTPS $3, X1, (B)(R12*1)

// softmaxNarrow32 is softmax32 of groups of eight rows with at most 16 columns:
// the eight rows are the lanes, and the columns wait on the stack.
//
// func softmaxNarrow32(y, x, factors, most, sums *float32, groups, cols int)
TEXT ·softmaxNarrow32(SB), NOSPLIT, $512-56
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ factors+16(FP), R8
	MOVQ most+24(FP), R9
	MOVQ sums+32(FP), R10
	MOVQ groups+40(FP), R11
	MOVQ cols+48(FP), CX
	LEAQ (CX*4), DX
	LEAQ (DX)(DX*2), R12
group:
	LEAQ (SI)(DX*4), R13
	LEAQ columns-512(SP), BX
	MOVQ CX, AX
	VMOVUPS ·kMinusInf(SB), Y6
pick:
	PICK(SI, R13)
	VMOVUPS Y0, (BX)
	VMAXPS  Y0, Y6, Y6
	ADDQ $4, SI
	ADDQ $4, R13
	ADDQ $32, BX
	DECQ AX
	JNE  pick
	VMOVUPS Y6, (R9)
	VXORPS  Y7, Y7, Y7
	LEAQ columns-512(SP), BX
	MOVQ CX, AX
exp:
	VMOVUPS (BX), Y0
	VSUBPS  Y6, Y0, Y0
	EXP
	VMOVUPS Y0, (BX)
	VADDPS  Y0, Y7, Y7
	ADDQ $32, BX
	DECQ AX
	JNE  exp
	VMOVUPS Y7, (R10)
	TESTQ DI, DI
	JEQ  next
	VMOVUPS (R8), Y6
	VDIVPS  Y7, Y6, Y6
	LEAQ (DI)(DX*4), R13
	LEAQ columns-512(SP), BX
	MOVQ CX, AX
put:
	VMULPS (BX), Y6, Y0
	PUT(DI, R13)
	ADDQ $4, DI
	ADDQ $4, R13
	ADDQ $32, BX
	DECQ AX
	JNE  put
	SUBQ DX, R13 // seven rows on
	LEAQ (R13)(DX*4), DI
next:
	SUBQ DX, SI
	LEAQ (SI)(DX*8), SI
	ADDQ $32, R8
	ADDQ $32, R9
	ADDQ $32, R10
	DECQ R11
	JNE  group
	VZEROUPPER
	RET

// WHOLE makes all elements of Y0 what OP makes of them all. It uses Y1.
#define WHOLE(OP) \
	VPERM2F128 $1, Y0, Y0, Y1; \
	OP Y1, Y0, Y0; \
	VPERMILPS $0x4e, Y0, Y1; \
	OP Y1, Y0, Y0; \
	VPERMILPS $0xb1, Y0, Y1; \
	OP Y1, Y0, Y0

// OUTSIDE makes what the mask leaves out -Inf, which neither a maximum nor, after
// exp, a sum sees.
#define OUTSIDE \
	VBLENDVPS Y15, Y0, Y14, Y0

// softmax32 makes most[r] = max(x[r,:]), sums[r] = Σ exp(x[r,:] - most[r]) and,
// unless y is nil, y[r,:] = exp(x[r,:] - most[r])·factors[r]/sums[r]. There are at
// least eight columns.
//
// func softmax32(y, x, factors, most, sums *float32, rows, cols int)
TEXT ·softmax32(SB), NOSPLIT, $0-56
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ factors+16(FP), R8
	MOVQ most+24(FP), R9
	MOVQ sums+32(FP), R10
	MOVQ rows+40(FP), R11
	MOVQ cols+48(FP), R12
	VMOVUPS ·kMinusInf(SB), Y14
	MOVQ R12, CX
	ANDQ $7, CX // the tail, with its mask
	JEQ  widerow
	TAILMASK
widerow:
	MOVQ SI, DX
	MOVQ R12, AX
	SUBQ $8, AX
	VMOVAPS Y14, Y0
max:
	VMAXPS (DX), Y0, Y0
	ADDQ $32, DX
	SUBQ $8, AX
	JGE  max
	TESTQ CX, CX
	JEQ  maxdone
	VMOVAPS Y0, Y2
	VMASKMOVPS (DX), Y15, Y0
	OUTSIDE
	VMAXPS Y0, Y2, Y0
maxdone:
	WHOLE(VMAXPS)
	VMOVSS  X0, (R9)
	VMOVAPS Y0, Y8
	VXORPS  Y9, Y9, Y9
	MOVQ R12, AX
	SUBQ $8, AX
	TESTQ DI, DI
	JEQ   sum
	MOVQ DI, DX
exp:
	VMOVUPS (SI), Y0
	VSUBPS  Y8, Y0, Y0
	EXP
	VADDPS  Y0, Y9, Y9
	VMOVUPS Y0, (DX)
	ADDQ $32, SI
	ADDQ $32, DX
	SUBQ $8, AX
	JGE  exp
	TESTQ CX, CX
	JEQ  expdone
	VMASKMOVPS (SI), Y15, Y0
	OUTSIDE
	VSUBPS  Y8, Y0, Y0
	EXP
	VADDPS  Y0, Y9, Y9
	VMASKMOVPS Y0, Y15, (DX)
	LEAQ (SI)(CX*4), SI
expdone:
	VMOVAPS Y9, Y0
	WHOLE(VADDPS)
	VMOVSS  X0, (R10)
	VBROADCASTSS (R8), Y1
	VDIVPS  Y0, Y1, Y8
	MOVQ R12, AX
	SUBQ $8, AX
scale:
	VMULPS (DI), Y8, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, DI
	SUBQ $8, AX
	JGE  scale
	TESTQ CX, CX
	JEQ  widenext
	VMASKMOVPS (DI), Y15, Y0
	VMULPS Y8, Y0, Y0
	VMASKMOVPS Y0, Y15, (DI)
	LEAQ (DI)(CX*4), DI
widenext:
	ADDQ $4, R8
	ADDQ $4, R9
	ADDQ $4, R10
	DECQ R11
	JNE  widerow
	VZEROUPPER
	RET

sum: // without y
	VMOVUPS (SI), Y0
	VSUBPS  Y8, Y0, Y0
	EXP
	VADDPS  Y0, Y9, Y9
	ADDQ $32, SI
	SUBQ $8, AX
	JGE  sum
	TESTQ CX, CX
	JEQ  sumdone
	VMASKMOVPS (SI), Y15, Y0
	OUTSIDE
	VSUBPS  Y8, Y0, Y0
	EXP
	VADDPS  Y0, Y9, Y9
	LEAQ (SI)(CX*4), SI
sumdone:
	VMOVAPS Y9, Y0
	WHOLE(VADDPS)
	VMOVSS  X0, (R10)
	JMP  widenext

#define SOFTMAXGRAD \
	VSUBPS Y14, Y0, Y0; \
	VMULPS Y1, Y0, Y0

// func softmaxGrad32(dx, dy, y *float32, s float32, n int): dx = y·(dy - s)
TEXT ·softmaxGrad32(SB), NOSPLIT, $0-40
	MOVQ dx+0(FP), DI
	MOVQ dy+8(FP), SI
	MOVQ y+16(FP), DX
	VBROADCASTSS s+24(FP), Y14
	MOVQ n+32(FP), CX
	LOOP2(SOFTMAXGRAD)

#define LOGSOFTMAXGRAD \
	VMOVAPS Y0, Y4; \
	VMOVAPS Y1, Y0; \
	EXP; \
	VFNMADD213PS Y4, Y14, Y0

// func logSoftmaxGrad32(dx, dy, y *float32, s float32, n int): dx = dy - s·exp(y)
TEXT ·logSoftmaxGrad32(SB), NOSPLIT, $0-40
	MOVQ dx+0(FP), DI
	MOVQ dy+8(FP), SI
	MOVQ y+16(FP), DX
	VBROADCASTSS s+24(FP), Y14
	MOVQ n+32(FP), CX
	LOOP2(LOGSOFTMAXGRAD)
