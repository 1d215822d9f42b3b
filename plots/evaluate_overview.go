package plots

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/tables"
)

// maxOverview is how many columns an [Overview] shows, and maxFrequent how many
// of their names.
const (
	maxOverview = 12
	maxFrequent = 6
)

// Overview draws the columns of a table, one panel for each: a histogram of
// numbers and moments, and for names the number of rows of the six most frequent.
// It shows the first twelve columns that can be drawn.
func Overview(t *tables.Table, opts ...Option) *Chart {
	return panelled("overview", append(overviewSays(t, opts), opts...), func(_ config, each []Option) ([]*Chart, error) {
		src, err := fromTable(t)
		if err != nil {
			return nil, err
		}
		if t.Len() == 0 {
			return nil, errors.New("no rows to draw")
		}
		var panels []*Chart
		drawable := 0
		for _, name := range t.Names() {
			if !drawableType(t, name) {
				continue
			}
			if drawable++; drawable > maxOverview {
				continue
			}
			panels = append(panels, columnPanel(t, src, name, each))
		}
		if drawable == 0 {
			return nil, fmt.Errorf("none of %s can be drawn; want numbers, text or moments", plural(len(t.Names()), "column"))
		}
		return panels, nil
	})
}

// drawableType reports whether a column is no vector or picture.
func drawableType(t *tables.Table, name string) bool {
	typ, _ := t.TypeOf(name)
	return typ.IsNumeric() || typ.IsTemporal() || typ == tables.String || typ == tables.Bool || typ == tables.Char
}

// overviewSays is the caption of an overview, unless the options have one.
func overviewSays(t *tables.Table, opts []Option) []Option {
	if t == nil || t.Err() != nil || slices.ContainsFunc(opts, func(o Option) bool { return o.name == "Subtitle" }) {
		return nil
	}
	names, drawable := t.Names(), 0
	if len(names) == 1 { // which says itself what is missing
		return nil
	}
	for _, n := range names {
		if drawableType(t, n) {
			drawable++
		}
	}
	text := fmt.Sprintf("%s, %s", plural(t.Len(), "row"), plural(len(names), "column"))
	if drawable > maxOverview {
		text += fmt.Sprintf("; the first %d are shown", maxOverview)
	}
	if n := len(names) - drawable; n > 0 {
		text += fmt.Sprintf("; %s of other types left out", group(n))
	}
	return []Option{Subtitle(text)}
}

// columnPanel draws one column.
func columnPanel(t *tables.Table, src source, name string, each []Option) *Chart {
	look := append([]Option{Width(200), Height(110)}, each...)
	c, err := src.column(name)
	if err != nil {
		return failed(drawnChart, err)
	}
	if c.kind != nominal {
		if !slices.ContainsFunc(c.v, finite) {
			return nothingPanel(c, look)
		}
		return Histogram(t, name, look...)
	}
	names, counts := frequentNames(c)
	if len(names) == 0 {
		return nothingPanel(c, look)
	}
	if missing := c.missing(); missing > 0 {
		look = append(look, Subtitle(fmt.Sprintf("%s left out: missing", plural(missing, "value"))))
	}
	bars := memory{[]*column{newNominal(name, names), {name: "rows", v: counts}}}
	return newChart(barChart, bars, name, "rows", nil, append([]Option{Horizontal()}, look...))
}

// frequentNames are the most frequent names, and the others as one.
func frequentNames(c *column) (names []string, counts []float64) {
	all := make([]float64, len(c.levels))
	for i, k := range c.code {
		poll(i)
		if k >= 0 {
			all[k]++
		}
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, asking(func(a, b int) int { return cmp.Compare(all[b], all[a]) }))
	shown := order[:min(maxFrequent, len(order))]
	if len(order) == maxFrequent+1 {
		shown = order // as many lines as with the others as one
	}
	rest := 0.0
	for _, k := range order[len(shown):] {
		rest += all[k]
	}
	for _, k := range shown {
		names, counts = append(names, c.levels[k]), append(counts, all[k])
	}
	if n := len(order) - len(shown); n > 0 {
		names, counts = append(names, group(n)+" others"), append(counts, rest)
	}
	return names, counts
}

// nothingPanel says that a column has no value.
func nothingPanel(c *column, look []Option) *Chart {
	return drawn("overview", func(d *drawing) error {
		d.bare = true
		d.layer = layer{mark: textMark, opacity: 1, silent: true, font: textFont{middle: true},
			series: []series{{fill: noteColor, x: []float64{0.5}, y: []float64{0.5}, text: []string{fmt.Sprintf("%s: no value", c.name)}}}}
		return nil
	}, look)
}
