#include "textflag.h"
#include "vec_amd64.h"

// The functions of two slices (VV), of a slice and a number (VS) and of a number
// and a slice (SV); vec_go.go says what each is.

// z = x op y
#define VV(OP) \
	MOVQ z+0(FP), DI; \
	MOVQ x+8(FP), SI; \
	MOVQ y+16(FP), DX; \
	MOVQ n+24(FP), CX; \
	LOOP2(OP)

#define SLICEANDNUMBER \
	MOVQ z+0(FP), DI; \
	MOVQ x+8(FP), SI; \
	VBROADCASTSS s+16(FP), Y14; \
	MOVQ n+24(FP), CX

#define SECOND(OP) VMOVAPS Y14, Y1; OP
#define FIRST(OP) VMOVAPS Y0, Y1; VMOVAPS Y14, Y0; OP

// z = x op s
#define VS(OP) \
	SLICEANDNUMBER; \
	LOOP1(SECOND(OP))

// z = s op x
#define SV(OP) \
	SLICEANDNUMBER; \
	LOOP1(FIRST(OP))

#define ADD VADDPS Y1, Y0, Y0
#define SUB VSUBPS Y1, Y0, Y0
#define MUL VMULPS Y1, Y0, Y0
#define DIV VDIVPS Y1, Y0, Y0

// The processor's maximum of a NaN and a number is the second; ours is NaN.
#define MAX \
	VMAXPS Y1, Y0, Y2; \
	VCMPPS $3, Y0, Y0, Y3; \
	VBLENDVPS Y3, Y0, Y2, Y0

#define MIN \
	VMINPS Y1, Y0, Y2; \
	VCMPPS $3, Y0, Y0, Y3; \
	VBLENDVPS Y3, Y0, Y2, Y0

#define COMPARE(PRED) \
	VCMPPS PRED, Y1, Y0, Y0; \
	VANDPS ·kOne(SB), Y0, Y0

#define GREATER COMPARE($14)
#define GREATEREQUAL COMPARE($13)
#define LESS COMPARE($1)
#define LESSEQUAL COMPARE($2)
#define EQUAL COMPARE($0)
#define NOTEQUAL COMPARE($4)

TEXT ·addVV(SB), NOSPLIT, $0-32
	VV(ADD)

TEXT ·addVS(SB), NOSPLIT, $0-32
	VS(ADD)

TEXT ·subVV(SB), NOSPLIT, $0-32
	VV(SUB)

TEXT ·subVS(SB), NOSPLIT, $0-32
	VS(SUB)

TEXT ·subSV(SB), NOSPLIT, $0-32
	SV(SUB)

TEXT ·mulVV(SB), NOSPLIT, $0-32
	VV(MUL)

TEXT ·mulVS(SB), NOSPLIT, $0-32
	VS(MUL)

TEXT ·divVV(SB), NOSPLIT, $0-32
	VV(DIV)

TEXT ·divVS(SB), NOSPLIT, $0-32
	VS(DIV)

TEXT ·divSV(SB), NOSPLIT, $0-32
	SV(DIV)

TEXT ·maxVV(SB), NOSPLIT, $0-32
	VV(MAX)

TEXT ·maxVS(SB), NOSPLIT, $0-32
	VS(MAX)

TEXT ·minVV(SB), NOSPLIT, $0-32
	VV(MIN)

TEXT ·minVS(SB), NOSPLIT, $0-32
	VS(MIN)

TEXT ·greaterVV(SB), NOSPLIT, $0-32
	VV(GREATER)

TEXT ·greaterVS(SB), NOSPLIT, $0-32
	VS(GREATER)

TEXT ·greaterEqualVV(SB), NOSPLIT, $0-32
	VV(GREATEREQUAL)

TEXT ·greaterEqualVS(SB), NOSPLIT, $0-32
	VS(GREATEREQUAL)

TEXT ·lessVV(SB), NOSPLIT, $0-32
	VV(LESS)

TEXT ·lessVS(SB), NOSPLIT, $0-32
	VS(LESS)

TEXT ·lessEqualVV(SB), NOSPLIT, $0-32
	VV(LESSEQUAL)

TEXT ·lessEqualVS(SB), NOSPLIT, $0-32
	VS(LESSEQUAL)

TEXT ·equalVV(SB), NOSPLIT, $0-32
	VV(EQUAL)

TEXT ·equalVS(SB), NOSPLIT, $0-32
	VS(EQUAL)

TEXT ·notEqualVV(SB), NOSPLIT, $0-32
	VV(NOTEQUAL)

TEXT ·notEqualVS(SB), NOSPLIT, $0-32
	VS(NOTEQUAL)

// func select32(z, cond, x, y *float32, n int): z = cond != 0 ? x : y
TEXT ·select32(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), DI
	MOVQ cond+8(FP), R8
	MOVQ x+16(FP), SI
	MOVQ y+24(FP), DX
	MOVQ n+32(FP), CX
	VXORPS Y14, Y14, Y14
	SUBQ $8, CX
	JLT  tail
loop:
	VMOVUPS (R8), Y0
	VMOVUPS (DX), Y1
	VCMPPS  $4, Y14, Y0, Y0
	VBLENDVPS Y0, (SI), Y1, Y1
	VMOVUPS Y1, (DI)
	ADDQ    $32, R8
	ADDQ    $32, SI
	ADDQ    $32, DX
	ADDQ    $32, DI
	SUBQ    $8, CX
	JGE     loop
tail:
	ADDQ $8, CX
	JEQ  done
	TAILMASK
	VMASKMOVPS (R8), Y15, Y0
	VMASKMOVPS (SI), Y15, Y2
	VMASKMOVPS (DX), Y15, Y1
	VCMPPS  $4, Y14, Y0, Y0
	VBLENDVPS Y0, Y2, Y1, Y1
	VMASKMOVPS Y1, Y15, (DI)
done:
	VZEROUPPER
	RET

// func fill32(y *float32, s float32, n int): y = s
TEXT ·fill32(SB), NOSPLIT, $0-24
	MOVQ y+0(FP), DI
	VBROADCASTSS s+8(FP), Y0
	MOVQ n+16(FP), CX
	SUBQ $32, CX
	JLT  eights
loop:
	VMOVUPS Y0, (DI)
	VMOVUPS Y0, 32(DI)
	VMOVUPS Y0, 64(DI)
	VMOVUPS Y0, 96(DI)
	ADDQ    $128, DI
	SUBQ    $32, CX
	JGE     loop
eights:
	ADDQ $24, CX
	JLT  tail
eight:
	VMOVUPS Y0, (DI)
	ADDQ $32, DI
	SUBQ $8, CX
	JGE  eight
tail:
	ADDQ $8, CX
	JEQ  done
	TAILMASK
	VMASKMOVPS Y0, Y15, (DI)
done:
	VZEROUPPER
	RET

#define MULADD VFMADD231PS Y0, Y14, Y1; VMOVAPS Y1, Y0

// func axpy32(y, x *float32, a float32, n int): y += a·x
TEXT ·axpy32(SB), NOSPLIT, $0-32
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	VBROADCASTSS a+16(FP), Y14
	MOVQ n+24(FP), CX
	MOVQ DI, DX
	LOOP2(MULADD)
