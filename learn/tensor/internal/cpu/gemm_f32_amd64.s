#include "textflag.h"

#define BROADCAST VBROADCASTSS
#define FMA VFMADD231PS
#define MOVU VMOVUPS
#define MASKMOV VMASKMOVPS
#define ADD VADDPS
#define MAX VMAXPS
#include "gemm_tile_amd64.h"

// func tileF32(t *tile)
TEXT ·tileF32(SB), NOSPLIT, $0-8
	TILE
