package tables

import (
	"errors"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// compute gives the first row of each group (-1 where there is none) and the
// results of all calls, by their names.
func (r *aggRun) compute() (first []int32, results []*Col, err error) {
	g, err := groupingOf(r.keys, r.t.n)
	if err != nil {
		return nil, nil, err
	}
	var flow, rest []*aggCall // chunk by chunk, and of all rows at once
	whole := false
	for _, c := range r.calls {
		if err := c.prepare(r); err != nil {
			return nil, nil, err
		}
		if c.make != nil {
			flow = append(flow, c)
			continue
		}
		rest = append(rest, c)
		whole = whole || c.kind.name != "first"
	}
	workers := workersFor(r.t.n)
	if r.user() {
		workers = 1
	}
	if whole || g.parts == 1 && g.way != wayShared && workers > 1 && len(flow) > 1 || g.way == wayShared && g.key.loose {
		all := g.all()
		g.known, g.way = all, wayKnown
		g.cut(len(all.first))
	}
	done := make(map[*aggCall]*Col, len(r.calls))
	if first, err = r.flow(g, flow, workers, done); err != nil {
		return nil, nil, err
	}
	m := &members{of: groups{g.known.ids, first}}
	for _, c := range rest {
		if c.kind.list != nil {
			done[c] = c.kind.list(c, m)
		} else {
			done[c] = c.kind.rows(c, first, &g.known)
		}
	}
	for _, c := range r.calls {
		named := done[c].renamed(c.name)
		results = append(results, &named)
	}
	return first, results, nil
}

func (r *aggRun) user() bool {
	for _, c := range r.calls {
		if c.rows != nil && c.rows.user {
			return true
		}
	}
	return false
}

// flow computes the calls that go chunk by chunk.
func (r *aggRun) flow(g *grouping, calls []*aggCall, workers int, done map[*aggCall]*Col) (first []int32, err error) {
	if g.way == wayKnown && g.parts < workers && len(calls) > 1 {
		return r.callByCall(g.whole(), calls, workers, done)
	}
	if g.way == wayShared {
		return r.flowShared(g, calls, workers, done)
	}
	f := newAggFlow(r, g, calls)
	if err := f.run(workers); err != nil {
		return nil, err
	}
	if f.clash.Load() {
		return r.flowExactly(g, calls, workers, done)
	}
	first, accs := f.results()
	for i, c := range calls {
		done[c] = accs[i].column(c.typ)
	}
	return first, nil
}

// flowExactly is flow after different texts were taken for the same.
func (r *aggRun) flowExactly(g *grouping, calls []*aggCall, workers int, done map[*aggCall]*Col) (first []int32, err error) {
	g.known, g.way = g.exactly(), wayKnown
	g.cut(len(g.known.first))
	return r.flow(g, calls, workers, done)
}

// callByCall gives each goroutine calls of its own.
func (r *aggRun) callByCall(g *grouping, calls []*aggCall, workers int, done map[*aggCall]*Col) (first []int32, err error) {
	cols, errs := make([]*Col, len(calls)), make([]error, len(calls))
	var claimed atomic.Int64
	interrupt.Together(min(workers, len(calls)), func(int) {
		for i := int(claimed.Add(1)) - 1; i < len(calls); i = int(claimed.Add(1)) - 1 {
			f := newAggFlow(r, g, calls[i:i+1])
			if errs[i] = f.run(1); errs[i] == nil {
				_, accs := f.results()
				cols[i] = accs[0].column(calls[i].typ)
			}
		}
	})
	for i, c := range calls {
		done[c] = cols[i]
	}
	return g.known.first, errors.Join(errs...)
}

// An aggFlow runs over the rows once.
type aggFlow struct {
	r      *aggRun
	g      *grouping
	calls  []*aggCall
	accs   [][]acc // of each part
	firsts [][]int32
	errs   []error
	clash  atomic.Bool
}

func newAggFlow(r *aggRun, g *grouping, calls []*aggCall) *aggFlow {
	return &aggFlow{r: r, g: g, calls: calls, accs: make([][]acc, g.parts), firsts: make([][]int32, g.parts), errs: make([]error, g.parts)}
}

func (f *aggFlow) run(workers int) error {
	f.g.each(workers, func() func(part, lo, hi int) {
		nodes := make([][]node, len(f.calls))
		var failure error
		for i, c := range f.calls {
			if nodes[i], failure = c.own(); failure != nil {
				break
			}
		}
		return func(part, lo, hi int) {
			if f.errs[part] = failure; failure == nil {
				f.errs[part] = f.part(part, lo, hi, nodes)
			}
		}
	})
	return errors.Join(f.errs...)
}

// part runs over the rows of one part.
func (f *aggFlow) part(part, lo, hi int, nodes [][]node) (err error) {
	at := 0 // the call that is being computed
	defer func() { err = evalFailure(recover(), f.calls, at, err) }()
	accs := make([]acc, len(f.calls))
	for i, c := range f.calls {
		accs[i] = c.make()
	}
	m := f.g.numberer()
	ids, args := make([]uint32, chunkRows), make([]vec, 2)
	for ; lo < hi; lo += chunkRows {
		interrupt.Check()
		k := min(chunkRows, hi-lo)
		m.number(lo, ids[:k])
		groups := len(m.firsts())
		for i, a := range accs {
			at = i
			for j, n := range nodes[i] {
				args[j] = n.eval(lo, k)
			}
			a.grow(groups)
			a.add(ids[:k], args)
		}
	}
	if m.clash() {
		f.clash.Store(true)
	}
	f.accs[part], f.firsts[part] = accs, m.firsts()
	return nil
}

// results puts the parts together.
func (f *aggFlow) results() (first []int32, accs []acc) {
	if f.g.parts == 1 {
		first, accs = f.firsts[0], f.accs[0]
		if len(first) == 0 && len(f.g.keys) == 0 {
			first = []int32{-1}
		}
		for _, a := range accs {
			a.grow(len(first))
		}
		return first, accs
	}
	var to [][]uint32
	if f.g.way == wayKnown {
		first = f.g.known.first
		to = make([][]uint32, f.g.parts)
		same := uncleared[uint32](len(first))
		for i := range same {
			same[i] = uint32(i)
		}
		for p := range to {
			to[p] = same
		}
	} else {
		to, first = f.g.together(f.firsts)
	}
	for i, c := range f.calls {
		sum := c.make()
		sum.grow(len(first))
		for p, from := range f.accs {
			interrupt.Check()
			sum.merge(from[i], to[p])
		}
		accs = append(accs, sum)
	}
	return first, accs
}

// evalFailure is the error that a panic of a formula stands for.
func evalFailure(panicked any, calls []*aggCall, at int, err error) error {
	switch p := panicked.(type) {
	case nil:
		return err
	case evalError:
		return &FormulaError{Formula: calls[at].src, Offset: p.pos, Message: p.msg, cause: p.cause}
	}
	panic(panicked)
}
