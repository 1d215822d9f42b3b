#include "textflag.h"

// The loops in which most fields of numbers become values; csv_fields.go says
// what they do. Both look at the 32 or 16 bytes up to the end of a field, make
// what is before its digits zero, and add up digits, pairs of digits and pairs
// of pairs side by side. R13 collects a bit for each thing that must hold.

DATA zeros32<>+0(SB)/8, $0x3030303030303030
DATA zeros32<>+8(SB)/8, $0x3030303030303030
DATA zeros32<>+16(SB)/8, $0x3030303030303030
DATA zeros32<>+24(SB)/8, $0x3030303030303030
GLOBL zeros32<>(SB), RODATA|NOPTR, $32

// Added to a byte beyond 9, it sets the highest bit.
DATA noDigit32<>+0(SB)/8, $0x7676767676767676
DATA noDigit32<>+8(SB)/8, $0x7676767676767676
DATA noDigit32<>+16(SB)/8, $0x7676767676767676
DATA noDigit32<>+24(SB)/8, $0x7676767676767676
GLOBL noDigit32<>(SB), RODATA|NOPTR, $32

DATA tens<>+0(SB)/8, $0x010a010a010a010a
DATA tens<>+8(SB)/8, $0x010a010a010a010a
DATA tens<>+16(SB)/8, $0x010a010a010a010a
DATA tens<>+24(SB)/8, $0x010a010a010a010a
GLOBL tens<>(SB), RODATA|NOPTR, $32

DATA hundreds<>+0(SB)/8, $0x0001006400010064
DATA hundreds<>+8(SB)/8, $0x0001006400010064
DATA hundreds<>+16(SB)/8, $0x0001006400010064
DATA hundreds<>+24(SB)/8, $0x0001006400010064
GLOBL hundreds<>(SB), RODATA|NOPTR, $32

DATA thousands<>+0(SB)/8, $0x0001271000012710
DATA thousands<>+8(SB)/8, $0x0001271000012710
DATA thousands<>+16(SB)/8, $0x0001271000012710
DATA thousands<>+24(SB)/8, $0x0001271000012710
GLOBL thousands<>(SB), RODATA|NOPTR, $32

// 1e8
DATA float1e8<>+0(SB)/8, $0x4197d78400000000
GLOBL float1e8<>(SB), RODATA|NOPTR, $8

// 1 + 2^-40 and 1 - 2^-40
DATA above1<>+0(SB)/8, $0x3ff0000000001000
GLOBL above1<>(SB), RODATA|NOPTR, $8
DATA below1<>+0(SB)/8, $0x3fefffffffffe000
GLOBL below1<>(SB), RODATA|NOPTR, $8

DATA int1e8<>+0(SB)/8, $100000000
DATA int1e8<>+8(SB)/8, $100000000
GLOBL int1e8<>(SB), RODATA|NOPTR, $16
DATA int1<>+0(SB)/8, $1
DATA int1<>+8(SB)/8, $1
GLOBL int1<>(SB), RODATA|NOPTR, $16

// NEXT has in CX where the next field's digits begin, in BX where they end, and
// in DX 1 behind a minus.
#define NEXT \
	MOVL (R8), CX; \
	MOVL (R9), BX; \
	ADDQ R10, R8; \
	ADDQ R11, R9; \
	ADDL $1, CX; \
	XORL DX, DX; \
	CMPB (SI)(CX*1), $45; \
	SETEQ DX; \
	ADDL DX, CX

// DECIMAL makes eight sums of four digits, in V, of a decimal whose point may
// be anywhere; FIND is given its digits behind the point, times 16, plus 512
// behind a minus, in AX.
#define DECIMAL(V, FIND) \
	NEXT; \
	VMOVDQU -32(SI)(BX*1), Y0; \
	SHLL $9, DX; \
	VPCMPEQB Y14, Y0, Y2; \
	VPMOVMSKB Y2, AX; \
	LZCNTL AX, AX; \
	LEAQ (AX)(CX*1), DI; \
	CMPQ DI, BX; \
	CMOVLCC (R14), AX; \ // no point in the field
	SBBQ $0, BX; \
	VMOVDQU -32(SI)(BX*1), Y1; \ // the digits before the point in their places
	VMOVDQU (R14)(AX*1), Y2; \
	VPBLENDVB Y2, Y0, Y1, Y0; \
	SHLL $4, AX; \
	ADDL DX, AX; \
	FIND; \
	SUBL CX, BX; \
	MOVL BX, CX; \
	ANDL $31, CX; \
	VPSUBB Y15, Y0, Y0; \
	VPAND (R14)(CX*1), Y0, Y0; \
	DECL BX; \
	CMPL BX, $23; \
	ADCL R13, R13; \ // 1 to 23 of them
	VPADDUSB Y11, Y0, Y2; \
	VPMOVMSKB Y2, CX; \
	CMPL CX, $1; \
	ADCL R13, R13; \ // all are digits
	VPMADDUBSW Y10, Y0, Y0; \
	VPMADDWD Y9, Y0, V

