// The AVX2 kernel of matrix products, for both float types: a file that includes
// this one defines what its instructions are called. gemm_tile.go says what a
// tile is.
//
// Registers, through all of a tile:
//	SI  the rows of A being done	DX  those of C
//	R8, R9, R10  1, 3 and 5 rows of A, in bytes
//	R11  from a column of A to the next	R12  from a row of B to the next
//	R13  from a row of C to the next	BX  how many rows are left
//	Y15  which columns of the last vector there are
// Y0 … Y11 hold up to 6 rows of 2 vectors of C, Y12 and Y13 a row of B, Y14 a
// value of A.

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

// lanes: 32 bytes of ones, then of zeros.
DATA lanes<>+0(SB)/8, $-1
DATA lanes<>+8(SB)/8, $-1
DATA lanes<>+16(SB)/8, $-1
DATA lanes<>+24(SB)/8, $-1
DATA lanes<>+32(SB)/8, $0
DATA lanes<>+40(SB)/8, $0
DATA lanes<>+48(SB)/8, $0
DATA lanes<>+56(SB)/8, $0
GLOBL lanes<>(SB), RODATA|NOPTR, $64

// rows: how many rows to do next when 0 … 23 are left. Fewer than 4 at once keep
// the multipliers waiting for one another, so 7 is 4 and 3 rather than 6 and 1.
// With at least tile_six rows left it is 6.
DATA rows<>+0(SB)/8, $0x0406050403020100
DATA rows<>+8(SB)/8, $0x0505050606050504
DATA rows<>+16(SB)/8, $0x0606060606060606
GLOBL rows<>(SB), RODATA|NOPTR, $24

// One column of A times one row of B, of 2 vectors and of 1.
#define ROW2(A, C0, C1) \
	BROADCAST A, Y14; \
	FMA Y12, Y14, C0; \
	FMA Y13, Y14, C1

#define STEP2_1 ROW2((R14), Y0, Y1)
#define STEP2_2 STEP2_1; ROW2((R14)(R8*1), Y2, Y3)
#define STEP2_3 STEP2_2; ROW2((R14)(R8*2), Y4, Y5)
#define STEP2_4 STEP2_3; ROW2((R14)(R9*1), Y6, Y7)
#define STEP2_5 STEP2_4; ROW2((R14)(R8*4), Y8, Y9)
#define STEP2_6 STEP2_5; ROW2((R14)(R10*1), Y10, Y11)

#define ROW1(A, C0) \
	BROADCAST A, Y14; \
	FMA Y12, Y14, C0

#define STEP1_1 ROW1((R14), Y0)
#define STEP1_2 STEP1_1; ROW1((R14)(R8*1), Y2)
#define STEP1_3 STEP1_2; ROW1((R14)(R8*2), Y4)
#define STEP1_4 STEP1_3; ROW1((R14)(R9*1), Y6)
#define STEP1_5 STEP1_4; ROW1((R14)(R8*4), Y8)
#define STEP1_6 STEP1_5; ROW1((R14)(R10*1), Y10)

// A row of B or of C: of 2 whole vectors (F), of 2 of which the second is in
// part there (P), of 1 that is in part there (S).
#define LOAD_F(A, L, H) MOVU A, L; MOVU 32 A, H
#define LOAD_P(A, L, H) MOVU A, L; MASKMOV 32 A, Y15, H
#define LOAD_S(A, L, H) MASKMOV A, Y15, L
#define STORE_F(L, H, A) MOVU L, A; MOVU H, 32 A
#define STORE_P(L, H, A) MOVU L, A; MASKMOV H, Y15, 32 A
#define STORE_S(L, H, A) MASKMOV L, Y15, A

// OP(row of C in memory, its registers) for 1 … 6 rows; AX is the 4th.
#define EACH_1(OP) OP((DX), Y0, Y1)
#define EACH_2(OP) EACH_1(OP); OP((DX)(R13*1), Y2, Y3)
#define EACH_3(OP) EACH_2(OP); OP((DX)(R13*2), Y4, Y5)
#define EACH_4(OP) EACH_3(OP); OP((AX), Y6, Y7)
#define EACH_5(OP) EACH_4(OP); OP((AX)(R13*1), Y8, Y9)
#define EACH_6(OP) EACH_5(OP); OP((AX)(R13*2), Y10, Y11)

