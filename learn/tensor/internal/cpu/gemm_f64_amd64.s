#include "textflag.h"

#define BROADCAST VBROADCASTSD
#define FMA VFMADD231PD
#define MOVU VMOVUPD
#define MASKMOV VMASKMOVPD
#define ADD VADDPD
#define MAX VMAXPD
#include "gemm_tile_amd64.h"

// func tileF64(t *tile)
TEXT ·tileF64(SB), NOSPLIT, $0-8
	TILE
