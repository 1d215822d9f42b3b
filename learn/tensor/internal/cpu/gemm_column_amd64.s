#include "textflag.h"

// some: 32 bytes of ones, then of zeros.
DATA some<>+0(SB)/8, $-1
DATA some<>+8(SB)/8, $-1
DATA some<>+16(SB)/8, $-1
DATA some<>+24(SB)/8, $-1
DATA some<>+32(SB)/8, $0
DATA some<>+40(SB)/8, $0
DATA some<>+48(SB)/8, $0
DATA some<>+56(SB)/8, $0
GLOBL some<>(SB), RODATA|NOPTR, $64

// func dotRows4(y, a, x unsafe.Pointer, blocks, k, lda int)
// 4 rows of A at a time; what is left of k after whole vectors is masked.
TEXT ·dotRows4(SB), NOSPLIT, $0-48
	MOVQ y+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ x+16(FP), DX
	MOVQ blocks+24(FP), CX
	MOVQ k+32(FP), R9
	MOVQ lda+40(FP), R8
	LEAQ (R8)(R8*2), R10
	MOVQ R9, R11
	ANDQ $7, R11 // the rest
	SHRQ $3, R9  // vectors
	LEAQ some<>+32(SB), AX
	SHLQ $2, R11
	SUBQ R11, AX
	VMOVUPS (AX), Y7
rows:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	MOVQ SI, R12
	MOVQ DX, R13
	MOVQ R9, BX
	TESTQ BX, BX
	JEQ  rest
vectors:
	VMOVUPS (R13), Y4
	VFMADD231PS (R12), Y4, Y0
	VFMADD231PS (R12)(R8*1), Y4, Y1
	VFMADD231PS (R12)(R8*2), Y4, Y2
	VFMADD231PS (R12)(R10*1), Y4, Y3
	ADDQ $32, R12
	ADDQ $32, R13
	DECQ BX
	JNZ  vectors
rest:
	TESTQ R11, R11
	JEQ  sum
	VMASKMOVPS (R13), Y7, Y4
	VMASKMOVPS (R12), Y7, Y5
	VFMADD231PS Y5, Y4, Y0
	VMASKMOVPS (R12)(R8*1), Y7, Y5
	VFMADD231PS Y5, Y4, Y1
	VMASKMOVPS (R12)(R8*2), Y7, Y5
	VFMADD231PS Y5, Y4, Y2
	VMASKMOVPS (R12)(R10*1), Y7, Y5
	VFMADD231PS Y5, Y4, Y3
sum:
	VHADDPS Y1, Y0, Y0
	VHADDPS Y3, Y2, Y2
	VHADDPS Y2, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS X1, X0, X0
	VMOVUPS X0, (DI)
	ADDQ $16, DI
	LEAQ (SI)(R8*4), SI
	DECQ CX
	JNZ  rows
	VZEROUPPER
	RET
