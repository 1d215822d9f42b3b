#include "textflag.h"
#include "vec_amd64.h"

// Normalisation of columns. Loops over columns hold them in registers and go down
// the rows, R9 bytes apart: 32 columns, then 8, at last fewer with a mask.

// DOWN runs ROW for all rows, with DX at x and, stepping alike, R12 at dy.
#define DOWN(ROW, LABEL) \
	MOVQ SI, DX; \
	MOVQ R10, R12; \
	MOVQ R8, AX; \
LABEL: \
	ROW; \
	ADDQ R9, DX; \
	ADDQ R9, R12; \
	DECQ AX; \
	JNE  LABEL

// ACROSS moves the columns' pointers: DI and R11 results, SI and R10 sources, BX
// the means.
#define ACROSS(BYTES) \
	ADDQ $BYTES, DI; \
	ADDQ $BYTES, R11; \
	ADDQ $BYTES, SI; \
	ADDQ $BYTES, R10; \
	ADDQ $BYTES, R13

// MASK makes Y15 the mask of CX < 8 columns, and CX bytes. It uses A.
#define MASK(A) \
	LEAQ ·tailMask+32(SB), A; \
	SHLQ $2, CX; \
	SUBQ CX, A; \
	VMOVDQU (A), Y15

#define COLUMNS(MANY, FEW, PART) \
many: \
	CMPQ CX, $32; \
	JLT  few; \
	MANY; \
	ACROSS(128); \
	SUBQ $32, CX; \
	JMP  many; \
few: \
	CMPQ CX, $8; \
	JLT  part; \
	FEW; \
	ACROSS(32); \
	SUBQ $8, CX; \
	JMP  few; \
part: \
	TESTQ CX, CX; \
	JEQ  done; \
	MASK(DX); \
	PART; \
done: \
	VZEROUPPER; \
	RET

#define ADDTO(AT, Y) \
	VADDPS AT, Y, Y; \
	VMOVUPS Y, AT

#define ADDPART(AT, Y) \
	VMASKMOVPS AT, Y15, Y14; \
	VADDPS Y14, Y, Y; \
	VMASKMOVPS Y, Y15, AT

#define SQUARE(AT, MEAN, SUM) \
	VMOVUPS AT(DX), Y8; \
	VSUBPS MEAN, Y8, Y8; \
	VFMADD231PS Y8, Y8, SUM

#define SQUARES4 \
	SQUARE(0, Y4, Y0); \
	SQUARE(32, Y5, Y1); \
	SQUARE(64, Y6, Y2); \
	SQUARE(96, Y7, Y3)

#define SQUARES1 SQUARE(0, Y4, Y0)

#define SQUARESPART \
	VMASKMOVPS (DX), Y15, Y8; \
	VSUBPS Y4, Y8, Y8; \
	VFMADD231PS Y8, Y8, Y0

#define ZERO4(A, B, C, D) \
	VXORPS A, A, A; \
	VXORPS B, B, B; \
	VXORPS C, C, C; \
	VXORPS D, D, D

#define MEANS4 \
	VMOVUPS (R13), Y4; \
	VMOVUPS 32(R13), Y5; \
	VMOVUPS 64(R13), Y6; \
	VMOVUPS 96(R13), Y7

#define SQUARESMANY \
	ZERO4(Y0, Y1, Y2, Y3); \
	MEANS4; \
	DOWN(SQUARES4, manyrow); \
	ADDTO(0(DI), Y0); \
	ADDTO(32(DI), Y1); \
	ADDTO(64(DI), Y2); \
	ADDTO(96(DI), Y3)

#define SQUARESFEW \
	VXORPS Y0, Y0, Y0; \
	VMOVUPS (R13), Y4; \
	DOWN(SQUARES1, fewrow); \
	ADDTO((DI), Y0)

