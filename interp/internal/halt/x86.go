package halt

import (
	"encoding/binary"
	"fmt"
)

// An inst is an instruction of amd64, as far as jumps go.
type inst struct {
	at     int // where it stands, in the function
	size   int
	leaves bool // it calls or returns
	jump   jump
	cond   byte // of a conditional jump: as the instruction has it
	rel    int  // of a direct one: from the instruction's end
	op     int  // where its opcode is, behind prefixes
	modrm  int  // where its ModRM byte is, 0: it has none
	rex    byte
	escape int // 0: opcode of one byte; 1: 0F; 2: 0F 38; 3: 0F 3A
	vex    bool
}

type jump uint8

const (
	none jump = iota
	always
	conditional
	indirect
)

// decode reads the instruction that code begins with.
func decode(code []byte) (in inst, err error) {
	defer func() {
		if recover() != nil { // the code ends before the instruction
			err = fmt.Errorf("halt: an instruction is cut: % x", code)
		}
	}()
	i, word := prefixes(code)
	in.op = in.opcode(code, i)
	op := code[in.op]
	i = in.op + 1
	modrm, imm, ok := shape(in.escape, op)
	if !ok {
		return in, fmt.Errorf("halt: unknown instruction % x", code[:min(len(code), 12)])
	}
	if modrm {
		in.modrm = i
		i += operand(code[i:])
	}
	in.size = i + in.immediate(code, op, imm, word)
	_ = code[in.size-1]
	in.jumps(code)
	return in, nil
}

// prefixes counts the bytes before a REX prefix or the opcode, and tells
// whether they make operands 16 bits wide.
func prefixes(code []byte) (n int, word bool) {
	for ; ; n++ {
		switch code[n] {
		case 0x66:
			word = true
		case 0xF0, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65:
		default:
			return n, word
		}
	}
}

// opcode finds where the opcode is, from i on.
func (in *inst) opcode(code []byte, i int) int {
	if code[i]&0xF0 == 0x40 {
		in.rex = code[i]
		i++
	}
	switch code[i] {
	case 0x0F:
		in.escape, i = 1, i+1
		switch code[i] {
		case 0x38:
			in.escape, i = 2, i+1
		case 0x3A:
			in.escape, i = 3, i+1
		}
	case 0xC5:
		in.vex, in.escape, i = true, 1, i+2
	case 0xC4:
		in.vex, in.escape, i = true, int(code[i+1]&0x1F), i+3
	case 0x62:
		in.vex, in.escape, i = true, int(code[i+1]&7), i+4
	}
	return i
}

// immediate is the size of the immediate operand, which imm describes.
func (in *inst) immediate(code []byte, op, imm byte, word bool) int {
	wide := 4
	if word {
		wide = 2
	}
	switch {
	case imm == immWide && !word && in.rex&8 != 0 && op >= 0xB8 && op <= 0xBF && in.escape == 0:
		return 8
	case imm == immWide:
		return wide
	case imm != immGroup:
		return int(imm)
	case code[in.modrm]>>3&7 >= 2: // test has an immediate operand, the others of its group none
		return 0
	case op == 0xF6:
		return 1
	}
	return wide
}

// Sizes of immediate operands beside 0 to 8.
const (
	immWide  = 20 + iota // 4 bytes, 2 or 8 by prefixes
	immGroup             // by the ModRM byte
)

// shape tells what follows an opcode; false: none that compiled code has.
func shape(escape int, op byte) (modrm bool, imm byte, ok bool) {
	switch escape {
	case 0:
		return shape1(op)
	case 1:
		return shape2(op)
	case 2:
		return true, 0, true
	case 3:
		return true, 1, true
	}
	return false, 0, false
}

