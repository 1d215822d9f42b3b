#include "textflag.h"

// Every stub is ten bytes: its number into the closure register, then a jump.
// Neither touches the frame or a register that carries an argument.
#define S1(n) MOVL $(n), DX; JMP ·enterStub(SB);
#include "stubs.h"

TEXT ·stubs(SB), NOSPLIT|NOFRAME, $0-0
	STUBS

// enterStub turns the number in DX into that stub's closure and runs its code.
// R12 is free at a call.
TEXT ·enterStub(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ	·slots(SB), R12
	MOVQ	(R12)(DX*8), DX
	MOVQ	(DX), R12
	JMP	R12

// func stubBase() uintptr
TEXT ·stubBase(SB), NOSPLIT, $0-8
	LEAQ	·stubs(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
