package plots

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A lattice of many cells is written as the list of its values; where each
// stands follows from its place in the list. 40,000 rows with four edges each
// would be three megabytes.

const (
	latticeFrom = 300   // cells
	fineFrom    = 5_000 // cells, from which on a value is one of 256 steps
)

// lattice replaces the rows of a layer of cells by the list of their values, in
// steps from the least that is shown.
func (f *figure) lattice(l *layer, u object) {
	g := l.lattice
	if !g.long() {
		return
	}
	steps := 99_999.0
	if len(g.z) >= fineFrom {
		steps = 255
	}
	step := (l.shade.hi - l.shade.lo) / steps
	if step == 0 || g.whole() && step < 1 {
		step = 1
	}
	u["data"] = object{"values": []object{{"k": g.steps(l.shade.lo, step)}}}
	digits := math.Pow(10, math.Max(0, math.Round(-math.Log10(step))))
	value := fmt.Sprintf("%g+datum.k*%g", l.shade.lo, step)
	if finite(digits) && digits < 1e9 {
		value = fmt.Sprintf("round((%s)*%g)/%g", value, digits, digits)
	}
	u["transform"] = g.unfold(value)
}

// steps is the list of the values, as numbers of steps from lo.
func (g *cellGrid) steps(lo, step float64) json.RawMessage {
	b := []byte{'['}
	for i, v := range g.z {
		if i > 0 {
			b = append(b, ',')
		}
		if finite(v) {
			b = strconv.AppendFloat(b, math.Round((v-lo)/step), 'f', 0, 64)
		} else {
			b = append(b, "null"...)
		}
	}
	return append(b, ']')
}

// unfold makes rows of the list; value is the expression of a value.
func (g *cellGrid) unfold(value string) []object {
	calculate := func(as, how string) object { return object{"calculate": how, "as": as} }
	return []object{
		{"flatten": []string{"k"}},
		{"window": []object{{"op": "row_number", "as": "n"}}},
		{"filter": "datum.k!==null"},
		calculate("i", fmt.Sprintf("(datum.n-1)%%%d", g.nx)), calculate("j", fmt.Sprintf("floor((datum.n-1)/%d)", g.nx)),
		calculate("x", g.x.at("datum.i")), calculate("x2", g.x.at("datum.i+1")),
		calculate("y", g.y.at("datum.j")), calculate("y2", g.y.at("datum.j+1")),
		calculate("z", value),
		calculate("i0", string(marshal(g.x.names))+"[datum.i]"), calculate("i1", string(marshal(g.y.names))+"[datum.j]"),
	}
}

// long reports whether the lattice is written as a list.
func (g *cellGrid) long() bool { return g != nil && len(g.z) >= latticeFrom }

// whole reports whether all values are whole numbers.
func (g *cellGrid) whole() bool {
	return !slices.ContainsFunc(g.z, func(v float64) bool { return finite(v) && v != math.Trunc(v) })
}

// at is the expression of the edge that has the index.
func (s *side) at(index string) string {
	if s.edges == nil {
		return index + "-0.5"
	}
	return string(marshal(s.edges)) + "[" + index + "]"
}
