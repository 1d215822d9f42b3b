package plots

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/internal/near"
)

// scaleKind says how an axis or a channel reads the values of a column.
type scaleKind int

const (
	quantitative scaleKind = iota // numbers
	temporal                      // moments, as milliseconds since 1970 UTC
	nominal                       // names, as indexes into the column's levels
	slotted                       // the same, with room for places beside the indexes
)

// String names the kind as Vega-Lite does.
func (k scaleKind) String() string {
	return [...]string{"quantitative", "temporal", "nominal", "quantitative"}[k]
}

// holds names the kind as messages do.
func (k scaleKind) holds() string {
	return [...]string{"numbers", "moments", "names", "names"}[k]
}

// A column is one variable of a chart's data, ready to draw. A missing value
// is NaN in v (a nominal column: -1 in code).
type column struct {
	name    string
	kind    scaleKind
	integer bool      // v holds integers by type
	v       []float64 // quantitative and temporal values
	code    []int     // nominal: index into levels
	levels  []string  // nominal: names in order of first appearance
	exact   []int64   // what v holds, where that is too large to be exact

	whole *column               // that has these rows and others; nil: there are no others
	of    []int                 // which of its rows
	names *column               // what asNominal makes of a whole, for its parts
	edges map[binning][]float64 // of its bins, likewise
	bars  []int                 // which of its levels have bars, in their order, likewise
}

// A source is where a chart's columns come from. It is asked again whenever
// an option changes what the chart needs.
type source interface {
	// column returns the named column; the error names what is there.
	column(name string) (*column, error)
	// rows is the number of rows.
	rows() int
}

func (c *column) len() int {
	if c.kind == nominal {
		return len(c.code)
	}
	return len(c.v)
}

// newNominal codes names in order of first appearance.
func newNominal(name string, values []string) *column {
	code, levels := codeNames(values)
	return &column{name: name, kind: nominal, code: code, levels: levels}
}

// asNominal turns numbers and moments into names, in increasing order, and
// leaves a nominal column as it is.
func (c *column) asNominal() *column {
	if c.kind == nominal {
		return c
	}
	if c.whole != nil {
		if c.whole.names == nil {
			c.whole.names = c.whole.asNominal()
		}
		return c.whole.names.part(c.of)
	}
	if c.exact != nil {
		return c.exactNames()
	}
	code, values, _ := codeNumbers(c.v, math.MaxInt)
	out := &column{name: c.name, kind: nominal, code: code, levels: make([]string, len(values))}
	place := make([]int, len(values))
	for at, k := range ascending(values) {
		poll(at)
		place[k], out.levels[at] = at, c.label(values[k])
	}
	for i, k := range code {
		poll(i)
		if k >= 0 {
			code[i] = place[k]
		}
	}
	return out
}

// exactNames makes names of whole numbers that float64 would take for one another.
func (c *column) exactNames() *column {
	out := &column{name: c.name, kind: nominal, code: make([]int, len(c.exact))}
	place := map[int64]int{}
	for i, n := range c.exact {
		poll(i)
		if finite(c.v[i]) {
			place[n] = 0
		}
	}
	for k, n := range slices.Sorted(maps.Keys(place)) {
		place[n] = k
		out.levels = append(out.levels, strconv.FormatInt(n, 10))
	}
	for i, n := range c.exact {
		poll(i)
		out.code[i] = -1
		if finite(c.v[i]) {
			out.code[i] = place[n]
		}
	}
	return out
}

// part is some rows of the column. Names keep their places, and what a panel
// makes of all values, such as bins, is that of the whole, so that panels agree.
func (c *column) part(of []int) *column {
	d := *c
	d.whole, d.of = c, of
	d.v = pick(c.v, of)
	d.exact = nil // its names are those of the whole
	if c.kind == nominal {
		d.code = make([]int, len(of))
		for i, r := range of {
			poll(i)
			d.code[i] = c.code[r]
		}
	}
	return &d
}

// few reports whether there are at most so many different finite values.
func (c *column) few(limit int) bool {
	if c.whole != nil {
		return c.whole.few(limit)
	}
	x := newNumberIndex()
	for i, v := range c.v {
		poll(i)
		if finite(v) {
			x.code(v)
			if len(x.values) > limit {
				return false
			}
		}
	}
	return true
}

// label writes one value of the column as a category name.
func (c *column) label(v float64) string {
	if c.kind == temporal {
		return timeLabel(v)
	}
	if math.Abs(v) < 1e21 && v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', -1, 64) // 1200000, not 1.2e+06
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// plural counts things in a message: "1 row", "3 rows", "2 categories".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if strings.HasSuffix(one, "y") {
		return group(n) + " " + strings.TrimSuffix(one, "y") + "ies"
	}
	if strings.HasSuffix(one, "s") || strings.HasSuffix(one, "x") {
		return group(n) + " " + one + "es"
	}
	return group(n) + " " + one + "s"
}

// group writes n with thousands separators.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// finite reports whether v can be drawn: not NaN, and small enough that the
// range of an axis is finite too.
func finite(v float64) bool { return math.Abs(v) <= largest }

const largest = math.MaxFloat64 / 4

// memory is a source of columns given as slices.
type memory struct{ cols []*column }

func (m memory) column(name string) (*column, error) {
	names := make([]string, len(m.cols))
	for i, c := range m.cols {
		if c.name == name {
			return c, nil
		}
		names[i] = c.name
	}
	return nil, noColumn(name, names)
}

func (m memory) rows() int {
	if len(m.cols) == 0 {
		return 0
	}
	return m.cols[0].len()
}

// noColumn says that a column is missing, and which one may be meant.
func noColumn(name string, names []string) error {
	if near := nearest(name, names); near != "" {
		return fmt.Errorf("no column %q; did you mean %q?", name, near)
	}
	if len(names) == 0 {
		return fmt.Errorf("no column %q: the data has no columns", name)
	}
	const most = 12
	list := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		list += ", …"
	}
	return fmt.Errorf("no column %q; the columns are %s", name, list)
}

// nearest returns the name that want is a slip for, else the only one that
// contains it, else "".
func nearest(want string, names []string) string {
	best := near.Name(want, slices.Values(names))
	if best != "" || len([]rune(want)) < 3 {
		return best
	}
	parts := 0
	for _, n := range names {
		if strings.Contains(strings.ToLower(n), strings.ToLower(want)) {
			best = n
			parts++
		}
	}
	if parts != 1 {
		return "" // several would do
	}
	return best
}
