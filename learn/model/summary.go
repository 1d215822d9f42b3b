package model

import (
	"fmt"
	"html"
	"strings"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// summaryRow is a line of the summary: a layer, or another use of one.
type summaryRow struct {
	layer, shape, params, from string
}

// summaryRows is the lines of the summary, of an unbuilt model without shapes.
func (m *Model) summaryRows() []summaryRow {
	var rows []summaryRow
	for _, l := range m.pending {
		rows = append(rows, summaryRow{layerText(l), "?", "?", ""})
	}
	if !m.chain() {
		for _, s := range m.inputs {
			rows = append(rows, summaryRow{s.Name() + " (Input)", noneShape(s.shape), "0", ""})
		}
	}
	seen := map[*Layer]bool{}
	for _, s := range m.order {
		r := summaryRow{layer: layerText(s.layer), shape: noneShape(s.shape), params: thousands(s.layer.NumParams())}
		if seen[s.layer] {
			r.params = "shared"
		}
		seen[s.layer] = true
		if !m.chain() {
			var from []string
			for _, x := range s.from {
				from = append(from, x.Name())
			}
			r.from = strings.Join(from, ", ")
		}
		rows = append(rows, r)
	}
	return rows
}

// chain reports whether each layer has what the one before gives.
func (m *Model) chain() bool {
	if m.pending != nil {
		return true
	}
	if len(m.inputs) != 1 || len(m.outputs) != 1 {
		return false
	}
	before := m.inputs[0]
	for _, s := range m.order {
		if len(s.from) != 1 || s.from[0] != before {
			return false
		}
		before = s
	}
	return true
}

func layerText(l *Layer) string { return l.Name() + " (" + l.Kind() + ")" }

// noneShape is a shape as Keras prints it: (None, 10).
func noneShape(row []int) string { return "(None" + strings.TrimPrefix(shapeOf(row), "(n") }

// thousands is a number with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// totals are the lines under the layers.
func (m *Model) totals() [][2]string {
	all, trained := m.NumParams(), m.NumTrainable()
	size := 4
	if m.dtype.Size() > 0 {
		size = m.dtype.Size()
	}
	with := func(n int) string { return thousands(n) + " (" + bytesText(n*size) + ")" }
	return [][2]string{{"Total params", with(all)}, {"Trainable params", with(trained)}, {"Non-trainable params", with(all - trained)}}
}

// bytesText is a size as Keras prints it.
func bytesText(n int) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.2f KB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.2f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.2f GB", float64(n)/(1<<30))
}

// Summary is the model as Keras prints it: each layer with the shape of its
// output and the number of its weights, and how many of them are trained.
// (MAD-27)
func (m *Model) Summary() string {
	if m.err != nil {
		return m.err.Error() + "\n"
	}
	rows := append([]summaryRow{{"Layer (type)", "Output Shape", "Param #", "Connected to"}}, m.summaryRows()...)
	last := 3
	if !m.chain() {
		last = 4
	}
	var widths [4]int
	for _, r := range rows {
		for j, cell := range r.cells() {
			widths[j] = max(widths[j], len([]rune(cell)))
		}
	}
	total := 1
	for _, w := range widths[:last] {
		total += w + 2
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Model: %q\n%s\n", m.name, strings.Repeat("_", total))
	for i, r := range rows {
		line := " "
		for j, cell := range r.cells()[:last] {
			line += cell + strings.Repeat(" ", widths[j]-len([]rune(cell))+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		if i == 0 {
			b.WriteString(strings.Repeat("=", total) + "\n")
		}
	}
	b.WriteString(strings.Repeat("=", total) + "\n")
	for _, t := range m.totals() {
		b.WriteString(t[0] + ": " + t[1] + "\n")
	}
	return b.String() + strings.Repeat("_", total) + "\n"
}

func (r summaryRow) cells() []string { return []string{r.layer, r.shape, r.params, r.from} }

// String is the summary.
func (m *Model) String() string { return m.Summary() }

// Display is the summary as text and as an HTML table.
func (m *Model) Display() show.Bundle {
	return show.Bundle{Data: map[string]any{show.MIMEText: m.Summary(), show.MIMEHTML: m.html()}}
}

func (m *Model) html() string {
	if m.err != nil {
		return "<p>" + html.EscapeString(m.err.Error()) + "</p>"
	}
	rows := m.summaryRows()
	g := grid.Grid{Caption: "Model " + m.name, Rows: len(rows), Untyped: true}
	heads := []string{"Layer (type)", "Output shape", "Params", "Connected to"}
	if m.chain() {
		heads = heads[:3]
	}
	for j, head := range heads {
		c := grid.Column{Name: head, Right: j == 2}
		for _, r := range rows {
			c.Cells = append(c.Cells, grid.Shorten(r.cells()[j], grid.Cell))
		}
		g.Columns = append(g.Columns, c)
	}
	var totals []string
	for _, t := range m.totals() {
		totals = append(totals, t[0]+": "+t[1])
	}
	return g.HTML() + "<p>" + strings.Join(totals, " · ") + "</p>"
}

var _ show.Displayer = (*Model)(nil)
