#include "textflag.h"

// func threadWord(off int64) uintptr
TEXT ·threadWord(SB), NOSPLIT, $0-16
	MOVQ off+0(FP), AX
	BYTE $0x64; BYTE $0x48; BYTE $0x8B; BYTE $0x00 // MOVQ FS:(AX), AX
	MOVQ AX, ret+8(FP)
	RET

// func goroutine() uintptr
TEXT ·goroutine(SB), NOSPLIT, $0-8
	MOVQ R14, ret+0(FP)
	RET
