#include "textflag.h"

// func scanAVX2(b *byte, from, to int, marks uint32, ends *uint32, nends int, rows *uint32, nrows int) (pos, ends2, rows2 int)
//
// AX position, BX ends of fields, R12 ends of rows, R13 marks that stop the scan,
// then how far to go on; CX, DX scratch.
TEXT ·scanAVX2(SB), NOSPLIT, $0-88
	MOVQ b+0(FP), SI
	MOVQ from+8(FP), AX
	MOVQ to+16(FP), R8
	SUBQ $64, R8
	MOVL marks+24(FP), CX
	VMOVD CX, X0
	VPBROADCASTB X0, Y0
	SHRL $8, CX
	VMOVD CX, X1
	VPBROADCASTB X1, Y1
	SHRL $8, CX
	VMOVD CX, X2
	VPBROADCASTB X2, Y2
	SHRL $8, CX
	VMOVD CX, X14
	VPBROADCASTB X14, Y14
	VPXOR Y3, Y3, Y3
	MOVQ ends+32(FP), DI
	MOVQ nends+40(FP), R9
	MOVQ rows+48(FP), R10
	MOVQ nrows+56(FP), R11

block:
	CMPQ AX, R8
	JGT  done
	VMOVDQU (SI)(AX*1), Y4
	VMOVDQU 32(SI)(AX*1), Y5
	VPCMPEQB Y1, Y4, Y8
	VPCMPEQB Y1, Y5, Y9
	VPCMPEQB Y0, Y4, Y6
	VPCMPEQB Y0, Y5, Y7
	VPOR Y8, Y6, Y6
	VPOR Y9, Y7, Y7
	VPCMPEQB Y2, Y4, Y10
	VPCMPEQB Y2, Y5, Y11
	VPCMPEQB Y3, Y4, Y12
	VPCMPEQB Y3, Y5, Y13
	VPOR Y12, Y10, Y10
	VPOR Y13, Y11, Y11
	VPCMPEQB Y14, Y4, Y12
	VPCMPEQB Y14, Y5, Y13
	VPOR Y12, Y10, Y10
	VPOR Y13, Y11, Y11
	VPMOVMSKB Y6, BX
	VPMOVMSKB Y7, DX
	SHLQ $32, DX
	ORQ  DX, BX
	VPMOVMSKB Y8, R12
	VPMOVMSKB Y9, DX
	SHLQ $32, DX
	ORQ  DX, R12
	VPMOVMSKB Y10, CX
	VPMOVMSKB Y11, DX
	SHLQ $32, DX
	ORQ  DX, CX
	MOVQ $64, R13
	JNZ  found

emit:
	// Each end of a row: how many ends of fields there are up to it.
	BLSMSKQ R12, DX
	ANDQ BX, DX
	POPCNTQ DX, DX
	ADDQ R9, DX
	MOVL DX, (R10)(R11*4)
	POPCNTQ R12, DX
	CMPQ DX, $1
	JA   rest
	ADDQ DX, R11

fields:
	POPCNTQ BX, CX
	LEAQ (DI)(R9*4), DX
	ADDQ CX, R9

#define FIELD(at) TZCNTQ BX, R12; ADDL AX, R12; MOVL R12, at(DX); BLSRQ BX, BX
	FIELD(0)
	FIELD(4)
	FIELD(8)
	FIELD(12)
	FIELD(16)
	FIELD(20)
	FIELD(24)
	FIELD(28)
	TESTQ BX, BX
	JNZ  more

next:
	ADDQ R13, AX
	CMPQ R13, $64
	JEQ  block

done:
	VZEROUPPER
	MOVQ AX, pos+64(FP)
	MOVQ R9, ends2+72(FP)
	MOVQ R11, rows2+80(FP)
	RET

found:
	// Only what comes before the mark counts.
	BLSMSKQ CX, DX
	SHRQ $1, DX
	ANDQ DX, BX
	ANDQ DX, R12
	TZCNTQ CX, R13
	JMP  emit

rest:
	TESTQ R12, R12
	JZ   fields
	BLSMSKQ R12, DX
	ANDQ BX, DX
	POPCNTQ DX, DX
	ADDQ R9, DX
	MOVL DX, (R10)(R11*4)
	INCQ R11
	BLSRQ R12, R12
	JMP  rest

more:
	ADDQ $32, DX

morefields:
	FIELD(0)
	ADDQ $4, DX
	TESTQ BX, BX
	JNZ  morefields
	JMP  next

// MARKS adds the line ends in 32 bytes to Y3, as -1 in their places, and the
// quotes to Y4.
#define MARKS(at) \
	VMOVDQU at(SI), Y5; \
	VPCMPEQB Y5, Y0, Y6; \
	VPCMPEQB Y5, Y1, Y7; \
	VPADDB Y6, Y3, Y3; \
	VPOR Y7, Y4, Y4

// func linesAVX2(b *byte, n int, line, quote byte) (lines int, quotes bool)
TEXT ·linesAVX2(SB), NOSPLIT, $0-33
	MOVQ b+0(FP), SI
	MOVQ n+8(FP), CX
	VPBROADCASTB line+16(FP), Y0
	VPBROADCASTB quote+17(FP), Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y4, Y4, Y4
	VPXOR Y8, Y8, Y8

sums:
	// 63 times four marks are as many as a byte holds.
	VPXOR Y3, Y3, Y3
	MOVQ $(63*128), DX
	CMPQ CX, DX
	CMOVQLT CX, DX
	SUBQ DX, CX

