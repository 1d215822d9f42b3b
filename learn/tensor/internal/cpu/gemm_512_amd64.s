#include "textflag.h"

// The AVX-512 kernel of products of float32: 12 rows by 32 columns.
//
// Registers, through all of a tile:
//	SI  the rows of A being done	DX  those of C
//	R8, R9, R10  1, 3 and 5 rows of A, in bytes
//	R11  from a column of A to the next	R12  from a row of B to the next
//	R13  from a row of C to the next	BX  how many rows are left
//	K1  which columns of the last vector there are
// Z8 … Z31 hold up to 12 rows of 2 vectors of C, Z0 and Z1 a row of B, Z2 … Z5
// values of A. While sums are made R14 is at a column of A and R15 one row below;
// afterwards AX, R14 and R15 are at rows 3, 6 and 9 of C.

#define tile_a 0
#define tile_b 8
#define tile_c 16
#define tile_bias 24
#define tile_taps 32
#define tile_ntaps 40
#define tile_k 48
#define tile_m 56
#define tile_ars 64
#define tile_acs 72
#define tile_brs 80
#define tile_ldc 88
#define tile_n 96
#define tile_add 104
#define tile_relu 112
#define tile_abs 120
#define tile_six 128
#define tile_next 136

// rows512: how many rows to do next when 0 … 23 are left; with tile_six or more
// it is 12.
DATA rows512<>+0(SB)/8, $0x0406050403020100
DATA rows512<>+8(SB)/8, $0x0608080c06060508
DATA rows512<>+16(SB)/8, $0x0c0c0c0c080c0c08
GLOBL rows512<>(SB), RODATA|NOPTR, $24

// One column of A times one row of B, of 2 vectors and of 1.
#define ROW2(A, V, C0, C1) \
	VBROADCASTSS A, V; \
	VFMADD231PS Z0, V, C0; \
	VFMADD231PS Z1, V, C1

#define STEP2_1 ROW2((R14), Z2, Z8, Z9)
#define STEP2_2 STEP2_1; ROW2((R14)(R8*1), Z3, Z10, Z11)
#define STEP2_3 STEP2_2; ROW2((R14)(R8*2), Z4, Z12, Z13)
#define STEP2_4 STEP2_3; ROW2((R14)(R9*1), Z5, Z14, Z15)
#define STEP2_5 STEP2_4; ROW2((R14)(R8*4), Z2, Z16, Z17)
#define STEP2_6 STEP2_5; ROW2((R14)(R10*1), Z3, Z18, Z19)
#define STEP2_8 STEP2_6; ROW2((R14)(R9*2), Z4, Z20, Z21); ROW2((R15)(R9*2), Z5, Z22, Z23)
#define STEP2_12 STEP2_8; \
	ROW2((R14)(R8*8), Z2, Z24, Z25); ROW2((R15)(R8*8), Z3, Z26, Z27); \
	ROW2((R14)(R10*2), Z4, Z28, Z29); ROW2((R15)(R10*2), Z5, Z30, Z31)

#define ROW1(A, V, C0) \
	VBROADCASTSS A, V; \
	VFMADD231PS Z0, V, C0

#define STEP1_1 ROW1((R14), Z2, Z8)
#define STEP1_2 STEP1_1; ROW1((R14)(R8*1), Z3, Z10)
#define STEP1_3 STEP1_2; ROW1((R14)(R8*2), Z4, Z12)
#define STEP1_4 STEP1_3; ROW1((R14)(R9*1), Z5, Z14)
#define STEP1_5 STEP1_4; ROW1((R14)(R8*4), Z2, Z16)
#define STEP1_6 STEP1_5; ROW1((R14)(R10*1), Z3, Z18)
#define STEP1_8 STEP1_6; ROW1((R14)(R9*2), Z4, Z20); ROW1((R15)(R9*2), Z5, Z22)
#define STEP1_12 STEP1_8; \
	ROW1((R14)(R8*8), Z2, Z24); ROW1((R15)(R8*8), Z3, Z26); \
	ROW1((R14)(R10*2), Z4, Z28); ROW1((R15)(R10*2), Z5, Z30)

// A row of B or of C: of 2 vectors of which the second may be there in part (P),
// and of 1 that may be (S).
#define LOAD_P(A, L, H) VMOVUPS A, L; VMOVUPS.Z 64 A, K1, H
#define LOAD_S(A, L, H) VMOVUPS.Z A, K1, L

// OP(row of C in memory, its registers) for each row.
#define EACH_1(OP) OP((DX), Z8, Z9)
#define EACH_2(OP) EACH_1(OP); OP((DX)(R13*1), Z10, Z11)
#define EACH_3(OP) EACH_2(OP); OP((DX)(R13*2), Z12, Z13)
#define EACH_4(OP) EACH_3(OP); OP((AX), Z14, Z15)
#define EACH_5(OP) EACH_4(OP); OP((AX)(R13*1), Z16, Z17)
#define EACH_6(OP) EACH_5(OP); OP((AX)(R13*2), Z18, Z19)
#define EACH_8(OP) EACH_6(OP); OP((R14), Z20, Z21); OP((R14)(R13*1), Z22, Z23)
#define EACH_12(OP) EACH_8(OP); OP((R14)(R13*2), Z24, Z25); \
	OP((R15), Z26, Z27); OP((R15)(R13*1), Z28, Z29); OP((R15)(R13*2), Z30, Z31)