#define NONE
#define ZERO(A, L, H) VXORPS L, L, L; VXORPS H, H, H
#define ADD_F(A, L, H) LOAD_F(A, Y12, Y13); ADD Y12, L, L; ADD Y13, H, H
#define ADD_P(A, L, H) LOAD_P(A, Y12, Y13); ADD Y12, L, L; ADD Y13, H, H
#define ADD_S(A, L, H) LOAD_S(A, Y12, Y13); ADD Y12, L, L
#define BIAS_F(A, L, H) ADD Y12, L, L; ADD Y13, H, H
#define BIAS_P(A, L, H) ADD Y12, L, L; ADD Y13, H, H
#define BIAS_S(A, L, H) ADD Y12, L, L
#define RELU(A, L, H) MAX L, Y14, L; MAX H, Y14, H
#define PUT_F(A, L, H) STORE_F(L, H, A)
#define PUT_P(A, L, H) STORE_P(L, H, A)
#define PUT_S(A, L, H) STORE_S(L, H, A)

// To the next rows, of A and of C.
#define NEXT_1 ADDQ R13, DX; ADDQ R8, SI
#define NEXT_2 LEAQ (DX)(R13*2), DX; LEAQ (SI)(R8*2), SI
#define NEXT_3 MOVQ AX, DX; ADDQ R9, SI
#define NEXT_4 LEAQ (DX)(R13*4), DX; LEAQ (SI)(R8*4), SI
#define NEXT_5 LEAQ (AX)(R13*2), DX; ADDQ R10, SI
#define NEXT_6 LEAQ (AX)(R13*2), DX; ADDQ R13, DX; ADDQ tile_abs(CX), SI

// A part of what the next tile needs, on its way to the second cache.
#define AHEAD(SKIP) \
	MOVQ tile_next(CX), R14; \
	TESTQ R14, R14; \
	JEQ SKIP; \
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
	ADDQ $768, R14; \
	MOVQ R14, tile_next(CX); \
SKIP:

// Rows of C on their way to the cache while the sums are made; R14 is the 4th.
#define FETCH_1 PREFETCHT0 (DX); PREFETCHT0 63(DX)
#define FETCH_2 FETCH_1; PREFETCHT0 (DX)(R13*1); PREFETCHT0 63(DX)(R13*1)
#define FETCH_3 FETCH_2; PREFETCHT0 (DX)(R13*2); PREFETCHT0 63(DX)(R13*2)
#define FETCH_4 FETCH_3; PREFETCHT0 (R14); PREFETCHT0 63(R14)
#define FETCH_5 FETCH_4; PREFETCHT0 (R14)(R13*1); PREFETCHT0 63(R14)(R13*1)
#define FETCH_6 FETCH_5; PREFETCHT0 (R14)(R13*2); PREFETCHT0 63(R14)(R13*2)

// A column of A, D bytes from R14, by a row of B, B0 and B1 bytes from DI, for 4,
// 5 and 6 rows of 2 whole vectors.
#define AT_4(D, B0, B1) \
	MOVU B0(DI), Y12; \
	MOVU B1(DI), Y13; \
	ROW2(D(R14), Y0, Y1); \
	ROW2(D(R14)(R8*1), Y2, Y3); \
	ROW2(D(R14)(R8*2), Y4, Y5); \
	ROW2(D(R14)(R9*1), Y6, Y7)
#define AT_5(D, B0, B1) AT_4(D, B0, B1); ROW2(D(R14)(R8*4), Y8, Y9)
#define AT_6(D, B0, B1) AT_5(D, B0, B1); ROW2(D(R14)(R10*1), Y10, Y11)

// 4 columns of A by 4 rows of a packed B. One by one, a sixth of the instructions
// would not multiply, and where a core runs two threads they do not come for
// nothing. The columns are as they are packed, or beside each other, or anywhere.
#define FOUR_PACKED(AT) AT(0, 0, 32); AT(PACK1, 64, 96); AT(PACK2, 128, 160); AT(PACK3, 192, 224); ADDQ $PACK4, R14
#define FOUR_BESIDE(AT) AT(0, 0, 32); AT(COL1, 64, 96); AT(COL2, 128, 160); AT(COL3, 192, 224); ADDQ $COL4, R14
#define FOUR_APART(AT) \
	AT(0, 0, 32); ADDQ R11, R14; AT(0, 64, 96); ADDQ R11, R14; \
	AT(0, 128, 160); ADDQ R11, R14; AT(0, 192, 224); ADDQ R11, R14

#define LOOP4(STEPS, LOOP, REST, END) \
LOOP: \
	STEPS; \
	ADDQ $256, DI; \
	SUBQ $4, CX; \
	JGE LOOP; \
	ADDQ $4, CX; \
	JEQ END; \
	JMP REST

