package plots

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// path is a path in CSS pixels from the lower left.
func path(parts ...any) (p vg.Path) {
	at := func(v []float64) vg.Point { return vg.Point{X: px(v[0]), Y: px(v[1])} }
	for _, part := range parts {
		switch v := part.(type) {
		case string:
			p.Close()
		case [2]float64:
			if len(p) == 0 || p[len(p)-1].Type == vg.CloseComp {
				p.Move(at(v[:]))
			} else {
				p.Line(at(v[:]))
			}
		case [5]float64: // x, y, radius, from, turn
			p.Arc(at(v[:]), px(v[2]), v[3], v[4])
		case [4]float64:
			p.QuadTo(at(v[:]), at(v[2:]))
		case [6]float64:
			p.CubeTo(at(v[:]), at(v[2:]), at(v[4:]))
		}
	}
	return p
}

// TestSVGPaths: lines, arcs and curves from the last place, in tenths of a pixel
// downward; what goes straight on is one line; circles are dots.
func TestSVGPaths(t *testing.T) {
	type pt = [2]float64
	const turn = 2 * math.Pi
	var circles, rings, sizes, forwards vg.Path
	for _, x := range []float64{3, 9} {
		circles = dot(circles, vg.Point{X: px(x), Y: px(5)}, 2)
		sizes = dot(sizes, vg.Point{X: px(x), Y: px(5)}, x/3)
	}
	rings = dot(rings, vg.Point{X: px(3.04), Y: px(5)}, 2)
	forwards.Move(vg.Point{X: px(1)})
	forwards.Move(vg.Point{X: px(2)})
	forwards.Line(vg.Point{X: px(3)})
	for name, c := range map[string]struct {
		path   vg.Path
		stroke bool
		want   string
	}{
		"lines":         {path(pt{1, 2}, pt{3, 4.5}, pt{3, 10}, pt{-1, 10}, "z"), false, `d="M10 80l20-25v-55h-40z"`},
		"a second part": {path(pt{1, 2}, pt{2, 2}, "z", pt{1, 2}, pt{2, 4}, pt{4, 5}), true, `d="M10 80h10zm0 0 10-20 20-10"`},
		"straight on":   {path(pt{0, 0}, pt{1, 0}, pt{2, 0}, pt{4, 1}, pt{6, 2}, pt{5, 1.5}), true, `d="M0 100h20l40-20-10 5"`},
		"rounded once":  {path(pt{0, 0}, pt{0.033, 1}, pt{0.066, 0}, pt{0.099, 1}), true, `d="M0 100v-10l1 10v-10"`},
		"no length":     {path(pt{1, 1}, pt{1.01, 1}, pt{1.02, 1.01}, pt{2, 1}), true, `d="M10 90h10"`},
		"moves":         {forwards, true, `d="M10 100m10 0h10"`},
		"quarter":       {path(pt{5, 5}, [5]float64{3, 5, 2, 0, turn / 4}), true, `d="M50 50a20 20 0 0 0-20-20"`},
		"backward":      {path(pt{5, 5}, [5]float64{3, 5, 2, 0, -turn / 4}), true, `d="M50 50a20 20 0 0 1-20 20"`},
		"to an arc":     {path(pt{3, 5}, [5]float64{3, 5, 2, 0, turn / 4}), true, `d="M30 50h20a20 20 0 0 0-20-20"`},
		"two thirds":    {path(pt{5, 5}, [5]float64{3, 5, 2, 0, turn * 2 / 3}), true, `d="M50 50a20 20 0 0 0-30-17 20 20 0 0 0 0 34"`},
		"curves":        {path(pt{1, 1}, [4]float64{2, 3, 4, 1}, [6]float64{5, 0, 6, 0, 7, 1}), true, `d="M10 90q10-20 30 0c10 10 20 10 30 0"`},
		"dots":          {circles, false, `fill="none" stroke-linecap="round" stroke="#0072B2" stroke-opacity="0.702" stroke-width="40" d="M30 50h0m60 0h0"`},
		"sizes":         {sizes, false, `fill="#0072B2" fill-opacity="0.702" d="M40 50a10 10 0 0 0-20 0 10 10 0 0 0 20 0zm80 0a30 30 0 0 0-60 0 30 30 0 0 0 60 0z"`},
		"ring":          {rings, true, `d="M50 50a20 20 0 0 0-40 0 20 20 0 0 0 40 0z"`},
	} {
		canvas := newSVG(px(20), px(10))
		canvas.SetColor(color.NRGBA{0, 0x72, 0xb2, 179})
		if c.stroke {
			canvas.Stroke(c.path)
		} else {
			canvas.Fill(c.path)
		}
		if got := string(canvas.bytes()); !strings.Contains(got, c.want) {
			t.Errorf("%s: got\n%s\nwant %s", name, got, c.want)
		}
	}
}

