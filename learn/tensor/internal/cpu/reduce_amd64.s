#include "textflag.h"
#include "vec_amd64.h"

// HSUM makes X0 the sum of Y0's elements. It uses Y1.
#define HSUM \
	VEXTRACTF128 $1, Y0, X1; \
	VADDPS X1, X0, X0; \
	VPERMILPS $0x0e, X0, X1; \
	VADDPS X1, X0, X0; \
	VPERMILPS $0x01, X0, X1; \
	VADDSS X1, X0, X0

// SUMS runs a body over 32 elements at a time with the four sums Y0 to Y3, then
// over eights and a tail with Y0. ADD(AT, LOAD, SUM) adds what is at an offset.
#define SUMS(ADD, TAIL) \
	VXORPS Y0, Y0, Y0; \
	VXORPS Y1, Y1, Y1; \
	VXORPS Y2, Y2, Y2; \
	VXORPS Y3, Y3, Y3; \
	SUBQ $32, CX; \
	JLT  eights; \
loop: \
	ADD(0, Y0); \
	ADD(32, Y1); \
	ADD(64, Y2); \
	ADD(96, Y3); \
	ADDQ $128, SI; \
	ADDQ $128, DX; \
	SUBQ $32, CX; \
	JGE  loop; \
eights: \
	ADDQ $24, CX; \
	JLT  tail; \
eight: \
	ADD(0, Y0); \
	ADDQ $32, SI; \
	ADDQ $32, DX; \
	SUBQ $8, CX; \
	JGE  eight; \
tail: \
	ADDQ $8, CX; \
	JEQ  done; \
	TAILMASK; \
	TAIL; \
done: \
	VADDPS Y1, Y0, Y0; \
	VADDPS Y3, Y2, Y2; \
	VADDPS Y2, Y0, Y0; \
	HSUM

#define ADDSHIFTED(AT, SUM) VMOVUPS AT(SI), Y4; VSUBPS Y14, Y4, Y4; VFMADD231PS AT(DX), Y4, SUM
#define ADDSHIFTEDTAIL VMASKMOVPS (SI), Y15, Y4; VSUBPS Y14, Y4, Y4; VMASKMOVPS (DX), Y15, Y5; VFMADD231PS Y4, Y5, Y0

// EXTREME is the VMAXPS or VMINPS of all elements, or NaN if one is; Y14 notes
// that.
#define EXTREME(OP) \
	MOVQ x+0(FP), SI; \
	MOVQ n+8(FP), CX; \
	VBROADCASTSS (SI), Y0; \
	VMOVAPS Y0, Y1; \
	VXORPS Y14, Y14, Y14; \
	SUBQ $16, CX; \
	JLT  eights; \
loop: \
	VMOVUPS (SI), Y2; \
	VMOVUPS 32(SI), Y3; \
	OP Y2, Y0, Y0; \
	OP Y3, Y1, Y1; \
	VCMPPS $3, Y3, Y2, Y4; \
	VORPS Y4, Y14, Y14; \
	ADDQ $64, SI; \
	SUBQ $16, CX; \
	JGE  loop; \
eights: \
	OP Y1, Y0, Y0; \
	ADDQ $8, CX; \
	JLT  tail; \
	VMOVUPS (SI), Y2; \
	OP Y2, Y0, Y0; \
	VCMPPS $3, Y2, Y2, Y4; \
	VORPS Y4, Y14, Y14; \
	ADDQ $32, SI; \
	SUBQ $8, CX; \
tail: \
	ADDQ $8, CX; \
	JEQ  done; \
	TAILMASK; \
	VMASKMOVPS (SI), Y15, Y2; \
	VBLENDVPS Y15, Y2, Y0, Y2; \
	OP Y2, Y0, Y0; \
	VCMPPS $3, Y2, Y2, Y4; \
	VORPS Y4, Y14, Y14; \
done: \
	VEXTRACTF128 $1, Y0, X1; \
	OP X1, X0, X0; \
	VPERMILPS $0x0e, X0, X1; \
	OP X1, X0, X0; \
	VPERMILPS $0x01, X0, X1; \
	OP X1, X0, X0; \
	VMOVMSKPS Y14, AX; \
	VMOVSS X0, ret+16(FP); \
	TESTL AX, AX; \
	JEQ   end; \
	MOVL  $0x7fc00000, ret+16(FP); \
end: \
	VZEROUPPER; \
	RET

#define ADDX(AT, SUM) VADDPS AT(SI), SUM, SUM
#define ADDXTAIL VMASKMOVPS (SI), Y15, Y4; VADDPS Y4, Y0, Y0