bytes:
	MARKS(0)
	MARKS(32)
	MARKS(64)
	MARKS(96)
	ADDQ $128, SI
	SUBQ $128, DX
	JNZ  bytes
	VPSUBB Y3, Y2, Y3
	VPSADBW Y2, Y3, Y3
	VPADDQ Y3, Y8, Y8
	TESTQ CX, CX
	JNZ  sums
	VEXTRACTI128 $1, Y8, X3
	VPADDQ X3, X8, X8
	VPSRLDQ $8, X8, X3
	VPADDQ X3, X8, X8
	VMOVQ X8, lines+24(FP)
	VPTEST Y4, Y4
	SETNE quotes+32(FP)
	VZEROUPPER
	RET

// MASK has a bit in dst for each of 64 bytes that is the mark in M.
#define MASK(M, dst) \
	VPCMPEQB M, Y4, Y6; \
	VPCMPEQB M, Y5, Y7; \
	VPMOVMSKB Y6, dst; \
	VPMOVMSKB Y7, CX; \
	SHLQ $32, CX; \
	ORQ  CX, dst

#define MARK(at, X, Y) \
	MOVBLZX at(DX), CX; \
	VMOVD CX, X; \
	VPBROADCASTB X, Y

// func quotedAVX2(b *byte, from, to int, s *quoteScan, ends *uint32, nends int, rows *uint32, nrows int) (pos, ends2, rows2 int, stop bool)
//
// AX position, BX ends of fields, R12 ends of rows, R13 quotes, then how far to
// go on, R14 what is in quotes, R8 what stops the scan; CX, DX, R10 scratch.
TEXT ·quotedAVX2(SB), NOSPLIT, $0-89
	MOVQ b+0(FP), SI
	MOVQ from+8(FP), AX
	SUBQ $64, to+16(FP)
	MOVQ s+24(FP), DX
	MARK(0, X0, Y0)
	MARK(1, X1, Y1)
	MARK(2, X2, Y2)
	MARK(3, X14, Y14)
	MARK(4, X13, Y13)
	MARK(5, X12, Y12)
	VPXOR Y3, Y3, Y3
	VPCMPEQB Y15, Y15, Y15
	MOVQ ends+32(FP), DI
	MOVQ nends+40(FP), R9
	MOVQ nrows+56(FP), R11

block:
	MOVQ $64, R13
	CMPQ AX, to+16(FP)
	JGT  done
	VMOVDQU (SI)(AX*1), Y4
	VMOVDQU 32(SI)(AX*1), Y5
	MOVQ s+24(FP), DX

	// From an opening quote to before the closing one.
	MASK(Y2, R13)
	VMOVQ R13, X6
	VPCLMULQDQ $0, X15, X6, X6
	VMOVQ X6, R14
	XORQ 8(DX), R14
	MOVQ R14, CX
	SARQ $63, CX
	MOVQ CX, 8(DX)

	// The extra mark, a NUL, and the comment mark where a row starts.
	MASK(Y14, R8)
	ANDNQ R8, R14, R8
	MASK(Y3, BX)
	ORQ  BX, R8
	MASK(Y1, R12)
	ANDNQ R12, R14, R12
	MASK(Y12, BX)
	MOVQ 32(DX), CX
	LEAQ (CX)(R12*2), CX
	ANDQ CX, BX
	ORQ  BX, R8
	MOVQ R12, CX
	SHRQ $63, CX
	MOVQ CX, 32(DX)

	MASK(Y0, BX)
	ANDNQ BX, R14, BX
	ORQ  R12, BX

	// A closing quote that is followed by anything but an end or a quote.
	MASK(Y13, DX)
	ORQ  BX, DX
	ORQ  R13, DX
	ANDNQ R13, R14, CX
	ANDQ R13, R14
	MOVQ s+24(FP), R13
	MOVQ 24(R13), R10
	LEAQ (R10)(CX*2), R10
	ANDNQ R10, DX, R10
	ORQ  R10, R8
	MOVQ CX, R10
	SHRQ $63, R10
	MOVQ R10, 24(R13)

	// An opening quote that is not behind an end or a closing quote.
	ORQ  BX, CX
	MOVQ 16(R13), R10
	LEAQ (R10)(CX*2), R10
	ANDNQ R14, R10, R14
	ORQ  R14, R8
	SHRQ $63, CX
	MOVQ CX, 16(R13)

	MOVQ rows+48(FP), R10
	MOVQ $64, R13
	TESTQ R8, R8
	JNZ  found

emit:
	// Each end of a row: how many ends of fields there are up to it.
	TESTQ R12, R12
	JZ   fields
	BLSMSKQ R12, DX
	ANDQ BX, DX
	POPCNTQ DX, DX
	ADDQ R9, DX
	MOVL DX, (R10)(R11*4)
	INCQ R11
	BLSRQ R12, R12
	JMP  emit

fields:
	POPCNTQ BX, CX
	LEAQ (DI)(R9*4), DX
	ADDQ CX, R9
	FIELD(0)
	FIELD(4)
	FIELD(8)
	FIELD(12)
	TESTQ BX, BX
	JNZ  more

next:
	ADDQ R13, AX
	CMPQ R13, $64
	JEQ  block

done:
	VZEROUPPER
	MOVQ AX, pos+64(FP)
	MOVQ R9, ends2+72(FP)
	MOVQ R11, rows2+80(FP)
	CMPQ R13, $64
	SETNE stop+88(FP)
	RET

found:
	// Only what comes before counts.
	BLSMSKQ R8, DX
	SHRQ $1, DX
	ANDQ DX, BX
	ANDQ DX, R12
	TZCNTQ R8, R13
	JMP  emit

more:
	ADDQ $16, DX

morefields:
	FIELD(0)
	ADDQ $4, DX
	TESTQ BX, BX
	JNZ  morefields
	JMP  next
