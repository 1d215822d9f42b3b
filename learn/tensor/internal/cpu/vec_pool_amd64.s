#include "textflag.h"
#include "vec_amd64.h"

// Pooling of runs of windows, eight channels at a time. R9 points to the poolRun,
// whose fields follow; SI to a window of the image's side (x, dx), DI to its pixel
// (y, dy), R8 to the pixel's place (arg).

#define PIXELS 0(R9)
#define CHANNELS 8(R9)
#define KH 16(R9)
#define KW 24(R9)
#define POS 32(R9)
#define SKIP 40(R9)
#define STEPX 48(R9)
#define ROWX 56(R9)
#define ADDS 64(R9)
#define FACTOR 72(R9)
#define GAP 80(R9)

#define WHOLELOAD(AT, Y) VMOVUPS AT, Y
#define WHOLESTORE(Y, AT) VMOVUPS Y, AT
#define PARTLOAD(AT, Y) VMASKMOVPS AT, Y15, Y
#define PARTSTORE(Y, AT) VMASKMOVPS Y, Y15, AT

// WINDOW runs PLACE at each place of the window, AX bytes apart and R12 bytes
// from row to row, with R11 pointing there and the place's number in Y2.
#define WINDOW(PLACE, ROWS, COLUMNS) \
	VPBROADCASTD POS, Y2; \
	MOVQ SI, DX; \
	MOVQ KH, R10; \
ROWS: \
	MOVQ DX, R11; \
	MOVQ KW, BX; \
COLUMNS: \
	PLACE; \
	VPADDD ·kIntOne(SB), Y2, Y2; \
	ADDQ AX, R11; \
	DECQ BX; \
	JNE  COLUMNS; \
	VPADDD Y14, Y2, Y2; \
	ADDQ R12, DX; \
	DECQ R10; \
	JNE  ROWS

// RUN goes over the pixels and, in each, over the channels with CHUNK(LOAD, STORE,
// labels), at last with a mask.
#define RUN(CHUNK) \
	MOVQ CHANNELS, CX; \
	ANDQ $7, CX; \
	JEQ  begin; \
	TAILMASK; \
begin: \
	VPBROADCASTD SKIP, Y14; \
	VBROADCASTSS FACTOR, Y13; \
	MOVQ CHANNELS, AX; \
	SHLQ $2, AX; \
	MOVQ ROWX, R12; \
	SHLQ $2, R12; \
	MOVQ PIXELS, R13; \
pixel: \
	MOVQ SI, window-8(SP); \
	MOVQ CHANNELS, CX; \
	SUBQ $8, CX; \
	JLT  part; \
channels: \
	CHUNK(WHOLELOAD, WHOLESTORE, rows, columns); \
	ADDQ $32, SI; \
	ADDQ $32, DI; \
	ADDQ $32, R8; \
	SUBQ $8, CX; \
	JGE  channels; \
part: \
	ADDQ $8, CX; \
	JEQ  next; \
	CHUNK(PARTLOAD, PARTSTORE, partrows, partcolumns); \
	LEAQ (DI)(CX*4), DI; \
	LEAQ (R8)(CX*4), R8; \
next: \
	MOVQ GAP, DX; \
	LEAQ (DI)(DX*4), DI; \
	LEAQ (R8)(DX*4), R8; \
	MOVQ window-8(SP), SI; \
	MOVQ STEPX, DX; \
	LEAQ (SI)(DX*4), SI; \
	DECQ R13; \
	JNE  pixel; \
	VZEROUPPER; \
	RET

// LARGER puts what is at a place into Y0, and its number into Y1, where it is
// larger or no number, unless Y0 is no number.
#define LARGER(LOAD) \
	LOAD((R11), Y3); \
	VCMPPS $6, Y0, Y3, Y4; \
	VCMPPS $7, Y0, Y0, Y5; \
	VANDPS Y5, Y4, Y4; \
	VBLENDVPS Y4, Y3, Y0, Y0; \
	VBLENDVPS Y4, Y2, Y1, Y1

