#include "textflag.h"

// What assembler of packages calls, as it calls it (ABI0): the linker would
// leave it out of this program where nothing in it does.

DATA keep<>+0(SB)/8, $runtime·entersyscall(SB)
DATA keep<>+8(SB)/8, $runtime·exitsyscall(SB)
DATA keep<>+16(SB)/8, $syscall·Syscall(SB)
DATA keep<>+24(SB)/8, $syscall·Syscall6(SB)
DATA keep<>+32(SB)/8, $syscall·RawSyscall(SB)
DATA keep<>+40(SB)/8, $syscall·RawSyscall6(SB)
DATA keep<>+48(SB)/8, $syscall·rawVforkSyscall(SB)
DATA keep<>+56(SB)/8, $syscall·gettimeofday(SB)
DATA keep<>+64(SB)/8, $runtime·memmove(SB)
DATA keep<>+72(SB)/8, $runtime·memclrNoHeapPointers(SB)
GLOBL keep<>(SB), RODATA, $80

// func keptABI0()
TEXT ·keptABI0(SB), NOSPLIT, $0-0
	MOVQ $keep<>(SB), AX
	RET
