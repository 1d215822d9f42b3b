package classic

import (
	"fmt"
	"html"
	"strings"
	"text/tabwriter"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// summaryRows bounds what a model shows of itself.
const summaryRows = 40

// summary is a model in words: a headline and a grid whose first row is the
// header.
type summary struct {
	headline string
	grid     [][]string
	more     int // rows left out
}

func (s summary) text() string {
	var b strings.Builder
	b.WriteString(s.headline)
	if len(s.grid) == 0 {
		return b.String()
	}
	b.WriteByte('\n')
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range s.grid {
		fmt.Fprintln(w, strings.Join(row, "\t")+"\t")
	}
	w.Flush()
	if s.more > 0 {
		fmt.Fprintf(&b, "… and %d more columns\n", s.more)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (s summary) html() string {
	if len(s.grid) == 0 {
		return "<p><b>" + html.EscapeString(s.headline) + "</b></p>"
	}
	g := grid.Grid{Caption: s.headline, Rows: len(s.grid) - 1, Untyped: true}
	for j, name := range s.grid[0] {
		c := grid.Column{Name: grid.Shorten(name, grid.Name), Right: j > 0}
		for _, row := range s.grid[1:] {
			c.Cells = append(c.Cells, grid.Shorten(row[j], grid.Cell))
		}
		g.Columns = append(g.Columns, c)
	}
	more := ""
	if s.more > 0 {
		more = fmt.Sprintf("<p>… and %d more columns</p>", s.more)
	}
	return g.HTML() + more
}

func (s summary) bundle() show.Bundle {
	return show.Bundle{Data: map[string]any{show.MIMEText: s.text(), show.MIMEHTML: s.html()}}
}

func featureName(names []string, j int) string {
	if j < len(names) {
		return names[j]
	}
	return fmt.Sprintf("x%d", j)
}

func number(v float64) string { return fmt.Sprintf("%.6g", v) }

func (m *LinearRegression) summary() summary {
	if m.configErr != nil {
		return summary{headline: m.configErr.Error()}
	}
	if len(m.coef) == 0 {
		return summary{headline: "LinearRegression, not fitted"}
	}
	s := summary{headline: fmt.Sprintf("LinearRegression on %d rows: %d parameters, R² %.6f, RMSE %s",
		m.n, m.NumParams(), m.r2, number(m.rmse)), grid: [][]string{{"column", "coefficient"}}}
	if !m.config.noIntercept {
		s.grid = append(s.grid, []string{"intercept", number(m.intercept)})
	}
	for j, v := range m.coef {
		if j == summaryRows {
			s.more = len(m.coef) - j
			break
		}
		s.grid = append(s.grid, []string{featureName(m.names, j), number(v)})
	}
	return s
}

func (m *SoftmaxRegression) summary() summary {
	if m.configErr != nil {
		return summary{headline: m.configErr.Error()}
	}
	if m.coef == nil {
		return summary{headline: "SoftmaxRegression, not fitted"}
	}
	end := "converged"
	if !m.converged {
		end = "stopped, not converged,"
	}
	s := summary{headline: fmt.Sprintf("SoftmaxRegression on %d rows: %d parameters, accuracy %.4f, loss %s, %s after %d iterations",
		m.n, m.NumParams(), m.accuracy, number(m.history[len(m.history)-1]), end, len(m.history)-1)}
	const widest = 12
	head, intercept := []string{"column"}, []string{"intercept"}
	for a := range m.classes[:min(len(m.classes), widest)] {
		head = append(head, fmt.Sprintf("class %d", m.classes[a]))
		intercept = append(intercept, number(m.intercept[a]))
	}
	s.grid = [][]string{head, intercept}
	for j := range m.features() {
		if j == summaryRows {
			s.more = m.features() - j
			break
		}
		row := []string{featureName(m.names, j)}
		for a := range head[1:] {
			row = append(row, number(m.coef.At(a, j)))
		}
		s.grid = append(s.grid, row)
	}
	if len(m.classes) > widest {
		s.headline += fmt.Sprintf(" (the first %d of %d classes below)", widest, len(m.classes))
	}
	return s
}

// String is the fit in numbers and the coefficients.
func (m *LinearRegression) String() string { return m.summary().text() }

// Display is the summary as text and as an HTML table.
func (m *LinearRegression) Display() show.Bundle { return m.summary().bundle() }

// String is the fit in numbers and the weights, a column for each class.
func (m *SoftmaxRegression) String() string { return m.summary().text() }

// Display is the summary as text and as an HTML table.
func (m *SoftmaxRegression) Display() show.Bundle { return m.summary().bundle() }

var (
	_ Estimator      = (*LinearRegression)(nil)
	_ Estimator      = (*SoftmaxRegression)(nil)
	_ show.Displayer = (*LinearRegression)(nil)
	_ show.Displayer = (*SoftmaxRegression)(nil)
)