#define MAXCHUNK(LOAD, STORE, ROWS, COLUMNS) \
	VMOVUPS ·kMinusInf(SB), Y0; \
	VPBROADCASTD POS, Y1; \
	WINDOW(LARGER(LOAD), ROWS, COLUMNS); \
	STORE(Y0, (DI)); \
	STORE(Y1, (R8))

// MOST is LARGER without places.
#define MOST(LOAD) \
	LOAD((R11), Y3); \
	VCMPPS $6, Y0, Y3, Y4; \
	VCMPPS $7, Y0, Y0, Y5; \
	VANDPS Y5, Y4, Y4; \
	VBLENDVPS Y4, Y3, Y0, Y0

#define MOSTCHUNK(LOAD, STORE, ROWS, COLUMNS) \
	VMOVUPS ·kMinusInf(SB), Y0; \
	WINDOW(MOST(LOAD), ROWS, COLUMNS); \
	STORE(Y0, (DI))

#define SUMUP(LOAD) \
	LOAD((R11), Y3); \
	VADDPS Y3, Y0, Y0

#define AVGCHUNK(LOAD, STORE, ROWS, COLUMNS) \
	VXORPS Y0, Y0, Y0; \
	WINDOW(SUMUP(LOAD), ROWS, COLUMNS); \
	VMULPS Y13, Y0, Y0; \
	STORE(Y0, (DI))

// What is at a place is kept where the mask Y12 is set, to be added to.
#define SPREADMAX(LOAD, STORE) \
	LOAD((R11), Y3); \
	VANDPS Y12, Y3, Y3; \
	VPCMPEQD Y2, Y1, Y4; \
	VANDPS Y0, Y4, Y4; \
	VADDPS Y4, Y3, Y3; \
	STORE(Y3, (R11))

#define MAXGRADCHUNK(LOAD, STORE, ROWS, COLUMNS) \
	LOAD((DI), Y0); \
	LOAD((R8), Y1); \
	WINDOW(SPREADMAX(LOAD, STORE), ROWS, COLUMNS)

#define SPREADAVG(LOAD, STORE) \
	LOAD((R11), Y3); \
	VANDPS Y12, Y3, Y3; \
	VADDPS Y0, Y3, Y3; \
	STORE(Y3, (R11))

#define AVGGRADCHUNK(LOAD, STORE, ROWS, COLUMNS) \
	LOAD((DI), Y0); \
	VMULPS Y13, Y0, Y0; \
	WINDOW(SPREADAVG(LOAD, STORE), ROWS, COLUMNS)

// ADDMASK sets Y12 if gradients are added.
#define ADDMASK \
	VPBROADCASTD ADDS, Y0; \
	VXORPS Y12, Y12, Y12; \
	VPSUBD Y0, Y12, Y12

// func maxPool32(y *float32, arg *int32, x *float32, r *poolRun)
TEXT ·maxPool32(SB), NOSPLIT, $8-32
	MOVQ y+0(FP), DI
	MOVQ arg+8(FP), R8
	MOVQ x+16(FP), SI
	MOVQ r+24(FP), R9
	RUN(MAXCHUNK)

// func most32(y, x *float32, r *poolRun)
TEXT ·most32(SB), NOSPLIT, $8-24
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ r+16(FP), R9
	RUN(MOSTCHUNK)

// func maxPoolGrad32(dx, dy *float32, arg *int32, r *poolRun)
TEXT ·maxPoolGrad32(SB), NOSPLIT, $8-32
	MOVQ dx+0(FP), SI
	MOVQ dy+8(FP), DI
	MOVQ arg+16(FP), R8
	MOVQ r+24(FP), R9
	ADDMASK
	RUN(MAXGRADCHUNK)

// func avgPool32(y, x *float32, r *poolRun)
TEXT ·avgPool32(SB), NOSPLIT, $8-24
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ r+16(FP), R9
	RUN(AVGCHUNK)

// func avgPoolGrad32(dx, dy *float32, r *poolRun)
TEXT ·avgPoolGrad32(SB), NOSPLIT, $8-24
	MOVQ dx+0(FP), SI
	MOVQ dy+8(FP), DI
	MOVQ r+16(FP), R9
	ADDMASK
	RUN(AVGGRADCHUNK)
