// Package grid shows rows and columns of texts, as HTML and as text for a
// terminal: what tables, and values that can be laid out like them, look like.
package grid

import (
	"html"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How much of a table is shown.
const (
	AllRows = 20 // up to this many rows are shown whole
	EndRows = 5  // else so many at each end
	Columns = 20 // more columns are cut in the middle
	Cell    = 60 // characters in a cell
	Name    = 40 // characters of a column's name
)

// Ellipsis stands for what is left out.
const Ellipsis = "…"

// A Grid is what is to be shown.
type Grid struct {
	Caption string
	Columns []Column
	Rows    int  // the length of each column's cells
	Untyped bool // columns have no types
}

// A Column is one of a grid's.
type Column struct {
	Name, Type string
	Right      bool // as numbers stand
	Cells      []string
	Null       []bool   // cells that hold nothing; nil: none
	Rich       []string // HTML in place of a cell's text, where not empty; nil: none
}

// Gap is a column that stands for columns left out.
func Gap(rows int) Column {
	c := Column{Name: Ellipsis, Cells: make([]string, rows)}
	for i := range c.Cells {
		c.Cells[i] = Ellipsis
	}
	return c
}

// Middle tells, of column i of n, whether it is left out, and whether the gap
// stands in its place.
func Middle(i, n int) (out, gap bool) {
	out = n > Columns && i >= Columns/2 && i < n-Columns/2
	return out, out && i == Columns/2
}

// Shown lists the rows to show; -1 stands for those left out.
func Shown(n int) []int {
	var rows []int
	if n <= AllRows {
		for i := range n {
			rows = append(rows, i)
		}
		return rows
	}
	for i := range EndRows {
		rows = append(rows, i)
	}
	rows = append(rows, -1)
	for i := n - EndRows; i < n; i++ {
		rows = append(rows, i)
	}
	return rows
}

// Exact is the shortest text that reads back as the same number.
func Exact(f float64, bits int) string {
	s := strconv.FormatFloat(f, 'g', -1, bits)
	if strings.IndexByte(s, 'e') >= 0 {
		if a := math.Abs(f); a >= 1e-5 && a < 1e16 {
			s = strconv.FormatFloat(f, 'f', -1, bits)
		}
	}
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

// Float rounds to six decimals, and small numbers to six digits.
func Float(f float64, bits int) string {
	exact := Exact(f, bits)
	a := math.Abs(f)
	switch {
	case len(exact) <= 9 || math.IsNaN(f) || math.IsInf(f, 0):
		return exact
	case a < 1e-4 || a >= 1e15:
		return strconv.FormatFloat(f, 'g', 7, bits)
	}
	decimals := 6
	for x := a; x < 0.1; x *= 10 {
		decimals++
	}
	s := strings.TrimRight(strconv.FormatFloat(f, 'f', decimals, bits), "0")
	if strings.HasSuffix(s, ".") {
		s += "0"
	}
	return s
}

// Shorten cuts text to n characters and makes it one visible line.
func Shorten(s string, n int) string {
	var b strings.Builder
	count := 0
	for _, r := range s {
		if count == n-1 && utf8.RuneCountInString(s) > n {
			b.WriteString(Ellipsis)
			break
		}
		switch {
		case r == '\n':
			r = '⏎'
		case r == '\t', unicode.IsControl(r):
			r = ' '
		case unicode.Is(unicode.Bidi_Control, r):
			r = '�'
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// Group writes 1338 as 1,338.
func Group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Text lays the grid out for a terminal.
func (g *Grid) Text() string {
	var b strings.Builder
	b.WriteString(g.Caption + "\n")
	if len(g.Columns) == 0 {
		return b.String()
	}
	width := make([]int, len(g.Columns))
	for i, c := range g.Columns {
		width[i] = max(Width(c.Name), Width(c.Type))
		for _, s := range c.Cells {
			width[i] = max(width[i], Width(s))
		}
	}
	line := func(at func(i int) string) {
		var l strings.Builder
		for i, c := range g.Columns {
			if i > 0 {
				l.WriteString("  ")
			}
			s := at(i)
			pad := strings.Repeat(" ", width[i]-Width(s))
			if c.Right {
				l.WriteString(pad + s)
			} else {
				l.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(func(i int) string { return g.Columns[i].Name })
	if !g.Untyped {
		line(func(i int) string { return g.Columns[i].Type })
	}
	line(func(i int) string { return strings.Repeat("─", width[i]) })
	for r := range g.Rows {
		line(func(i int) string { return g.Columns[i].Cells[r] })
	}
	return b.String()
}

// Width is how many columns of a terminal a text takes, nearly: East Asian
// wide characters count twice, combining marks nothing.
func Width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case r >= 0x1100 && (r <= 0x115f || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
			r >= 0xff01 && r <= 0xff60 || r >= 0x1f300 && r <= 0x1faff):
			n += 2
		default:
			n++
		}
	}
	return n
}

// The style is scoped by its class, and its colours come from JupyterLab's
// theme where there is one, else from the page. The class is named twice to
// outweigh JupyterLab's own rules for cells of tables.
const tableStyle = `<style>
table.sheaf-table{border-collapse:collapse;border:none;font-size:12px;line-height:1.4;color:inherit;background:transparent;font-variant-numeric:tabular-nums}
table.sheaf-table.sheaf-table caption{caption-side:top;text-align:left;white-space:nowrap;width:0;padding:0 0 4px;color:var(--jp-ui-font-color2,inherit)}
table.sheaf-table.sheaf-table th,table.sheaf-table.sheaf-table td{border:none;padding:2px 10px;text-align:left;white-space:pre;max-width:60ch;overflow:hidden;text-overflow:ellipsis;background:transparent;color:inherit}
table.sheaf-table.sheaf-table thead th{font-weight:600;padding-bottom:0}
table.sheaf-table.sheaf-table thead tr.t td{font-size:11px;opacity:.6;padding-top:0;border-bottom:1px solid var(--jp-border-color1,rgba(128,128,128,.6))}
table.sheaf-table.sheaf-table tbody tr:nth-child(even){background:var(--jp-rendermime-table-row-background,rgba(128,128,128,.08))}
table.sheaf-table.sheaf-table tbody tr:hover{background:var(--jp-rendermime-table-row-hover-background,rgba(128,128,128,.16))}
table.sheaf-table.sheaf-table th.r,table.sheaf-table.sheaf-table td.r{text-align:right}
table.sheaf-table.sheaf-table td.n{opacity:.6;font-style:italic}
.sheaf-error{color:var(--jp-error-color1,#c62828);font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);line-height:var(--jp-code-line-height,1.3);white-space:pre-wrap}
</style>`

// leftStyle is what texts need where the style sheet does not come along, as in
// the outputs of a notebook that JupyterLab does not trust: it has its cells
// stand on the right.
const leftStyle = "text-align:left"

// HTML is the grid as a table that brings its style along.
func (g *Grid) HTML() string {
	var b strings.Builder
	b.WriteString(tableStyle + `<table class="sheaf-table" style="font-size:12px"><caption style="` + leftStyle + `">` + html.EscapeString(g.Caption) + "</caption>\n<thead><tr>")
	for _, c := range g.Columns {
		tag(&b, "th", c.class(false), c.Right, html.EscapeString(c.Name))
	}
	if !g.Untyped {
		b.WriteString("</tr>\n<tr class=\"t\">")
		for _, c := range g.Columns {
			tag(&b, "td", c.class(false), c.Right, html.EscapeString(c.Type))
		}
	}
	b.WriteString("</tr></thead>\n<tbody>")
	for r := range g.Rows {
		b.WriteString("\n<tr>")
		for _, c := range g.Columns {
			content := html.EscapeString(c.Cells[r])
			if c.Rich != nil && c.Rich[r] != "" {
				content = c.Rich[r]
			}
			tag(&b, "td", c.class(c.Null != nil && c.Null[r]), c.Right, content)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// ErrorHTML is why there is nothing to show.
func ErrorHTML(text string) string {
	return tableStyle + `<div class="sheaf-error">` + html.EscapeString(text) + `</div>`
}

func (c *Column) class(null bool) string {
	var names []string
	if c.Right {
		names = append(names, "r")
	}
	if null {
		names = append(names, "n")
	}
	return strings.Join(names, " ")
}

func tag(b *strings.Builder, name, class string, right bool, content string) {
	b.WriteString("<" + name)
	if class != "" {
		b.WriteString(` class="` + class + `"`)
	}
	if !right {
		b.WriteString(` style="` + leftStyle + `"`)
	}
	b.WriteString(">" + content + "</" + name + ">")
}