// func sum32(x *float32, n int) float32
TEXT ·sum32(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	SUMS(ADDX, ADDXTAIL)
	VMOVSS X0, ret+16(FP)
	VZEROUPPER
	RET

#define ADDXY(AT, SUM) VMOVUPS AT(SI), Y4; VFMADD231PS AT(DX), Y4, SUM
#define ADDXYTAIL VMASKMOVPS (SI), Y15, Y4; VMASKMOVPS (DX), Y15, Y5; VFMADD231PS Y4, Y5, Y0

// func dot32(x, y *float32, n int) float32
TEXT ·dot32(SB), NOSPLIT, $0-28
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DX
	MOVQ n+16(FP), CX
	SUMS(ADDXY, ADDXYTAIL)
	VMOVSS X0, ret+24(FP)
	VZEROUPPER
	RET

// func dotShifted32(x, y *float32, shift float32, n int) float32
TEXT ·dotShifted32(SB), NOSPLIT, $0-36
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DX
	VBROADCASTSS shift+16(FP), Y14
	MOVQ n+24(FP), CX
	SUMS(ADDSHIFTED, ADDSHIFTEDTAIL)
	VMOVSS X0, ret+32(FP)
	VZEROUPPER
	RET

#define ADDSQ(AT, SUM) VMOVUPS AT(SI), Y4; VSUBPS Y14, Y4, Y4; VFMADD231PS Y4, Y4, SUM
#define ADDSQTAIL VMASKMOVPS (SI), Y15, Y4; VSUBPS Y14, Y4, Y4; VANDPS Y15, Y4, Y4; VFMADD231PS Y4, Y4, Y0

// func squares32(x *float32, mean float32, n int) float32
TEXT ·squares32(SB), NOSPLIT, $0-28
	MOVQ x+0(FP), SI
	VBROADCASTSS mean+8(FP), Y14
	MOVQ n+16(FP), CX
	SUMS(ADDSQ, ADDSQTAIL)
	VMOVSS X0, ret+24(FP)
	VZEROUPPER
	RET

// func max32(x *float32, n int) float32
TEXT ·max32(SB), NOSPLIT, $0-20
	EXTREME(VMAXPS)

// func min32(x *float32, n int) float32
TEXT ·min32(SB), NOSPLIT, $0-20
	EXTREME(VMINPS)

// columns32 adds the columns' sums over some rows to dst, 64, 8 or fewer columns
// at a time.
//
// func columns32(dst, x *float32, rows, cols, stride int)
TEXT ·columns32(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ rows+16(FP), R8
	MOVQ cols+24(FP), CX
	MOVQ stride+32(FP), R9
	SHLQ $2, R9
many:
	CMPQ CX, $64
	JLT  few
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	MOVQ SI, DX
	MOVQ R8, AX
manyrow:
	VADDPS (DX), Y0, Y0
	VADDPS 32(DX), Y1, Y1
	VADDPS 64(DX), Y2, Y2
	VADDPS 96(DX), Y3, Y3
	VADDPS 128(DX), Y4, Y4
	VADDPS 160(DX), Y5, Y5
	VADDPS 192(DX), Y6, Y6
	VADDPS 224(DX), Y7, Y7
	ADDQ R9, DX
	DECQ AX
	JNE  manyrow
	VADDPS (DI), Y0, Y0
	VADDPS 32(DI), Y1, Y1
	VADDPS 64(DI), Y2, Y2
	VADDPS 96(DI), Y3, Y3
	VADDPS 128(DI), Y4, Y4
	VADDPS 160(DI), Y5, Y5
	VADDPS 192(DI), Y6, Y6
	VADDPS 224(DI), Y7, Y7
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	ADDQ $256, SI
	ADDQ $256, DI
	SUBQ $64, CX
	JMP  many
few:
	CMPQ CX, $8
	JLT  tail
	VXORPS Y0, Y0, Y0
	MOVQ SI, DX
	MOVQ R8, AX
fewrow:
	VADDPS (DX), Y0, Y0
	ADDQ R9, DX
	DECQ AX
	JNE  fewrow
	VADDPS (DI), Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JMP  few
tail:
	TESTQ CX, CX
	JEQ   done
	TAILMASK
	VXORPS Y0, Y0, Y0
tailrow:
	VMASKMOVPS (SI), Y15, Y1
	VADDPS Y1, Y0, Y0
	ADDQ R9, SI
	DECQ R8
	JNE  tailrow
	VMASKMOVPS (DI), Y15, Y1
	VADDPS Y1, Y0, Y0
	VMASKMOVPS Y0, Y15, (DI)
done:
	VZEROUPPER
	RET