#define BY4(AT, BESIDE, PACKED, APART, FEW, REST, END) \
	CMPQ R12, $64; \
	JNE REST; \
	SUBQ $4, CX; \
	JLT FEW; \
	CMPQ R11, $PACK1; \
	JEQ PACKED; \
	CMPQ R11, $COL1; \
	JNE APART; \
	LOOP4(FOUR_BESIDE(AT), BESIDE, REST, END); \
	LOOP4(FOUR_PACKED(AT), PACKED, REST, END); \
	LOOP4(FOUR_APART(AT), APART, REST, END); \
FEW: \
	ADDQ $4, CX

// R rows of width W, from zero to C: for each tap k columns of A by k rows of B.
#define BLOCK(R, EACH, STEP, NEXT, FETCH, LOAD, ADDC, BIAS, PUT, TAP, FAST, LOOP, END, NOADD, NOBIAS, NORELU, TOP) \
	MOVQ t+0(FP), CX; \
	MOVQ tile_b(CX), DI; \
	MOVQ tile_taps(CX), AX; \
	MOVQ tile_ntaps(CX), R15; \
	EACH(ZERO); \
	LEAQ (DX)(R13*2), R14; \
	ADDQ R13, R14; \
	FETCH; \
TAP: \
	MOVQ t+0(FP), CX; \
	MOVQ (AX), R14; \
	ADDQ SI, R14; \
	MOVQ tile_k(CX), CX; \
	FAST; \
LOOP: \
	LOAD((DI), Y12, Y13); \
	STEP; \
	ADDQ R11, R14; \
	ADDQ R12, DI; \
	DECQ CX; \
	JNZ LOOP; \
END: \
	ADDQ $8, AX; \
	DECQ R15; \
	JNZ TAP; \
	MOVQ t+0(FP), CX; \
	LEAQ (DX)(R13*2), AX; \
	ADDQ R13, AX; \
	CMPQ tile_add(CX), $0; \
	JEQ NOADD; \
	EACH(ADDC); \
NOADD: \
	MOVQ tile_bias(CX), R14; \
	TESTQ R14, R14; \
	JEQ NOBIAS; \
	LOAD((R14), Y12, Y13); \
	EACH(BIAS); \
NOBIAS: \
	CMPQ tile_relu(CX), $0; \
	JEQ NORELU; \
	VXORPS Y14, Y14, Y14; \
	EACH(RELU); \
NORELU: \
	EACH(PUT); \
	NEXT; \
	SUBQ $R, BX; \
	JMP TOP

// Picks the block for the rows that are left.
#define PICK(SIX, FIVE, FOUR, THREE, TWO, ONE) \
	MOVQ t+0(FP), CX; \
	CMPQ BX, tile_six(CX); \
	JGE SIX; \
	LEAQ rows<>(SB), CX; \
	MOVBLZX (CX)(BX*1), CX; \
	CMPL CX, $6; \
	JEQ SIX; \
	CMPL CX, $5; \
	JEQ FIVE; \
	CMPL CX, $4; \
	JEQ FOUR; \
	CMPL CX, $3; \
	JEQ THREE; \
	CMPL CX, $2; \
	JEQ TWO; \
	CMPL CX, $1; \
	JEQ ONE; \
	VZEROUPPER; \
	RET

// The whole of a tile.
#define TILE \
	MOVQ t+0(FP), CX; \
	MOVQ tile_a(CX), SI; \
	MOVQ tile_c(CX), DX; \
	MOVQ tile_ars(CX), R8; \
	LEAQ (R8)(R8*2), R9; \
	LEAQ (R8)(R8*4), R10; \
	MOVQ tile_acs(CX), R11; \
	MOVQ tile_brs(CX), R12; \
	MOVQ tile_ldc(CX), R13; \
	MOVQ tile_m(CX), BX; \
	MOVQ tile_n(CX), AX; \
	CMPQ AX, $64; \
	JEQ full; \
	LEAQ lanes<>+32(SB), DI; \
	CMPQ AX, $32; \
	JLE single; \
	SUBQ $32, AX; \
	SUBQ AX, DI; \
	VMOVUPS (DI), Y15; \
	JMP part; \
single: \
	SUBQ AX, DI; \
	VMOVUPS (DI), Y15; \
	JMP one; \
full: \
	PICK(f6, f5, f4, f3, f2, f1); \
f6:	MOVQ t+0(FP), CX; \
	AHEAD(f6n); \
	BLOCK(6, EACH_6, STEP2_6, NEXT_6, FETCH_6, LOAD_F, ADD_F, BIAS_F, PUT_F, f6a, BY4(AT_6, f6h, f6i, f6j, f6k, f6b, f6g), f6b, f6g, f6c, f6d, f6e, full); \