#define FETCH(A, L, H) PREFETCHT0 A; PREFETCHT0 64 A
#define ZERO(A, L, H) VPXORQ L, L, L; VPXORQ H, H, H
#define ADD_P(A, L, H) LOAD_P(A, Z0, Z1); VADDPS Z0, L, L; VADDPS Z1, H, H
#define ADD_S(A, L, H) LOAD_S(A, Z0, Z1); VADDPS Z0, L, L
#define BIAS(A, L, H) VADDPS Z0, L, L; VADDPS Z1, H, H
#define RELU(A, L, H) VMAXPS L, Z2, L; VMAXPS H, Z2, H
#define PUT_P(A, L, H) VMOVUPS L, A; VMOVUPS H, K1, 64 A
#define PUT_S(A, L, H) VMOVUPS L, K1, A

// To the next rows, of A and of C.
#define NEXT_1 ADDQ R13, DX; ADDQ R8, SI
#define NEXT_2 LEAQ (DX)(R13*2), DX; LEAQ (SI)(R8*2), SI
#define NEXT_3 MOVQ AX, DX; ADDQ R9, SI
#define NEXT_4 LEAQ (DX)(R13*4), DX; LEAQ (SI)(R8*4), SI
#define NEXT_5 LEAQ (AX)(R13*2), DX; ADDQ R10, SI
#define NEXT_6 MOVQ R14, DX; LEAQ (SI)(R9*2), SI
#define NEXT_8 LEAQ (DX)(R13*8), DX; LEAQ (SI)(R8*8), SI
#define NEXT_12 LEAQ (R15)(R13*2), DX; ADDQ R13, DX; ADDQ tile_abs(CX), SI

// Where rows 3, 6 and 9 of C are.
#define POINT \
	LEAQ (DX)(R13*2), AX; \
	ADDQ R13, AX; \
	LEAQ (AX)(R13*2), R14; \
	ADDQ R13, R14; \
	LEAQ (R14)(R13*2), R15; \
	ADDQ R13, R15

// R rows of one width, from zero to C: for each tap k columns of A by k rows of B.
#define BLOCK(R, EACH, STEP, NEXT, LOAD, ADDC, PUT, TAP, LOOP, NOADD, NOBIAS, NORELU, TOP) \
	POINT; \
	EACH(FETCH); \
	EACH(ZERO); \
	MOVQ t+0(FP), CX; \
	MOVQ tile_b(CX), DI; \
	MOVQ tile_taps(CX), AX; \
	MOVQ tile_ntaps(CX), R14; \
	MOVQ R14, left-8(SP); \
TAP: \
	MOVQ t+0(FP), CX; \
	MOVQ (AX), R14; \
	ADDQ SI, R14; \
	LEAQ (R14)(R8*1), R15; \
	MOVQ tile_k(CX), CX; \
LOOP: \
	LOAD((DI), Z0, Z1); \
	STEP; \
	ADDQ R11, R14; \
	ADDQ R11, R15; \
	ADDQ R12, DI; \
	DECQ CX; \
	JNZ LOOP; \
	ADDQ $8, AX; \
	DECQ left-8(SP); \
	JNZ TAP; \
	MOVQ t+0(FP), CX; \
	POINT; \
	CMPQ tile_add(CX), $0; \
	JEQ NOADD; \
	EACH(ADDC); \
NOADD: \
	MOVQ tile_bias(CX), DI; \
	TESTQ DI, DI; \
	JEQ NOBIAS; \
	LOAD((DI), Z0, Z1); \
	EACH(BIAS); \
NOBIAS: \
	CMPQ tile_relu(CX), $0; \
	JEQ NORELU; \
	VPXORQ Z2, Z2, Z2; \
	EACH(RELU); \
NORELU: \
	EACH(PUT); \
	NEXT; \
	SUBQ $R, BX; \
	JMP TOP

// A part of what the next tile needs, on its way to the second cache.
#define AHEAD(NONE) \
	MOVQ tile_next(CX), R14; \
	TESTQ R14, R14; \
	JEQ NONE; \
	PREFETCHT1 (R14); \
	PREFETCHT1 64(R14); \
	PREFETCHT1 128(R14); \
	PREFETCHT1 192(R14); \
	PREFETCHT1 256(R14); \
	PREFETCHT1 320(R14); \
	PREFETCHT1 384(R14); \
	PREFETCHT1 448(R14); \
	PREFETCHT1 512(R14); \
	PREFETCHT1 576(R14); \
	PREFETCHT1 640(R14); \
	PREFETCHT1 704(R14); \
	PREFETCHT1 768(R14); \
	PREFETCHT1 832(R14); \
	PREFETCHT1 896(R14); \
	PREFETCHT1 960(R14); \
	ADDQ $1024, R14; \
	MOVQ R14, tile_next(CX); \
