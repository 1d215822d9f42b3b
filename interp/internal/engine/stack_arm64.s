#include "textflag.h"

// func stackUsed() uintptr: from here to the high end of the goroutine's stack
TEXT ·stackUsed(SB), NOSPLIT, $0-8
	MOVD 8(g), R0
	MOVD $ret+0(FP), R1
	SUB  R1, R0
	MOVD R0, ret+0(FP)
	RET

// func goroutine() uintptr: the runtime's descriptor of the goroutine
TEXT ·goroutine(SB), NOSPLIT, $0-8
	MOVD g, ret+0(FP)
	RET
