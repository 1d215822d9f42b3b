#include "textflag.h"

#define BROADCAST VBROADCASTSS
#define FMA VFMADD231PS
#define MOVU VMOVUPS
#define MASKMOV VMASKMOVPS
#define ADD VADDPS
#define MAX VMAXPS

// From a column of A to the next 4, in place and packed.
#define COL1 4
#define COL2 8
#define COL3 12
#define COL4 16
#define PACK1 32
#define PACK2 64
#define PACK3 96
#define PACK4 128
#include "gemm_tile_amd64.h"

// func tileF32(t *tile)
TEXT ·tileF32(SB), NOSPLIT, $0-8
	TILE
