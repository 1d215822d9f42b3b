#include "textflag.h"

#define BROADCAST VBROADCASTSD
#define FMA VFMADD231PD
#define MOVU VMOVUPD
#define MASKMOV VMASKMOVPD
#define ADD VADDPD
#define MAX VMAXPD

// From a column of A to the next 4, in place and packed.
#define COL1 8
#define COL2 16
#define COL3 24
#define COL4 32
#define PACK1 64
#define PACK2 128
#define PACK3 192
#define PACK4 256
#include "gemm_tile_amd64.h"

// func tileF64(t *tile)
TEXT ·tileF64(SB), NOSPLIT, $0-8
	TILE
