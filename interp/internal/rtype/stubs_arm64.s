#include "textflag.h"

// Every stub is eight bytes: its number into the closure register, then a
// branch. Neither touches the frame or a register that carries an argument.
#define S1(n) MOVZ $(n), R26; JMP ·enterStub(SB);
#include "stubs.h"

TEXT ·stubs(SB), NOSPLIT|NOFRAME, $0-0
	STUBS

// enterStub turns the number in R26 into that stub's closure and runs its code.
// R19 and R20 are free at a call.
TEXT ·enterStub(SB), NOSPLIT|NOFRAME, $0-0
	MOVD	·slots(SB), R19
	MOVD	(R19)(R26<<3), R26
	MOVD	(R26), R20
	JMP	(R20)

// func stubBase() uintptr
TEXT ·stubBase(SB), NOSPLIT, $0-8
	MOVD	$·stubs(SB), R0
	MOVD	R0, ret+0(FP)
	RET
