#include "funcdata.h"
#include "textflag.h"

// bounds runs the func value in the slot that its closure names with what the
// closure keeps as the first argument: the others move on by one register. The
// frame is the room that the function may want to keep its arguments in; it is
// never looked into here.
TEXT ·bounds(SB), NOSPLIT|WRAPPER, $256-0
	NO_LOCAL_POINTERS
	MOVQ	R10, R11
	MOVQ	R9, R10
	MOVQ	R8, R9
	MOVQ	SI, R8
	MOVQ	DI, SI
	MOVQ	CX, DI
	MOVQ	BX, CX
	MOVQ	AX, BX
	MOVQ	16(DX), AX
	MOVQ	8(DX), DX
	MOVQ	(DX), DX
	MOVQ	(DX), R12
	CALL	R12
	RET

// func boundCode() uintptr
TEXT ·boundCode(SB), NOSPLIT, $0-8
	LEAQ	·bounds(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