f5:	BLOCK(5, EACH_5, STEP2_5, NEXT_5, FETCH_5, LOAD_F, ADD_F, BIAS_F, PUT_F, f5a, BY4(AT_5, f5h, f5i, f5j, f5k, f5b, f5g), f5b, f5g, f5c, f5d, f5e, full); \
f4:	BLOCK(4, EACH_4, STEP2_4, NEXT_4, FETCH_4, LOAD_F, ADD_F, BIAS_F, PUT_F, f4a, BY4(AT_4, f4h, f4i, f4j, f4k, f4b, f4g), f4b, f4g, f4c, f4d, f4e, full); \
f3:	BLOCK(3, EACH_3, STEP2_3, NEXT_3, FETCH_3, LOAD_F, ADD_F, BIAS_F, PUT_F, f3a, NONE, f3b, f3g, f3c, f3d, f3e, full); \
f2:	BLOCK(2, EACH_2, STEP2_2, NEXT_2, FETCH_2, LOAD_F, ADD_F, BIAS_F, PUT_F, f2a, NONE, f2b, f2g, f2c, f2d, f2e, full); \
f1:	BLOCK(1, EACH_1, STEP2_1, NEXT_1, FETCH_1, LOAD_F, ADD_F, BIAS_F, PUT_F, f1a, NONE, f1b, f1g, f1c, f1d, f1e, full); \
part: \
	PICK(p6, p5, p4, p3, p2, p1); \
p6:	BLOCK(6, EACH_6, STEP2_6, NEXT_6, FETCH_6, LOAD_P, ADD_P, BIAS_P, PUT_P, p6a, NONE, p6b, p6g, p6c, p6d, p6e, part); \
p5:	BLOCK(5, EACH_5, STEP2_5, NEXT_5, FETCH_5, LOAD_P, ADD_P, BIAS_P, PUT_P, p5a, NONE, p5b, p5g, p5c, p5d, p5e, part); \
p4:	BLOCK(4, EACH_4, STEP2_4, NEXT_4, FETCH_4, LOAD_P, ADD_P, BIAS_P, PUT_P, p4a, NONE, p4b, p4g, p4c, p4d, p4e, part); \
p3:	BLOCK(3, EACH_3, STEP2_3, NEXT_3, FETCH_3, LOAD_P, ADD_P, BIAS_P, PUT_P, p3a, NONE, p3b, p3g, p3c, p3d, p3e, part); \
p2:	BLOCK(2, EACH_2, STEP2_2, NEXT_2, FETCH_2, LOAD_P, ADD_P, BIAS_P, PUT_P, p2a, NONE, p2b, p2g, p2c, p2d, p2e, part); \
p1:	BLOCK(1, EACH_1, STEP2_1, NEXT_1, FETCH_1, LOAD_P, ADD_P, BIAS_P, PUT_P, p1a, NONE, p1b, p1g, p1c, p1d, p1e, part); \
one: \
	PICK(s6, s5, s4, s3, s2, s1); \
s6:	BLOCK(6, EACH_6, STEP1_6, NEXT_6, FETCH_6, LOAD_S, ADD_S, BIAS_S, PUT_S, s6a, NONE, s6b, s6g, s6c, s6d, s6e, one); \
s5:	BLOCK(5, EACH_5, STEP1_5, NEXT_5, FETCH_5, LOAD_S, ADD_S, BIAS_S, PUT_S, s5a, NONE, s5b, s5g, s5c, s5d, s5e, one); \
s4:	BLOCK(4, EACH_4, STEP1_4, NEXT_4, FETCH_4, LOAD_S, ADD_S, BIAS_S, PUT_S, s4a, NONE, s4b, s4g, s4c, s4d, s4e, one); \
s3:	BLOCK(3, EACH_3, STEP1_3, NEXT_3, FETCH_3, LOAD_S, ADD_S, BIAS_S, PUT_S, s3a, NONE, s3b, s3g, s3c, s3d, s3e, one); \
s2:	BLOCK(2, EACH_2, STEP1_2, NEXT_2, FETCH_2, LOAD_S, ADD_S, BIAS_S, PUT_S, s2a, NONE, s2b, s2g, s2c, s2d, s2e, one); \
s1:	BLOCK(1, EACH_1, STEP1_1, NEXT_1, FETCH_1, LOAD_S, ADD_S, BIAS_S, PUT_S, s1a, NONE, s1b, s1g, s1c, s1d, s1e, one)
