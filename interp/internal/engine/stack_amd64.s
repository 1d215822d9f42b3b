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

// func callSites() (pc, up uintptr): by the frame pointers
TEXT ·callSites(SB), NOSPLIT|NOFRAME, $0-16
	MOVQ 8(BP), AX
	MOVQ AX, pc+0(FP)
	MOVQ 0(BP), BX
	MOVQ 8(BX), BX
	MOVQ BX, up+8(FP)
	RET
