package tables

import (
	"encoding/base64"
	"fmt"
	"html"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// showElements is how many elements of a vector are shown.
const showElements = 6

var _ show.Displayer = (*Table)(nil)

// Display shows the table as HTML and as text: how large it is, names, types,
// and the rows, of more than 20 the first five and the last five. Floats are
// shown to six decimals, long text and vectors cut. A failed table shows its
// error. Images are shown as thumbnails of 64 pixels at most.
func (t *Table) Display() show.Bundle {
	return show.Bundle{Data: map[string]any{show.MIMEText: t.String(), show.MIMEHTML: t.html()}}
}

func (t *Table) grid() *grid.Grid {
	g := &grid.Grid{Caption: grid.Group(t.n) + " × " + grid.Group(len(t.cols))}
	rows := grid.Shown(t.n)
	g.Rows = len(rows)
	for i, c := range t.cols {
		out, gap := grid.Middle(i, len(t.cols))
		switch {
		case gap:
			g.Columns = append(g.Columns, grid.Gap(len(rows)))
		case !out:
			g.Columns = append(g.Columns, shownColumn(c, rows))
		}
	}
	return g
}

func shownColumn(c *Col, rows []int) grid.Column {
	col := grid.Column{
		Name: grid.Shorten(c.name, grid.Name), Type: c.typ.String(), Right: c.typ.IsNumeric() || c.typ == Duration,
		Cells: make([]string, len(rows)), Null: make([]bool, len(rows)),
	}
	for i, r := range rows {
		switch {
		case r < 0:
			col.Cells[i] = grid.Ellipsis
		case c.IsNull(r):
			col.Cells[i], col.Null[i] = "null", true
		default:
			col.Cells[i] = shortCell(c, r)
			if c.typ == Image {
				if col.Rich == nil {
					col.Rich = make([]string, len(rows))
				}
				col.Rich[i] = thumbnailHTML(c.data.(strs).picture(r))
			}
		}
	}
	return col
}

// thumbnailHTML shows a small image; "" if there is none.
func thumbnailHTML(p Picture) string {
	data, mime := p.thumbnail()
	if data == nil {
		return ""
	}
	text := html.EscapeString(p.String())
	return fmt.Sprintf(`<img src="data:%s;base64,%s" alt="%s" title="%s" style="max-width:%dpx;max-height:%dpx">`,
		mime, base64.StdEncoding.EncodeToString(data), text, text, thumbSize, thumbSize)
}

// shortCell is a cell's text, bounded whatever the cell holds.
func shortCell(c *Col, r int) string {
	switch s := c.data.(type) {
	case list:
		return grid.Shorten(formatVector(s.at(r), showElements), 2*grid.Cell)
	case texts:
		if c.typ == Image {
			return s.(strs).picture(r).String()
		}
		text := s.at(r)
		return grid.Shorten(text[:min(len(text), 4*grid.Cell+utf8.UTFMax)], grid.Cell)
	case nums[float64]:
		return grid.Float(s.v[r], 64)
	case nums[float32]:
		return grid.Float(float64(s.v[r]), 32)
	}
	return formatCell(c, r)
}

// String is the table as text, the way Display shows it.
func (t *Table) String() string {
	if t.err != nil {
		return "error: " + t.err.Error()
	}
	return t.grid().Text()
}

func (t *Table) html() string {
	if t.err != nil {
		return grid.ErrorHTML(t.err.Error())
	}
	return t.grid().HTML()
}