#define POWER0 VMOVUPD 64(R14)(AX*1), X12
#define POWER1 VMOVUPD 64(R14)(AX*1), X13
#define POWER2 VINSERTF128 $1, 64(R14)(AX*1), Y12, Y12
#define POWER3 VINSERTF128 $1, 64(R14)(AX*1), Y13, Y13

// NOTE adds a row to those that are left to others, if its bits are not set.
#define NOTE(row, shift) \
	MOVL R13, AX; \
	SHRL $shift, AX; \
	ANDL $3, AX; \
	LEAL row(R12), BX; \
	MOVL BX, (DX)(DI*4); \
	CMPL AX, $3; \
	ADCQ $0, DI

// func floatsAVX2(b *byte, ends, to *uint32, step, cols, n int, tables *fieldTables, point byte, out *float64, left *uint32) (nleft int)
TEXT ·floatsAVX2(SB), NOSPLIT, $0-88
	MOVQ b+0(FP), SI
	MOVQ ends+8(FP), R8
	MOVQ to+16(FP), R9
	MOVQ step+24(FP), R10
	SHLQ $2, R10
	MOVQ cols+32(FP), R11
	SHLQ $2, R11
	MOVQ tables+48(FP), R14
	MOVBLZX point+56(FP), AX
	VMOVD AX, X14
	VPBROADCASTB X14, Y14
	VMOVDQU zeros32<>(SB), Y15
	VMOVDQU noDigit32<>(SB), Y11
	VMOVDQU tens<>(SB), Y10
	VMOVDQU hundreds<>(SB), Y9
	VMOVDQU thousands<>(SB), Y8
	XORL R12, R12
	MOVQ $0, nleft+80(FP)

loop:
	XORL R13, R13
	DECIMAL(Y4, POWER0)
	DECIMAL(Y5, POWER1)
	DECIMAL(Y6, POWER2)
	DECIMAL(Y7, POWER3)

	// Sums of eight digits: of two fields each in Y4 and Y6, then the middle
	// ones (X4), the high ones (X5) and the low ones (X6) of all four.
	VPACKUSDW Y5, Y4, Y4
	VPACKUSDW Y7, Y6, Y6
	VPMADDWD Y8, Y4, Y4
	VPMADDWD Y8, Y6, Y6
	VSHUFPS $0xdd, Y6, Y4, Y5
	VSHUFPS $0x88, Y6, Y4, Y4
	VEXTRACTI128 $1, Y4, X4
	VEXTRACTI128 $1, Y5, X6
	VCVTDQ2PD X4, Y4
	VCVTDQ2PD X5, Y5
	VCVTDQ2PD X6, Y6

	// m = Y3 + Y5, rounded and what that leaves out.
	VBROADCASTSD float1e8<>(SB), Y7
	VFMADD213PD Y4, Y7, Y5
	VMOVAPD Y5, Y3
	VFMADD213PD Y6, Y7, Y3
	VFMSUB213PD Y3, Y7, Y5
	VADDPD Y6, Y5, Y5

	// Nearly m/10^k is Y0; what it leaves of m, as a part of 10^k, is Y4.
	VUNPCKHPD Y13, Y12, Y1
	VUNPCKLPD Y13, Y12, Y2
	VMULPD Y1, Y3, Y0
	VFNMADD231PD Y2, Y0, Y3
	VADDPD Y5, Y3, Y3
	VMULPD Y1, Y3, Y4

	// Their sum, if what is unsure of Y4 does not matter.
	VBROADCASTSD above1<>(SB), Y1
	VBROADCASTSD below1<>(SB), Y2
	VFMADD213PD Y0, Y4, Y1
	VFMADD213PD Y0, Y4, Y2
	VCMPPD $4, Y2, Y1, Y3
	VMOVMSKPD Y3, AX
	MOVQ out+64(FP), DX
	VMOVUPD Y1, (DX)(R12*8)
	MOVL R13, BX
	XORL $0xff, BX
	ORL  AX, BX
	JNZ  some

