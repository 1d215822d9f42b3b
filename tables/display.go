package tables

import (
	"html"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// How much of a table is shown.
const (
	showAllRows  = 20 // up to this many rows are shown whole
	showEndRows  = 5  // else so many at each end
	showColumns  = 20 // more columns are cut in the middle
	showCell     = 60 // characters in a cell
	showElements = 6  // elements of a vector
	showName     = 40 // characters of a column's name
)

var _ show.Displayer = (*Table)(nil)

// Display shows the table as HTML and as text: how large it is, names, types,
// and the rows, of more than 20 the first five and the last five. Floats are
// shown to six decimals, long text and vectors cut. A failed table shows its
// error.
func (t *Table) Display() show.Bundle {
	return show.Bundle{Data: map[string]any{show.MIMEText: t.String(), show.MIMEHTML: t.html()}}
}

// A view is the part of a table that is shown, as text; cells[col][row].
type view struct {
	caption string
	names   []string
	types   []string
	right   []bool // numbers stand at the right
	rows    int
	cells   [][]string
	null    [][]bool
}

const ellipsis = "…"

func (t *Table) view() *view {
	v := &view{caption: group3(t.n) + " × " + group3(len(t.cols))}
	rows := shownRows(t.n)
	v.rows = len(rows)
	for i, c := range t.cols {
		if len(t.cols) > showColumns && i >= showColumns/2 && i < len(t.cols)-showColumns/2 {
			if i == showColumns/2 {
				v.gap(len(rows))
			}
			continue
		}
		v.column(c, rows)
	}
	return v
}

// shownRows lists the rows to show; -1 stands for those left out.
func shownRows(n int) []int {
	var rows []int
	if n <= showAllRows {
		for i := range n {
			rows = append(rows, i)
		}
		return rows
	}
	for i := range showEndRows {
		rows = append(rows, i)
	}
	rows = append(rows, -1)
	for i := n - showEndRows; i < n; i++ {
		rows = append(rows, i)
	}
	return rows
}

// gap is a column of dots for columns left out.
func (v *view) gap(rows int) {
	v.names, v.types, v.right = append(v.names, ellipsis), append(v.types, ""), append(v.right, false)
	cells := make([]string, rows)
	for i := range cells {
		cells[i] = ellipsis
	}
	v.cells, v.null = append(v.cells, cells), append(v.null, make([]bool, rows))
}

func (v *view) column(c *Col, rows []int) {
	v.names = append(v.names, shorten(c.name, showName))
	v.types = append(v.types, c.typ.String())
	v.right = append(v.right, c.typ.IsNumeric() || c.typ == Duration)
	cells, null := make([]string, len(rows)), make([]bool, len(rows))
	for i, r := range rows {
		switch {
		case r < 0:
			cells[i] = ellipsis
		case c.IsNull(r):
			cells[i], null[i] = "null", true
		default:
			cells[i] = shortCell(c, r)
		}
	}
	v.cells, v.null = append(v.cells, cells), append(v.null, null)
}

// shortCell is a cell's text, bounded whatever the cell holds.
func shortCell(c *Col, r int) string {
	switch s := c.data.(type) {
	case list:
		return shorten(formatVector(s.at(r), showElements), 2*showCell)
	case strs:
		text := s.at(r)
		return shorten(text[:min(len(text), 4*showCell+utf8.UTFMax)], showCell)
	case nums[float64]:
		return shortFloat(s.v[r], 64)
	case nums[float32]:
		return shortFloat(float64(s.v[r]), 32)
	}
	return formatCell(c, r)
}

// shortFloat rounds to six decimals, and small numbers to six digits.
func shortFloat(f float64, bits int) string {
	exact := formatFloat(f, bits)
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

// shorten cuts text to n characters and makes it one visible line.
func shorten(s string, n int) string {
	var b strings.Builder
	count := 0
	for _, r := range s {
		if count == n-1 && utf8.RuneCountInString(s) > n {
			b.WriteString(ellipsis)
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

// group3 writes 1338 as 1,338.
func group3(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// String is the table as text, the way Display shows it.
func (t *Table) String() string {
	if t.err != nil {
		return "error: " + t.err.Error()
	}
	v := t.view()
	var b strings.Builder
	b.WriteString(v.caption + "\n")
	if len(v.names) == 0 {
		return b.String()
	}
	width := make([]int, len(v.names))
	for c := range v.names {
		width[c] = max(cellWidth(v.names[c]), cellWidth(v.types[c]))
		for _, s := range v.cells[c] {
			width[c] = max(width[c], cellWidth(s))
		}
	}
	line := func(at func(c int) string) {
		var l strings.Builder
		for c := range v.names {
			if c > 0 {
				l.WriteString("  ")
			}
			s := at(c)
			pad := strings.Repeat(" ", width[c]-cellWidth(s))
			if v.right[c] {
				l.WriteString(pad + s)
			} else {
				l.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(func(c int) string { return v.names[c] })
	line(func(c int) string { return v.types[c] })
	line(func(c int) string { return strings.Repeat("─", width[c]) })
	for r := range v.rows {
		line(func(c int) string { return v.cells[c][r] })
	}
	return b.String()
}

// cellWidth is how many columns of a terminal a text takes, nearly: East Asian
// wide characters count twice, combining marks nothing.
func cellWidth(s string) int {
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
table.sheaf-table.sheaf-table caption{caption-side:top;text-align:left;padding:0 0 4px;color:var(--jp-ui-font-color2,inherit);opacity:.8}
table.sheaf-table.sheaf-table th,table.sheaf-table.sheaf-table td{border:none;padding:2px 10px;text-align:left;white-space:pre;max-width:60ch;overflow:hidden;text-overflow:ellipsis;background:transparent;color:inherit}
table.sheaf-table.sheaf-table thead th{font-weight:600;padding-bottom:0}
table.sheaf-table.sheaf-table thead tr.t td{font-size:11px;opacity:.6;padding-top:0;border-bottom:1px solid var(--jp-border-color1,rgba(128,128,128,.6))}
table.sheaf-table.sheaf-table tbody tr:nth-child(even){background:var(--jp-layout-color2,rgba(128,128,128,.08))}
table.sheaf-table.sheaf-table tbody tr:hover{background:var(--jp-rendermime-table-row-hover-background,rgba(128,128,128,.16))}
table.sheaf-table.sheaf-table th.r,table.sheaf-table.sheaf-table td.r{text-align:right}
table.sheaf-table.sheaf-table td.n{opacity:.45;font-style:italic}
.sheaf-error{color:var(--jp-error-color1,#c62828);font-family:var(--jp-code-font-family,monospace);white-space:pre-wrap}
</style>`

func (t *Table) html() string {
	if t.err != nil {
		return tableStyle + `<div class="sheaf-error">` + html.EscapeString(t.err.Error()) + `</div>`
	}
	v := t.view()
	var b strings.Builder
	b.WriteString(tableStyle + `<table class="sheaf-table"><caption>` + v.caption + "</caption>\n<thead><tr>")
	for c, name := range v.names {
		tag(&b, "th", v.class(c, false), name)
	}
	b.WriteString("</tr>\n<tr class=\"t\">")
	for c, typ := range v.types {
		tag(&b, "td", v.class(c, false), typ)
	}
	b.WriteString("</tr></thead>\n<tbody>")
	for r := range v.rows {
		b.WriteString("\n<tr>")
		for c := range v.names {
			tag(&b, "td", v.class(c, v.null[c][r]), v.cells[c][r])
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

func (v *view) class(c int, null bool) string {
	var names []string
	if v.right[c] {
		names = append(names, "r")
	}
	if null {
		names = append(names, "n")
	}
	return strings.Join(names, " ")
}

func tag(b *strings.Builder, name, class, text string) {
	b.WriteString("<" + name)
	if class != "" {
		b.WriteString(` class="` + class + `"`)
	}
	b.WriteString(">" + html.EscapeString(text) + "</" + name + ">")
}
