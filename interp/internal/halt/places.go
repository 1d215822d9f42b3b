package halt

import (
	"bytes"
	"errors"
)

// A Place is a jump at which code can be stopped.
type Place struct {
	Off  uint32 // of the jump, in the code
	size uint8
	jump jump
	cond byte
	was  byte  // the first byte
	rel  int32 // from the end of a direct jump

	// The operand of an indirect one: base + index<<scale + disp, in memory or,
	// if direct is set, the register base itself. Registers are numbers, 16 is
	// none, 17 the address of the next instruction.
	base, index, scale uint8
	direct             bool
	disp               int32

	entry bool // it is where a function begins
}

// Numbers that stand beside those of registers.
const (
	noReg = 16
	pcReg = 17
)

// Find lists the places of a function. Of jumps back it takes those over code
// that own reports; where own does not report the function, there are none.
// Jumps by tables may lead back, so all of them are places. A loop of the
// function's own that nothing leads out of is an error: the compiler leaves out
// of it, and of what comes before, whatever nobody can see.
func Find(code []byte, own func(from, to int) bool) ([]Place, error) {
	list, err := parse(code)
	if err != nil || !own(0, len(code)) {
		return nil, err
	}
	leaves := leaving(list)
	var places []Place
	begins := true
	for i, in := range list {
		if in.jump == none {
			continue
		}
		text, end := code[in.at:in.at+in.size], in.at+in.size
		p := Place{Off: uint32(in.at), size: uint8(in.size), jump: in.jump, cond: in.cond, was: text[0], rel: int32(in.rel)}
		p.entry = begins && in.jump == conditional && in.rel > 0 && i > 0 && comparesStack(code[list[i-1].at:in.at])
		begins = false
		switch {
		case in.jump == indirect:
			p.operand(text, in)
		case p.entry:
		case in.back() && own(in.target(), end) && !copies(code[in.target():end]):
			if !leaves[i] {
				return nil, errors.New("halt: a loop without an end")
			}
		default:
			continue
		}
		places = append(places, p)
	}
	return places, nil
}

// parse reads all instructions of a function.
func parse(code []byte) (list []inst, err error) {
	for at := 0; at < len(code); {
		in, err := decode(code[at:])
		if err != nil {
			return nil, err
		}
		in.at = at
		at += in.size
		list = append(list, in)
	}
	return list, nil
}

// target is where a direct jump leads.
func (in *inst) target() int { return in.at + in.size + in.rel }

// back reports a direct jump to an earlier place of the function. Others have
// places of their own.
func (in *inst) back() bool {
	return (in.jump == always || in.jump == conditional) && in.target() <= in.at && in.target() >= 0
}

// leaving reports the instructions from which one that calls, returns or jumps
// by a table can be reached.
func leaving(list []inst) []bool {
	index := make(map[int]int, len(list))
	for i, in := range list {
		index[in.at] = i
	}
	leaves := make([]bool, len(list))
	for changed := true; changed; {
		changed = false
		for i := len(list) - 1; i >= 0; i-- {
			in := &list[i]
			is := in.leaves || in.jump == indirect
			if in.jump != always && i+1 < len(list) {
				is = is || leaves[i+1]
			}
			if in.jump == always || in.jump == conditional {
				to, inside := index[in.target()]
				is = is || !inside || leaves[to]
			}
			if is && !leaves[i] {
				leaves[i], changed = true, true
			}
		}
	}
	return leaves
}

// comparesStack reports the comparison that functions begin with, of SP or what
// stands for it with the goroutine's bound: CMPQ SP, 16(R14) or R12, 16(R14).
func comparesStack(text []byte) bool {
	return bytes.Equal(text, []byte{0x49, 0x3B, 0x66, 0x10}) || bytes.Equal(text, []byte{0x4D, 0x3B, 0x66, 0x10})
}

// copies reports a loop that the compiler has made to copy or clear a large
// value: it moves words through X14 or from X15, adds to pointers and counts
// down.
func copies(loop []byte) bool {
	moves, counts := false, false
	for at := 0; at < len(loop); {
		in, err := decode(loop[at:])
		if err != nil {
			return false
		}
		op := loop[at+in.op]
		reg := byte(0)
		if in.modrm > 0 {
			reg = loop[at+in.modrm] >> 3 & 7
		}
		switch {
		case in.escape == 1 && (op == 0x10 || op == 0x11) && in.rex&4 != 0 && reg >= 6:
			moves = true
		case in.escape == 0 && (op == 0x83 || op == 0x81) && reg == 0: // ADDQ $n
		case in.escape == 0 && op == 0xFF && reg == 1: // DECL
			counts = true
		case in.jump == conditional && at+in.size == len(loop):
		default:
			return false
		}
		at += in.size
	}
	return moves && counts
}

// operand notes the operand of an indirect jump.
func (p *Place) operand(text []byte, in inst) {
	m := text[in.modrm:]
	mod, rm := m[0]>>6, m[0]&7
	p.base, p.index = rm|in.rex&1<<3, noReg
	rest := m[1:]
	switch {
	case mod == 3:
		p.direct = true
		return
	case rm == 4:
		sib := rest[0]
		rest = rest[1:]
		p.base, p.index, p.scale = sib&7|in.rex&1<<3, sib>>3&7|in.rex&2<<2, sib>>6
		if p.index == 4 {
			p.index = noReg
		}
		if sib&7 == 5 && mod == 0 {
			p.base, mod = noReg, 2
		}
	case rm == 5 && mod == 0:
		p.base, mod = pcReg, 2
	}
	switch mod {
	case 1:
		p.disp = int32(int8(rest[0]))
	case 2:
		p.disp = int32(rest[0]) | int32(rest[1])<<8 | int32(rest[2])<<16 | int32(rest[3])<<24
	}
}