next:
	ADDQ $4, R12
	CMPQ R12, n+40(FP)
	JLT  loop
	VZEROUPPER
	RET

some:
	MOVQ left+72(FP), DX
	MOVQ nleft+80(FP), DI
	// Bits of the sums: 0 to 3 become 6, 4, 2, 0, cleared if they are set.
#define UNSURE(from, to) \
	BTL $from, AX; \
	SBBL BX, BX; \
	ANDL $(1<<to), BX; \
	NOTL BX; \
	ANDL BX, R13
	UNSURE(0, 6)
	UNSURE(1, 4)
	UNSURE(2, 2)
	UNSURE(3, 0)
	NOTE(0, 6)
	NOTE(1, 4)
	NOTE(2, 2)
	NOTE(3, 0)
	MOVQ DI, nleft+80(FP)
	JMP  next

// INTEGER makes four sums of four digits, in V.
#define INTEGER(V) \
	NEXT; \
	VMOVDQU -16(SI)(BX*1), X0; \
	SUBL CX, BX; \
	MOVL BX, CX; \
	ANDL $31, CX; \
	VPSUBB X15, X0, X0; \
	VPAND 16(R14)(CX*1), X0, X0; \
	DECL BX; \
	CMPL BX, $16; \
	ADCL R13, R13; \ // 1 to 16 of them
	VPADDUSB X11, X0, X2; \
	VPMOVMSKB X2, CX; \
	CMPL CX, $1; \
	ADCL R13, R13; \ // all are digits
	VPMADDUBSW X10, X0, X0; \
	VPMADDWD X9, X0, V

// INTEGERS makes the values of two fields of the sums in A and B, with the
// signs in S.
#define INTEGERS(A, B, S) \
	VPACKUSDW B, A, A; \
	VPMADDWD X8, A, A; \
	VPSIGND S, A, A; \
	VPMULDQ X13, A, B; \
	VPSRLQ $32, A, A; \
	VPMULDQ X12, A, A; \
	VPADDQ B, A, A

// func intsAVX2(b *byte, ends, to *uint32, step, cols, n int, tables *fieldTables, out *int64, left *uint32) (nleft int)
TEXT ·intsAVX2(SB), NOSPLIT, $0-80
	MOVQ b+0(FP), SI
	MOVQ ends+8(FP), R8
	MOVQ to+16(FP), R9
	MOVQ step+24(FP), R10
	SHLQ $2, R10
	MOVQ cols+32(FP), R11
	SHLQ $2, R11
	MOVQ tables+48(FP), R14
	VMOVDQU zeros32<>(SB), X15
	VMOVDQU int1e8<>(SB), X13
	VMOVDQU int1<>(SB), X12
	VMOVDQU noDigit32<>(SB), X11
	VMOVDQU tens<>(SB), X10
	VMOVDQU hundreds<>(SB), X9
	VMOVDQU thousands<>(SB), X8
	XORL R12, R12
	MOVQ $0, nleft+72(FP)

loop:
	XORL R13, R13
	INTEGER(X4)
	VMOVQ 1088(R14)(DX*8), X1
	INTEGER(X5)
	VMOVHPS 1088(R14)(DX*8), X1, X1
	INTEGER(X6)
	VMOVQ 1088(R14)(DX*8), X3
	INTEGER(X7)
	VMOVHPS 1088(R14)(DX*8), X3, X3
	INTEGERS(X4, X5, X1)
	INTEGERS(X6, X7, X3)
	MOVQ out+56(FP), DX
	VMOVDQU X4, (DX)(R12*8)
	VMOVDQU X6, 16(DX)(R12*8)
	CMPL R13, $0xff
	JNE  some

next:
	ADDQ $4, R12
	CMPQ R12, n+40(FP)
	JLT  loop
	RET

some:
	MOVQ left+64(FP), DX
	MOVQ nleft+72(FP), DI
	NOTE(0, 6)
	NOTE(1, 4)
	NOTE(2, 2)
	NOTE(3, 0)
	MOVQ DI, nleft+72(FP)
	JMP  next
