package tensor

import "slices"

// lane is the alignment of buffers, in elements.
const lane = 16

// A stretch is memory that is in use from a step to another.
type stretch struct {
	at, end     int
	first, last int
}

// A tenancy is a stretch that one buffer after the other uses, each made of the
// one before in its place.
type tenancy struct {
	stretch
	size    int
	buffers []*buffer
}

// place gives each temporary buffer a place in the arena, so that those that are
// in use at one time do not overlap.
func (p *Plan) place() {
	var floats, ints []*tenancy
	of := map[*buffer]*tenancy{}
	for i, s := range p.steps {
		heir := p.heir(s, i)
		for k, b := range s.out {
			if b == nil || b.role != temporary {
				continue
			}
			t := of[heir]
			if k > 0 || t == nil {
				t = &tenancy{size: roundUp(b.len())}
				t.first = b.first
				if b.ints {
					ints = append(ints, t)
				} else {
					floats = append(floats, t)
				}
			}
			t.buffers, t.last, of[b] = append(t.buffers, b), b.last, t
		}
	}
	p.arena, p.ints = pack(floats), pack(ints)
}

// pack places the largest first, each at the lowest place that is free all the
// while, and returns how much memory they need.
//
// Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference
// (2020): greedy by size.
func pack(all []*tenancy) (size int) {
	slices.SortStableFunc(all, func(a, b *tenancy) int { return b.size - a.size })
	var placed []stretch // in the order of their places
	for _, t := range all {
		for i := range placed {
			o := &placed[i]
			if o.first > t.last || t.first > o.last {
				continue
			}
			if o.at >= t.at+t.size {
				break
			}
			t.at = max(t.at, o.end)
		}
		t.end = t.at + t.size
		next, _ := slices.BinarySearchFunc(placed, t.at, func(o stretch, at int) int { return o.at - at })
		placed = slices.Insert(placed, next, t.stretch)
		size = max(size, t.end)
		for _, b := range t.buffers {
			b.at = t.at
		}
	}
	return size
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