// TestSVGCanvas: what neighbours look like stands once; opaque lines of one look
// are one path; text is turned, images are inside.
func TestSVGCanvas(t *testing.T) {
	canvas := newSVG(px(100), px(50))
	c := draw.New(canvas)
	line := func(colour color.Color, width float64, dash []float64, y float64) {
		c.StrokeLines(lineStyle(colour, width, dash), []vg.Point{{X: 0, Y: px(y)}, {X: px(10), Y: px(y)}})
	}
	line(color.Black, 1, nil, 50)
	line(color.Black, 1, nil, 40)
	line(color.Black, 0, nil, 45) // nothing
	line(color.NRGBA{0, 0, 0, 51}, 1, nil, 50)
	line(color.NRGBA{0, 0, 0, 51}, 1, nil, 40)
	line(color.Black, 2, []float64{4, 2.5}, 50)
	c.Push()
	c.SetColor(color.White)
	c.Translate(vg.Point{X: px(10), Y: px(20)})
	c.Scale(2, 2)
	c.Fill(path([2]float64{0, 0}, [2]float64{1, 0}, [2]float64{1, 1}, "z"))
	c.Pop()
	c.FillText(style(11, true, color.Black, draw.XLeft, draw.YBottom), vg.Point{X: px(10), Y: px(20)}, `a <b> & "c"`)
	turned := style(11, false, nil, draw.XLeft, draw.YBottom)
	turned.Rotation = math.Pi / 2
	c.FillText(turned, vg.Point{X: px(20), Y: px(20)}, "up")
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: px(10), Y: px(10)}, Max: vg.Point{X: px(30), Y: px(20)}}, image.NewGray(image.Rect(0, 0, 2, 1)))
	got := string(canvas.bytes())
	for _, want := range []string{
		`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 1000 500" font-family="Liberation Sans,Arial,Helvetica,sans-serif">` + "\n",
		`<path fill="none" stroke="#000000" stroke-width="10" d="M0 0h100m-100 100h100"/>` + "\n",
		`<g fill="none" stroke="#000000" stroke-opacity="0.2" stroke-width="10"><path d="M0 0h100"/><path d="M0 100h100"/></g>` + "\n",
		`<path fill="none" stroke="#000000" stroke-width="20" stroke-dasharray="40 25" d="M0 0h100"/>` + "\n",
		`<path fill="#FFFFFF" d="M100 300h20v-20z"/>` + "\n",
		`<text font-size="110" font-weight="bold" fill="#000000" x="100" y="`, `">a &lt;b&gt; &amp; &#34;c&#34;</text>` + "\n",
		`<text font-size="110" fill="#000000" x="`, `transform="rotate(-90 `, `>up</text>` + "\n",
		`<image transform="matrix(13.3333 0 0 13.3333 100 300)" width="15" height="7.5" preserveAspectRatio="none" href="data:image/png;base64,`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n != 10 {
		t.Errorf("%d lines, want 10, one for each look:\n%s", n, got)
	}
}
