package tables

import (
	"errors"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// flowShared computes calls share by share: the arguments are dealt out as the
// rows were, so that the values of a share's groups are near to one another.
func (r *aggRun) flowShared(g *grouping, calls []*aggCall, workers int, done map[*aggCall]*Col) (first []int32, err error) {
	s := newShared(g.key, g.n)
	if s.clash {
		return r.flowExactly(g, calls, workers, done)
	}
	for _, c := range calls {
		a := c.make()
		a.grow(len(s.first))
		args, err := c.deal(s, workers)
		if err != nil {
			return nil, err
		}
		s.eachShare(func() func(int) {
			ids := make([]uint32, shareBlock)
			return func(share int) { s.add(share, a, args, ids) }
		})
		done[c] = a.column(c.typ).take(s.order)
	}
	return s.first, nil
}

// A dealtArg is an argument as one worker dealt it out; nil is what nothing
// needs.
type dealtArg struct {
	bits []uint64 // of integers and floats
	null []bool
}

// deal deals out the arguments: args[w] are those of worker w.
func (c *aggCall) deal(s *shared, workers int) (args [][]dealtArg, err error) {
	args, errs := make([][]dealtArg, s.workers), make([]error, s.workers)
	one := func(w int) {
		nodes, err := c.own()
		if err == nil {
			args[w] = make([]dealtArg, len(nodes))
			for i, n := range nodes {
				if err = c.dealOne(s, w, n, &args[w][i]); err != nil {
					break
				}
			}
		}
		errs[w] = err
	}
	if workers == 1 { // an interpreter may run functions of the formula
		for w := range s.workers {
			one(w)
		}
	} else {
		interrupt.Together(s.workers, one)
	}
	return args, errors.Join(errs...)
}

// dealOne deals out a worker's rows of one argument.
func (c *aggCall) dealOne(s *shared, w int, n node, to *dealtArg) (err error) {
	defer func() { err = evalFailure(recover(), []*aggCall{c}, 0, err) }()
	d := &s.dealt[w]
	r := d.replay()
	places := make([]int32, chunkRows)
	lo, end := s.rangeOf(w)
	for ; lo < end; lo += chunkRows {
		interrupt.Check()
		k := min(chunkRows, end-lo)
		v := n.eval(lo, k)
		for i, share := range s.share[lo : lo+k] {
			places[i] = int32(r.place(share))
		}
		x := v.bits(n.typ(), k)
		if x != nil {
			if to.bits == nil {
				to.bits = uncleared[uint64](len(d.memory))
			}
			for i, p := range places[:k] {
				to.bits[p] = x[i]
			}
		}
		if v.null != nil && to.null == nil {
			to.null = cleared[bool](len(d.memory))
		}
		if to.null != nil && v.null != nil {
			for i, p := range places[:k] {
				to.null[p] = v.null[i]
			}
		}
	}
	return nil
}

// bits are the bits of integers or floats.
func (v vec) bits(t Type, n int) []uint64 {
	switch {
	case t.IsFloat() && v.f != nil:
		return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(v.f))), n)
	case v.i != nil:
		return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(v.i))), n)
	}
	return nil
}

// vec is a part of what was dealt out.
func (a *dealtArg) vec(from, n int) (v vec) {
	if a.bits != nil {
		part := a.bits[from : from+n]
		v.i = unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(part))), n)
		v.f = unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(part))), n)
	}
	if a.null != nil {
		v.null = a.null[from : from+n]
	}
	return v
}

// add adds the rows of one share; ids is memory for a block.
func (s *shared) add(share int, a acc, args [][]dealtArg, ids []uint32) {
	vecs, base := make([]vec, 2), uint32(s.base[share])
	for w := range s.dealt {
		d := &s.dealt[w]
		d.each(share, func(from, rows int) {
			for i, id := range d.ids[2*from : 2*from+rows] {
				ids[i] = base + id
			}
			for j := range args[w] {
				vecs[j] = args[w][j].vec(from, rows)
			}
			a.add(ids[:rows], vecs)
		})
	}
}
