package model

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/tables"
)

// A History is what Fit saw: a value of each metric for each epoch, the loss
// first; those of validation begin with "val_".
type History struct {
	names   []string
	values  [][]float64 // by metric
	took    []time.Duration
	stopped string
}

func newHistory(names ...string) *History {
	return &History{names: names, values: make([][]float64, len(names))}
}

// add adds an epoch, with a value for each metric.
func (h *History) add(values []float64, took time.Duration) {
	for i, v := range values {
		h.values[i] = append(h.values[i], v)
	}
	h.took = append(h.took, took)
}

// stop notes why Fit ended before its last epoch; the first reason stays.
func (h *History) stop(reason string) {
	if h.stopped == "" {
		h.stopped = reason
	}
}

// interrupted is the reason of a Fit that the user has ended.
const interrupted = "interrupted"

// Names are those of the metrics, in the order of the table.
func (h *History) Names() []string { return slices.Clone(h.names) }

// Metric is the values of a metric, one for each epoch; nil if there is none of
// that name.
func (h *History) Metric(name string) []float64 {
	if at := slices.Index(h.names, name); at >= 0 {
		return slices.Clone(h.values[at])
	}
	return nil
}

// Epochs is how many epochs there were.
func (h *History) Epochs() int { return len(h.took) }

// Last is the last value of a metric, NaN if there is none.
func (h *History) Last(name string) float64 {
	v := h.Metric(name)
	if len(v) == 0 {
		return math.NaN()
	}
	return v[len(v)-1]
}

// Best is the epoch, counted from 1, in which a metric was best, and its value
// there: the largest of accuracies and their like, the smallest of losses and
// errors. The first of equal ones counts. Without a value the epoch is 0.
func (h *History) Best(name string) (epoch int, value float64) {
	value = math.NaN()
	for i, v := range h.Metric(name) {
		if epoch == 0 && v == v || better(v, value, 0, lowerIsBetter(name)) {
			epoch, value = i+1, v
		}
	}
	return epoch, value
}

// better reports whether a metric has improved by more than delta.
func better(v, than, delta float64, lower bool) bool {
	if lower {
		return v < than-delta
	}
	return v > than+delta
}

// Stopped says why Fit ended before its last epoch, "" if it did not.
func (h *History) Stopped() string { return h.stopped }

// Took is how long all epochs took.
func (h *History) Took() time.Duration {
	var sum time.Duration
	for _, d := range h.took {
		sum += d
	}
	return sum
}

// Table is the history as a table with the columns "epoch", counted from 1, one
// for each metric, and "seconds".
func (h *History) Table() *tables.Table {
	epochs, seconds := make([]int, h.Epochs()), make([]float64, h.Epochs())
	for i, d := range h.took {
		epochs[i], seconds[i] = i+1, d.Seconds()
	}
	cols := []tables.Col{tables.Ints("epoch", epochs...)}
	for i, name := range h.names {
		cols = append(cols, tables.Floats(name, h.values[i]...))
	}
	return tables.New(append(cols, tables.Floats("seconds", seconds...))...)
}

func (h *History) caption() string {
	s := fmt.Sprintf("%d epochs in %v", h.Epochs(), h.Took().Round(time.Millisecond))
	if h.Epochs() == 1 {
		s = "1 epoch in " + h.Took().Round(time.Millisecond).String()
	}
	if h.stopped != "" {
		s += "; " + h.stopped
	}
	return s
}

// grid is the first and the last epochs.
func (h *History) grid() *grid.Grid {
	rows := grid.Shown(h.Epochs())
	column := func(name string, cell func(i int) string) grid.Column {
		c := grid.Column{Name: grid.Shorten(name, grid.Name), Right: true}
		for _, i := range rows {
			if i < 0 {
				c.Cells = append(c.Cells, grid.Ellipsis)
			} else {
				c.Cells = append(c.Cells, cell(i))
			}
		}
		return c
	}
	g := &grid.Grid{Caption: h.caption(), Rows: len(rows), Untyped: true}
	g.Columns = append(g.Columns, column("epoch", func(i int) string { return grid.Group(i + 1) }))
	for k, name := range h.names {
		g.Columns = append(g.Columns, column(name, func(i int) string { return metricText(h.values[k][i]) }))
	}
	return g
}

// metricText is a value of a metric with four digits after the point, or in
// powers of ten if that would show nothing, as Keras prints it.
func metricText(v float64) string {
	if v != 0 && math.Abs(v) < 1e-3 || math.Abs(v) >= 1e9 {
		return fmt.Sprintf("%.4e", v)
	}
	return fmt.Sprintf("%.4f", v)
}

// String is the first and the last epochs as text.
func (h *History) String() string { return strings.TrimRight(h.grid().Text(), "\n") }

// Display is the first and the last epochs as a table.
func (h *History) Display() show.Bundle {
	g := h.grid()
	return show.Bundle{Data: map[string]any{show.MIMEText: strings.TrimRight(g.Text(), "\n"), show.MIMEHTML: g.HTML()}}
}

var _ show.Displayer = (*History)(nil)