NONE:

// Picks the block for the rows that are left.
#define PICK(TWELVE, EIGHT, SIX, FIVE, FOUR, THREE, TWO, ONE) \
	MOVQ t+0(FP), CX; \
	CMPQ BX, tile_six(CX); \
	JGE TWELVE; \
	LEAQ rows512<>(SB), R14; \
	MOVBLZX (R14)(BX*1), R14; \
	CMPL R14, $12; \
	JEQ TWELVE; \
	CMPL R14, $8; \
	JEQ EIGHT; \
	CMPL R14, $6; \
	JEQ SIX; \
	CMPL R14, $5; \
	JEQ FIVE; \
	CMPL R14, $4; \
	JEQ FOUR; \
	CMPL R14, $3; \
	JEQ THREE; \
	CMPL R14, $2; \
	JEQ TWO; \
	CMPL R14, $1; \
	JEQ ONE; \
	VZEROUPPER; \
	RET

// func tile512(t *tile)
TEXT ·tile512(SB), NOSPLIT, $8-8
	MOVQ t+0(FP), CX
	MOVQ tile_a(CX), SI
	MOVQ tile_c(CX), DX
	MOVQ tile_ars(CX), R8
	LEAQ (R8)(R8*2), R9
	LEAQ (R8)(R8*4), R10
	MOVQ tile_acs(CX), R11
	MOVQ tile_brs(CX), R12
	MOVQ tile_ldc(CX), R13
	MOVQ tile_m(CX), BX
	MOVQ tile_n(CX), CX
	SHRQ $2, CX // columns
	MOVQ CX, DI
	SUBQ $16, CX
	JGT  masked
	MOVQ DI, CX
masked:
	MOVQ $1, AX
	SHLQ CX, AX
	DECQ AX
	KMOVW AX, K1
	CMPQ DI, $16
	JLE  single
double:
	PICK(d12, d8, d6, d5, d4, d3, d2, d1)
d12:
	AHEAD(d12n)
	BLOCK(12, EACH_12, STEP2_12, NEXT_12, LOAD_P, ADD_P, PUT_P, d12a, d12b, d12c, d12d, d12e, double)
d8:
	BLOCK(8, EACH_8, STEP2_8, NEXT_8, LOAD_P, ADD_P, PUT_P, d8a, d8b, d8c, d8d, d8e, double)
d6:
	BLOCK(6, EACH_6, STEP2_6, NEXT_6, LOAD_P, ADD_P, PUT_P, d6a, d6b, d6c, d6d, d6e, double)
d5:
	BLOCK(5, EACH_5, STEP2_5, NEXT_5, LOAD_P, ADD_P, PUT_P, d5a, d5b, d5c, d5d, d5e, double)
d4:
	BLOCK(4, EACH_4, STEP2_4, NEXT_4, LOAD_P, ADD_P, PUT_P, d4a, d4b, d4c, d4d, d4e, double)
d3:
	BLOCK(3, EACH_3, STEP2_3, NEXT_3, LOAD_P, ADD_P, PUT_P, d3a, d3b, d3c, d3d, d3e, double)
d2:
	BLOCK(2, EACH_2, STEP2_2, NEXT_2, LOAD_P, ADD_P, PUT_P, d2a, d2b, d2c, d2d, d2e, double)
d1:
	BLOCK(1, EACH_1, STEP2_1, NEXT_1, LOAD_P, ADD_P, PUT_P, d1a, d1b, d1c, d1d, d1e, double)
single:
	PICK(s12, s8, s6, s5, s4, s3, s2, s1)
s12:
	BLOCK(12, EACH_12, STEP1_12, NEXT_12, LOAD_S, ADD_S, PUT_S, s12a, s12b, s12c, s12d, s12e, single)
s8:
	BLOCK(8, EACH_8, STEP1_8, NEXT_8, LOAD_S, ADD_S, PUT_S, s8a, s8b, s8c, s8d, s8e, single)
s6:
	BLOCK(6, EACH_6, STEP1_6, NEXT_6, LOAD_S, ADD_S, PUT_S, s6a, s6b, s6c, s6d, s6e, single)
s5:
	BLOCK(5, EACH_5, STEP1_5, NEXT_5, LOAD_S, ADD_S, PUT_S, s5a, s5b, s5c, s5d, s5e, single)
s4:
	BLOCK(4, EACH_4, STEP1_4, NEXT_4, LOAD_S, ADD_S, PUT_S, s4a, s4b, s4c, s4d, s4e, single)
s3:
	BLOCK(3, EACH_3, STEP1_3, NEXT_3, LOAD_S, ADD_S, PUT_S, s3a, s3b, s3c, s3d, s3e, single)
s2:
	BLOCK(2, EACH_2, STEP1_2, NEXT_2, LOAD_S, ADD_S, PUT_S, s2a, s2b, s2c, s2d, s2e, single)
s1:
	BLOCK(1, EACH_1, STEP1_1, NEXT_1, LOAD_S, ADD_S, PUT_S, s1a, s1b, s1c, s1d, s1e, single)
