#include "textflag.h"

// The constants of the vector kernels, eight times each, and the masks of tails.

#define EIGHT(name, v) \
DATA name+0(SB)/4, $v; \
DATA name+4(SB)/4, $v; \
DATA name+8(SB)/4, $v; \
DATA name+12(SB)/4, $v; \
DATA name+16(SB)/4, $v; \
DATA name+20(SB)/4, $v; \
DATA name+24(SB)/4, $v; \
DATA name+28(SB)/4, $v; \
GLOBL name(SB), RODATA|NOPTR, $32

EIGHT(·kOne, 1.0)
EIGHT(·kTwo, 2.0)
EIGHT(·kHalf, 0.5)
EIGHT(·kThree, 3.0)
EIGHT(·kFour, 4.0)
EIGHT(·kSix, 6.0)
EIGHT(·kSixth, 0.166666667)
EIGHT(·kThird, 0.333333333)
EIGHT(·kMinusHalf, -0.5)
EIGHT(·kSign, 0x80000000)
EIGHT(·kAbs, 0x7fffffff)
EIGHT(·kIntOne, 1)
EIGHT(·kInf, 0x7f800000)
EIGHT(·kMinusInf, 0xff800000)

// exp: outside these bounds the result is 0 or +Inf. Below expm1Lo exp(x) - 1
// rounds to -1.
EIGHT(·kExpHi, 89.0)
EIGHT(·kExpLo, -104.0)
EIGHT(·kExpm1Lo, -20.0)
EIGHT(·kTiny, 0x33000000) // 2^-25
EIGHT(·kLog2e, 1.44269502)
EIGHT(·kLn2Hi, 0.693147182)
EIGHT(·kLn2Lo, -1.90465421e-09)

// exp(r) - 1 = r + r²·(kExp2 + kExp3·r + …) for |r| ≤ ln(2)/2, to 1.3e-8 of it.
EIGHT(·kExp2, 0.5)
EIGHT(·kExp3, 0.166665435)
EIGHT(·kExp4, 0.0416662805)
EIGHT(·kExp5, 0.00836661085)
EIGHT(·kExp6, 0.00139464939)

// log(1+f) = f - f²/2 + f³·(kLog3 + kLog4·f + …) for 1+f in [√½, √2], to 6e-9.
EIGHT(·kSqrtHalf, 0x3f3504f3)
EIGHT(·kMinNormal, 0x00800000)
EIGHT(·kTwo23, 8388608.0)
EIGHT(·kMinus23, -23.0)
EIGHT(·kLog3, 0.333333164)
EIGHT(·kLog4, -0.250008196)
EIGHT(·kLog5, 0.200023293)
EIGHT(·kLog6, -0.166242763)
EIGHT(·kLog7, 0.141800165)
EIGHT(·kLog8, -0.131304994)
EIGHT(·kLog9, 0.128908709)
EIGHT(·kLog10, -0.0786619112)
EIGHT(·kThreeHalves, 1.5)

// tanh(x) rounds to 1 above.
EIGHT(·kTanhHi, 9.1)

// sin(r) = r + r³·(kSin3 + kSin5·r² + …), cos(r) = 1 - r²/2 + r⁴·(kCos4 + …)
// for |r| ≤ π/4, to 4e-9. π/2 is kPio2A + kPio2B + kPio2C, good for quotients
// below 2^15.
EIGHT(·kTrigHi, 30000.0)
EIGHT(·k2OverPi, 0.636619747)
EIGHT(·kPio2A, 1.57079637)
EIGHT(·kPio2B, -4.37113883e-08)
EIGHT(·kPio2C, -1.71512451e-15)
EIGHT(·kSin3, -0.166666552)
EIGHT(·kSin5, 0.00833217334)
EIGHT(·kSin7, -0.000195166562)
EIGHT(·kCos4, 0.0416666456)
EIGHT(·kCos6, -0.00138873619)
EIGHT(·kCos8, 2.44377297e-05)

// The normal distribution's tail: Φ(-t) = exp(-t²/2)·Q(t) with
// (t+4)·Q(t) = kPhi0 + kPhi1·u + … in u = (t-4)/(t+4) for 0 ≤ t ≤ 14.5, to 9e-9.
EIGHT(·kPhiHi, 14.5)
EIGHT(·kPhi0, 0.755285144)
EIGHT(·kPhi1, -0.607896566)
EIGHT(·kPhi2, 0.387136906)
EIGHT(·kPhi3, -0.186523438)
EIGHT(·kPhi4, 0.0604038313)
EIGHT(·kPhi5, -0.00752526987)
EIGHT(·kPhi6, -0.00351254945)
EIGHT(·kPhi7, 0.00156992255)
EIGHT(·kPhi8, 0.000179347029)
EIGHT(·kPhi9, -0.000131975568)
EIGHT(·kSqrtTwo, 1.41421356)
EIGHT(·kRootTau, 0.398942280) // 1/√(2π)

// erf(x)/x = kErf1 + kErf3·x² + … for |x| ≤ kErfHi, to 1.2e-8.
EIGHT(·kErfHi, 0.9)
EIGHT(·kErf1, 1.12837911)
EIGHT(·kErf3, -0.376125336)
EIGHT(·kErf5, 0.112822309)
EIGHT(·kErf7, -0.0267819818)
EIGHT(·kErf9, 0.00501625845)
EIGHT(·kErf11, -0.000611142779)

// Activations. gelu by tanh is x·sigmoid(x·(kGelu1 + kGelu3·x²)), which has
// 2·√(2/π) and 0.044715 of that.
EIGHT(·kSeluScale, 1.05070099)
EIGHT(·kSeluAlpha, 1.75809934) // scale·alpha
EIGHT(·kGelu1, 1.59576912)
EIGHT(·kGelu3, 0.0713548163)
EIGHT(·kGelu9, 0.214064449)
EIGHT(·kGeluHi, 1.0e6)
EIGHT(·kMishHi, 20.0)

// Random numbers: units of the upper 24 and 23 bits, a quarter turn's 22 bits and
// half of them, and its unit π/2·2^-22.
EIGHT(·kUnit, 5.9604644775390625e-08)
EIGHT(·kUnit23, 1.1920928955078125e-07)
EIGHT(·kMinusTwo, -2.0)
EIGHT(·kQuarter, 0x3fffff)
EIGHT(·kEighth, 0x200000)
EIGHT(·kAngle, 3.74507039e-07)

// tailMask+32-4n has n elements set and 8-n clear.
DATA ·tailMask+0(SB)/8, $-1
DATA ·tailMask+8(SB)/8, $-1
DATA ·tailMask+16(SB)/8, $-1
DATA ·tailMask+24(SB)/8, $-1
DATA ·tailMask+32(SB)/8, $0
DATA ·tailMask+40(SB)/8, $0
DATA ·tailMask+48(SB)/8, $0
DATA ·tailMask+56(SB)/8, $0
GLOBL ·tailMask(SB), RODATA|NOPTR, $64
