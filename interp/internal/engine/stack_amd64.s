#include "textflag.h"

// func stackUsed() uintptr: from here to the high end of the goroutine's stack
TEXT ·stackUsed(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ 8(AX), AX
	LEAQ ret+0(FP), BX
	SUBQ BX, AX
	MOVQ AX, ret+0(FP)
	RET

// func goroutine() uintptr: the runtime's descriptor of the goroutine
TEXT ·goroutine(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET
