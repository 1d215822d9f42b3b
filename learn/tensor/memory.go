package tensor

import "slices"

// lane is the alignment of buffers, in elements.
const lane = 16

// place gives each temporary buffer a place in the arena, so that those that
// are in use at one time do not overlap. The first gap that is large enough
// serves.
func (p *Plan) place() {
	var floats, ints space
	ends := make([][]*buffer, len(p.steps))
	for _, b := range p.buffers {
		if b.role == temporary && b.last < len(p.steps) {
			ends[b.last] = append(ends[b.last], b)
		}
	}
	of := func(b *buffer) *space {
		if b.ints {
			return &ints
		}
		return &floats
	}
	for i, s := range p.steps {
		heir := p.heir(s, i)
		for k, b := range s.out {
			switch {
			case b == nil || b.role != temporary:
			case k == 0 && heir != nil:
				b.at = heir.at
			default:
				b.at = of(b).take(roundUp(b.len()))
			}
		}
		for _, b := range ends[i] {
			if b != heir {
				of(b).give(b.at, roundUp(b.len()))
			}
		}
	}
	p.arena, p.ints = floats.size, ints.size
}

// heir is an operand of a step of elements whose memory its result may take,
// as nobody reads it later.
func (p *Plan) heir(s *step, at int) *buffer {
	if s.kind != kindElements || s.out[0].role != temporary {
		return nil
	}
	for _, o := range s.in {
		if o.role == temporary && !o.ints && o.last == at && o.first < at && o.len() == s.out[0].len() {
			return o.buffer
		}
	}
	return nil
}

func roundUp(n int) int { return (n + lane - 1) / lane * lane }

// A space hands out ranges of a memory that grows as it must.
type space struct {
	size int
	gaps []gap // sorted, none touches the next
}

type gap struct{ from, to int }

func (s *space) take(n int) int {
	for i := range s.gaps {
		if g := &s.gaps[i]; g.to-g.from >= n {
			at := g.from
			if g.from += n; g.from == g.to {
				s.gaps = slices.Delete(s.gaps, i, i+1)
			}
			return at
		}
	}
	if k := len(s.gaps); k > 0 && s.gaps[k-1].to == s.size { // the last gap grows
		at := s.gaps[k-1].from
		s.gaps = s.gaps[:k-1]
		s.size = at + n
		return at
	}
	at := s.size
	s.size += n
	return at
}

func (s *space) give(at, n int) {
	if n == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(s.gaps, at, func(g gap, at int) int { return g.from - at })
	s.gaps = slices.Insert(s.gaps, i, gap{at, at + n})
	if i+1 < len(s.gaps) && s.gaps[i].to == s.gaps[i+1].from {
		s.gaps[i].to = s.gaps[i+1].to
		s.gaps = slices.Delete(s.gaps, i+1, i+2)
	}
	if i > 0 && s.gaps[i-1].to == s.gaps[i].from {
		s.gaps[i-1].to = s.gaps[i].to
		s.gaps = slices.Delete(s.gaps, i, i+1)
	}
}