#define SQUARESLAST \
	VXORPS Y0, Y0, Y0; \
	VMASKMOVPS (R13), Y15, Y4; \
	DOWN(SQUARESPART, partrow); \
	ADDPART((DI), Y0)

// func normSquares32(dst, x, mean *float32, rows, cols, stride int)
TEXT ·normSquares32(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ mean+16(FP), R13
	MOVQ rows+24(FP), R8
	MOVQ cols+32(FP), CX
	MOVQ stride+40(FP), R9
	SHLQ $2, R9
	XORQ R10, R10
	XORQ R11, R11
	COLUMNS(SQUARESMANY, SQUARESFEW, SQUARESLAST)

// Sums in Y0 to Y3, dots in Y9 to Y12.
#define DOT(AT, MEAN, SUM, DOTS) \
	VMOVUPS AT(R12), Y13; \
	VMOVUPS AT(DX), Y8; \
	VADDPS Y13, SUM, SUM; \
	VSUBPS MEAN, Y8, Y8; \
	VFMADD231PS Y8, Y13, DOTS

#define DOTS4 \
	DOT(0, Y4, Y0, Y9); \
	DOT(32, Y5, Y1, Y10); \
	DOT(64, Y6, Y2, Y11); \
	DOT(96, Y7, Y3, Y12)

#define DOTS1 DOT(0, Y4, Y0, Y9)

#define DOTSPART \
	VMASKMOVPS (R12), Y15, Y13; \
	VMASKMOVPS (DX), Y15, Y8; \
	VADDPS Y13, Y0, Y0; \
	VSUBPS Y4, Y8, Y8; \
	VFMADD231PS Y8, Y13, Y9

#define DOTSMANY \
	ZERO4(Y0, Y1, Y2, Y3); \
	ZERO4(Y9, Y10, Y11, Y12); \
	MEANS4; \
	DOWN(DOTS4, manyrow); \
	ADDTO(0(DI), Y0); \
	ADDTO(32(DI), Y1); \
	ADDTO(64(DI), Y2); \
	ADDTO(96(DI), Y3); \
	ADDTO(0(R11), Y9); \
	ADDTO(32(R11), Y10); \
	ADDTO(64(R11), Y11); \
	ADDTO(96(R11), Y12)

#define DOTSFEW \
	VXORPS Y0, Y0, Y0; \
	VXORPS Y9, Y9, Y9; \
	VMOVUPS (R13), Y4; \
	DOWN(DOTS1, fewrow); \
	ADDTO((DI), Y0); \
	ADDTO((R11), Y9)

#define DOTSLAST \
	VXORPS Y0, Y0, Y0; \
	VXORPS Y9, Y9, Y9; \
	VMASKMOVPS (R13), Y15, Y4; \
	DOWN(DOTSPART, partrow); \
	ADDPART((DI), Y0); \
	ADDPART((R11), Y9)

// func normDots32(sum, dot, dy, x, mean *float32, rows, cols, stride int)
TEXT ·normDots32(SB), NOSPLIT, $0-64
	MOVQ sum+0(FP), DI
	MOVQ dot+8(FP), R11
	MOVQ dy+16(FP), R10
	MOVQ x+24(FP), SI
	MOVQ mean+32(FP), R13
	MOVQ rows+40(FP), R8
	MOVQ cols+48(FP), CX
	MOVQ stride+56(FP), R9
	SHLQ $2, R9
	COLUMNS(DOTSMANY, DOTSFEW, DOTSLAST)

// ROWS goes over the rows and, in each, over the columns, AX bytes in, with EIGHT
// and at last PART, whose mask is made once.
#define ROWS(EIGHT, PART) \
	SHLQ $2, R9; \
	MOVQ CX, R12; \
	ANDQ $7, CX; \
	SUBQ CX, R12; \
	SHLQ $2, R12; \
	MASK(AX); \
row: \
	XORQ AX, AX; \
	CMPQ AX, R12; \
	JEQ  part; \
eight: \
	EIGHT; \
	ADDQ $32, AX; \
	CMPQ AX, R12; \
	JLT  eight; \
part: \
	TESTQ CX, CX; \
	JEQ  next; \
	PART; \
next: \
	ADDQ R9, DI; \
	ADDQ R9, SI; \
	ADDQ R9, R10; \
	DECQ R8; \
	JNE  row; \
	VZEROUPPER; \
	RET

#define APPLY \
	VMOVUPS (SI)(AX*1), Y0; \
	VMOVUPS (R11)(AX*1), Y1; \
	VSUBPS (R13)(AX*1), Y0, Y0; \
	VFMADD213PS (BX)(AX*1), Y1, Y0; \
	VMOVUPS Y0, (DI)(AX*1)

#define APPLYPART \
	VMASKMOVPS (SI)(AX*1), Y15, Y0; \
	VMASKMOVPS (R11)(AX*1), Y15, Y1; \
	VMASKMOVPS (R13)(AX*1), Y15, Y2; \
	VMASKMOVPS (BX)(AX*1), Y15, Y3; \
	VSUBPS Y2, Y0, Y0; \
	VFMADD213PS Y3, Y1, Y0; \
	VMASKMOVPS Y0, Y15, (DI)(AX*1)

// func normApply32(y, x, mean, scale, centre *float32, rows, cols, stride int)
TEXT ·normApply32(SB), NOSPLIT, $0-64
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ mean+16(FP), R13
	MOVQ scale+24(FP), R11
	MOVQ centre+32(FP), BX
	MOVQ rows+40(FP), R8
	MOVQ cols+48(FP), CX
	MOVQ stride+56(FP), R9
	XORQ R10, R10
	ROWS(APPLY, APPLYPART)

#define GRADIENT \
	VMOVUPS (SI)(AX*1), Y0; \
	VMOVUPS (R10)(AX*1), Y1; \
	VSUBPS (R13)(AX*1), Y0, Y0; \
	VMOVUPS (DX)(AX*1), Y2; \
	VFMADD213PS (BX)(AX*1), Y2, Y0; \
	VFMADD231PS (R11)(AX*1), Y1, Y0; \
	VMOVUPS Y0, (DI)(AX*1)

#define GRADIENTPART \
	VMASKMOVPS (SI)(AX*1), Y15, Y0; \
	VMASKMOVPS (R10)(AX*1), Y15, Y1; \
	VMASKMOVPS (R13)(AX*1), Y15, Y2; \
	VSUBPS Y2, Y0, Y0; \
	VMASKMOVPS (DX)(AX*1), Y15, Y2; \
	VMASKMOVPS (BX)(AX*1), Y15, Y3; \
	VFMADD213PS Y3, Y2, Y0; \
	VMASKMOVPS (R11)(AX*1), Y15, Y3; \
	VFMADD231PS Y3, Y1, Y0; \
	VMASKMOVPS Y0, Y15, (DI)(AX*1)

// func normGrad32(dx, dy, x, mean, scale, k0, k1 *float32, rows, cols, stride int)
TEXT ·normGrad32(SB), NOSPLIT, $0-80
	MOVQ dx+0(FP), DI
	MOVQ dy+8(FP), R10
	MOVQ x+16(FP), SI
	MOVQ mean+24(FP), R13
	MOVQ scale+32(FP), R11
	MOVQ k0+40(FP), BX
	MOVQ k1+48(FP), DX
	MOVQ rows+56(FP), R8
	MOVQ cols+64(FP), CX
	MOVQ stride+72(FP), R9
	ROWS(GRADIENT, GRADIENTPART)

// Layer normalisation.

// TOTAL makes all elements of Y their sum. It uses Y4.
#define TOTAL(Y) \
	VPERM2F128 $1, Y, Y, Y4; \
	VADDPS Y4, Y, Y; \
	VPERMILPS $0x4e, Y, Y4; \
	VADDPS Y4, Y, Y; \
	VPERMILPS $0xb1, Y, Y4; \
	VADDPS Y4, Y, Y

// func layer32(y, x, gamma, beta, mean, inv *float32, rows, cols int, epsilon float32)
TEXT ·layer32(SB), NOSPLIT, $0-68
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ gamma+16(FP), R11
	MOVQ beta+24(FP), R12
	MOVQ mean+32(FP), R8
	MOVQ inv+40(FP), R9
	MOVQ rows+48(FP), R10
	MOVQ cols+56(FP), CX
	VBROADCASTSS epsilon+64(FP), Y13
	VXORPS X14, X14, X14
	VCVTSI2SSQ CX, X14, X14
	VBROADCASTSS X14, Y14
	MOVQ CX, R13
	ANDQ $7, CX
	SUBQ CX, R13
	SHLQ $2, R13
	MASK(BX)
row:
	VXORPS Y0, Y0, Y0
	XORQ AX, AX
	JMP  sumtest
sum:
	VADDPS (SI)(AX*1), Y0, Y0
	ADDQ $32, AX
sumtest:
	CMPQ AX, R13
	JLT  sum
	TESTQ CX, CX
	JEQ  summed
	VMASKMOVPS (SI)(AX*1), Y15, Y1
	VADDPS Y1, Y0, Y0
summed:
	TOTAL(Y0)
	VDIVPS Y14, Y0, Y5 // the mean
	VMOVSS X5, (R8)
	VXORPS Y0, Y0, Y0
	XORQ AX, AX
	JMP  squaretest
square:
	VMOVUPS (SI)(AX*1), Y1
	VSUBPS Y5, Y1, Y1
	VFMADD231PS Y1, Y1, Y0
	ADDQ $32, AX
squaretest:
	CMPQ AX, R13
	JLT  square
	TESTQ CX, CX
	JEQ  squared
	VMASKMOVPS (SI)(AX*1), Y15, Y1
	VSUBPS Y5, Y1, Y1
	VANDPS Y15, Y1, Y1
	VFMADD231PS Y1, Y1, Y0
squared:
	TOTAL(Y0)
	VDIVPS Y14, Y0, Y0
	VADDPS Y13, Y0, Y0
	VSQRTPS Y0, Y0
	VMOVUPS ·kOne(SB), Y6
	VDIVPS Y0, Y6, Y6 // 1/deviation
	VMOVSS X6, (R9)
	XORQ AX, AX
	JMP  applytest
apply:
	VMOVUPS (SI)(AX*1), Y0
	VMOVUPS (R11)(AX*1), Y1
	VSUBPS  Y5, Y0, Y0
	VMULPS  Y6, Y0, Y0
	VFMADD213PS (R12)(AX*1), Y1, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
applytest:
	CMPQ AX, R13
	JLT  apply
	TESTQ CX, CX
	JEQ  next
	VMASKMOVPS (SI)(AX*1), Y15, Y0
	VMASKMOVPS (R11)(AX*1), Y15, Y1
	VMASKMOVPS (R12)(AX*1), Y15, Y2
	VSUBPS  Y5, Y0, Y0
	VMULPS  Y6, Y0, Y0
	VFMADD213PS Y2, Y1, Y0
	VMASKMOVPS Y0, Y15, (DI)(AX*1)
next:
	ADDQ R13, SI
	ADDQ CX, SI
	ADDQ R13, DI
	ADDQ CX, DI
	ADDQ $4, R8
	ADDQ $4, R9
	DECQ R10
	JNE  row
	VZEROUPPER
	RET

// With g = dy·gamma and d = x - mean: sums of g in Y5, of g·d in Y6.
#define LAYERSUMS \
	VSUBPS Y13, Y0, Y0; \
	VMULPS Y2, Y1, Y1; \
	VADDPS Y1, Y5, Y5; \
	VFMADD231PS Y0, Y1, Y6

// From d in Y0, dy in Y1, gamma in Y2, dgamma in Y7 and dbeta in Y8:
// dgamma += dy·d·inv, dbeta += dy, dx = inv·(dy·gamma + Y5 + Y6·d) in Y0.
#define LAYERGRADS \
	VSUBPS Y13, Y0, Y0; \
	VMULPS Y14, Y0, Y3; \
	VFMADD231PS Y3, Y1, Y7; \
	VADDPS Y1, Y8, Y8; \
	VFMADD213PS Y5, Y6, Y0; \
	VFMADD231PS Y2, Y1, Y0; \
	VMULPS Y14, Y0, Y0

// func layerGrad32(dx, dgamma, dbeta, dy, x, gamma *float32, mean, inv float32, n int)
TEXT ·layerGrad32(SB), NOSPLIT, $0-64
	MOVQ dx+0(FP), DI
	MOVQ dgamma+8(FP), R8
	MOVQ dbeta+16(FP), R9
	MOVQ dy+24(FP), R10
	MOVQ x+32(FP), SI
	MOVQ gamma+40(FP), R11
	VBROADCASTSS mean+48(FP), Y13
	VBROADCASTSS inv+52(FP), Y14
	MOVQ n+56(FP), CX
	MOVQ CX, R12
	ANDQ $7, CX
	SUBQ CX, R12
	SHLQ $2, R12
	MASK(BX)
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	XORQ AX, AX
	JMP  sumtest
sums:
	VMOVUPS (SI)(AX*1), Y0
	VMOVUPS (R10)(AX*1), Y1
	VMOVUPS (R11)(AX*1), Y2
	LAYERSUMS
	ADDQ $32, AX
sumtest:
	CMPQ AX, R12
	JLT  sums
	TESTQ CX, CX
	JEQ  summed
	VMASKMOVPS (SI)(AX*1), Y15, Y0
	VMASKMOVPS (R10)(AX*1), Y15, Y1
	VMASKMOVPS (R11)(AX*1), Y15, Y2
	LAYERSUMS
summed:
	TOTAL(Y5)
	TOTAL(Y6)
	VXORPS X9, X9, X9
	VCVTSI2SSQ n+56(FP), X9, X9
	VBROADCASTSS X9, Y9
	VXORPS ·kSign(SB), Y9, Y9
	VDIVPS Y9, Y5, Y5 // -Σ g/n
	VDIVPS Y9, Y6, Y6
	VMULPS Y14, Y6, Y6
	VMULPS Y14, Y6, Y6 // -Σ g·d·inv²/n
	XORQ AX, AX
	JMP  gradtest
grads:
	VMOVUPS (SI)(AX*1), Y0
	VMOVUPS (R10)(AX*1), Y1
	VMOVUPS (R11)(AX*1), Y2
	VMOVUPS (R8)(AX*1), Y7
	VMOVUPS (R9)(AX*1), Y8
	LAYERGRADS
	VMOVUPS Y7, (R8)(AX*1)
	VMOVUPS Y8, (R9)(AX*1)
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
gradtest:
	CMPQ AX, R12
	JLT  grads
	TESTQ CX, CX
	JEQ  done
	VMASKMOVPS (SI)(AX*1), Y15, Y0
	VMASKMOVPS (R10)(AX*1), Y15, Y1
	VMASKMOVPS (R11)(AX*1), Y15, Y2
	VMASKMOVPS (R8)(AX*1), Y15, Y7
	VMASKMOVPS (R9)(AX*1), Y15, Y8
	LAYERGRADS
	VMASKMOVPS Y7, Y15, (R8)(AX*1)
	VMASKMOVPS Y8, Y15, (R9)(AX*1)
	VMASKMOVPS Y0, Y15, (DI)(AX*1)
done:
	VZEROUPPER
	RET