// shape1 is shape for opcodes of one byte.
func shape1(op byte) (modrm bool, imm byte, ok bool) {
	switch {
	case op < 0x40:
		switch op & 7 {
		case 0, 1, 2, 3:
			return true, 0, true
		case 4:
			return false, 1, true
		case 5:
			return false, immWide, true
		}
		return false, 0, false
	case op >= 0x50 && op <= 0x5F, op >= 0x90 && op <= 0x99, op >= 0x9B && op <= 0x9F, op >= 0xA4 && op <= 0xA7, op >= 0xAA && op <= 0xAF,
		op == 0xC3, op == 0xC9, op == 0xCC, op == 0xF4, op >= 0xF8 && op <= 0xFD:
		return false, 0, true
	case op == 0x63, op >= 0x84 && op <= 0x8F, op >= 0xD0 && op <= 0xD3, op >= 0xD8 && op <= 0xDF, op == 0xFE, op == 0xFF:
		return true, 0, true
	case op == 0x68, op == 0xA9, op >= 0xB8 && op <= 0xBF, op == 0xE8, op == 0xE9:
		return false, immWide, true
	case op == 0x69, op == 0x81, op == 0xC7:
		return true, immWide, true
	case op == 0x6A, op >= 0x70 && op <= 0x7F, op == 0xA8, op >= 0xB0 && op <= 0xB7, op == 0xCD, op == 0xEB:
		return false, 1, true
	case op == 0x6B, op == 0x80, op == 0x83, op == 0xC0, op == 0xC1, op == 0xC6:
		return true, 1, true
	case op == 0xF6, op == 0xF7:
		return true, immGroup, true
	}
	return false, 0, false
}

// shape2 is shape for opcodes behind 0F.
func shape2(op byte) (modrm bool, imm byte, ok bool) {
	switch {
	case op == 0x05, op == 0x0B, op == 0x30, op == 0x31, op == 0x77, op == 0xA2, op >= 0xC8 && op <= 0xCF:
		return false, 0, true
	case op >= 0x80 && op <= 0x8F:
		return false, 4, true
	case op >= 0x70 && op <= 0x73, op == 0xA4, op == 0xAC, op == 0xBA, op == 0xC2, op >= 0xC4 && op <= 0xC6:
		return true, 1, true
	}
	return true, 0, true
}

// operand is the size of a ModRM byte with what belongs to it.
func operand(code []byte) int {
	mod, rm, n := code[0]>>6, code[0]&7, 1
	if mod == 3 {
		return n
	}
	if rm == 4 {
		if n++; mod == 0 && code[1]&7 == 5 {
			n += 4
		}
	} else if mod == 0 && rm == 5 {
		n += 4
	}
	switch mod {
	case 1:
		n++
	case 2:
		n += 4
	}
	return n
}

// jumps notes what a jump is.
func (in *inst) jumps(code []byte) {
	if in.vex {
		return
	}
	op := code[in.op]
	switch {
	case in.escape == 0 && op >= 0x70 && op <= 0x7F:
		in.jump, in.cond, in.rel = conditional, op&0xF, int(int8(code[in.size-1]))
	case in.escape == 1 && op >= 0x80 && op <= 0x8F:
		in.jump, in.cond, in.rel = conditional, op&0xF, int(int32(binary.LittleEndian.Uint32(code[in.size-4:])))
	case in.escape == 0 && op == 0xEB:
		in.jump, in.rel = always, int(int8(code[in.size-1]))
	case in.escape == 0 && op == 0xE9:
		in.jump, in.rel = always, int(int32(binary.LittleEndian.Uint32(code[in.size-4:])))
	case in.escape == 0 && op == 0xFF && code[in.modrm]>>3&7 == 4:
		in.jump = indirect
	case in.escape == 0 && (op == 0xE8 || op == 0xC3 || op == 0xFF && code[in.modrm]>>3&7 == 2):
		in.leaves = true
	}
}

// Flags of the processor.
const (
	carry    = 1 << 0
	parity   = 1 << 2
	zero     = 1 << 6
	sign     = 1 << 7
	overflow = 1 << 11
)

// holds reports whether a conditional jump is taken with these flags.
func holds(cond byte, flags uint64) bool {
	less := flags&sign != 0 != (flags&overflow != 0)
	var is bool
	switch cond >> 1 {
	case 0:
		is = flags&overflow != 0
	case 1:
		is = flags&carry != 0
	case 2:
		is = flags&zero != 0
	case 3:
		is = flags&(carry|zero) != 0
	case 4:
		is = flags&sign != 0
	case 5:
		is = flags&parity != 0
	case 6:
		is = less
	case 7:
		is = less || flags&zero != 0
	}
	return is != (cond&1 != 0)
}
