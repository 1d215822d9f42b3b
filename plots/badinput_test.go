package plots_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// plainMaterial is what every constructor can draw.
func plainMaterial() material {
	xs := []float64{0.05, 0.15, 0.1, 0.2, 0.12, 0.18, 0.08, 0.12}
	ys := []float64{1, 5, 2, 4, 3, 6, 2, 7}
	return newMaterial(xs, ys, []string{"a", "b", "b", "c", "b", "c", "a", "b"})
}

func filled(n int, v ...float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v[i%len(v)]
	}
	return out
}

func repeated(n int, names ...string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = names[i%len(names)]
	}
	return out
}

// badMaterials are what data can be wrong with.
func badMaterials() map[string]material {
	nan, inf := math.NaN(), math.Inf(1)
	abc := repeated(6, "a", "b", "c")
	ramp := []float64{1, 2, 3, 4, 5, 6}
	many, names := make([]float64, 10_000), make([]string, 10_000)
	for i := range many {
		many[i], names[i] = float64(i), fmt.Sprintf("name %d", i)
	}
	with := func(change func(*material)) material {
		m := newMaterial(ramp, ramp, abc)
		change(&m)
		return m
	}
	out := map[string]material{
		"empty":             newMaterial(nil, nil, nil),
		"one row":           newMaterial([]float64{1}, []float64{2}, []string{"a"}),
		"one row of zero":   newMaterial([]float64{0}, []float64{0}, []string{"a"}),
		"two equal rows":    newMaterial([]float64{1, 1}, []float64{2, 2}, []string{"a", "a"}),
		"all equal":         newMaterial(filled(9, 3), filled(9, 3), repeated(9, "a")),
		"all NaN":           newMaterial(filled(6, nan), filled(6, nan), abc),
		"y all NaN":         newMaterial(ramp, filled(6, nan), abc),
		"infinities":        newMaterial([]float64{1, inf, 3, -inf, 5, 6}, []float64{inf, 2, 3, 4, -inf, nan}, abc),
		"10,000 categories": newMaterial(many, many, names),
		"negative and zero": newMaterial([]float64{-2, -1, 0, 1, 2, 3}, []float64{0, -1, 0, 5, -3, 2}, abc),
		"huge":              newMaterial(filled(6, 1e308, -1e308, 1.7e308, 5), filled(6, 1e308, 1, -1.7e308), abc),
		"nearly huge":       newMaterial(filled(6, 4e307, -4e307), filled(6, 4.4e307, 4e307, 1), abc),
		"huge, close":       newMaterial(filled(6, 1e300, 1e300*(1+1e-15)), filled(6, 4e307, 4e307*(1-1e-15)), abc),
		"tiny":              newMaterial(filled(6, 1e-320, 2e-320, 5e-324), filled(6, 1e-320, 3e-320, 0), abc),
		"wide":              newMaterial(filled(6, 1e-300, 1e300, 1), filled(6, 1e-300, 1, 1e300), abc),
		"close":             newMaterial(filled(6, 1, 1+2e-16), filled(6, 1e9, 1e9+1e-7), abc),
		"probabilities":     newMaterial([]float64{0.2, 0.3, 0.5}, []float64{0, 1, 1}, []string{"a", "b", "c"}),
		"long names":        newMaterial(ramp, ramp, repeated(6, strings.Repeat("long ", 4000), strings.Repeat("ß", 20_000))),
		"invalid UTF-8":     newMaterial(ramp, ramp, repeated(6, "\xff\xfe", "a\xc3", "\xed\xa0\x80")),
		"control":           newMaterial(ramp, ramp, repeated(6, "a\x00b", "\x1b[31m", "line\nbreak\r\t\u2028")),
		"markup":            newMaterial(ramp, ramp, repeated(6, "</script><!--", "]]>", `"'&<\`)),
		"empty names":       newMaterial(ramp, ramp, repeated(6, "", "a", " ")),
		"right to left":     newMaterial(ramp, ramp, repeated(6, "שלום", "漢字", "a\u202eb\u0301")),
		"nil table":         with(func(m *material) { m.t = nil }),
		"failed table":      with(func(m *material) { m.t = tables.New(tables.Floats("x", 1), tables.Floats("x", 2)) }),
		"other lengths":     with(func(m *material) { m.ys = m.ys[:4]; m.names = m.names[:3] }),
		"nil function":      with(func(m *material) { m.f = nil }),
		"function of NaN":   with(func(m *material) { m.f = func(float64) float64 { return nan } }),
		"misspelt":          with(func(m *material) { m.x, m.y, m.g = "X", "y ", "gg" }),
		"not there":         with(func(m *material) { m.x, m.y, m.g = "altitude", "altitude", "altitude" }),
		"no column":         with(func(m *material) { m.x, m.y, m.g = "", "", "" }),
		"the same":          with(func(m *material) { m.x, m.y, m.g = "x", "x", "x" }),
	}
	for _, kind := range []string{"g", "when", "flag", "list", "picture", "span"} {
		out[kind+" for all"] = with(func(m *material) { m.x, m.y, m.g = kind, kind, kind })
		out[kind+" for x"] = with(func(m *material) { m.x = kind })
		out[kind+" for y"] = with(func(m *material) { m.y = kind })
	}
	missing := make([]any, 5)
	m := newMaterial(filled(5, nan), filled(5, nan), repeated(5, "a"))
	m.t = tables.New(tables.Values("x", tables.Float64, missing), tables.Values("y", tables.Int64, missing), tables.Values("g", tables.String, missing),
		tables.Values("when", tables.Timestamp, missing), tables.Values("picture", tables.Image, missing))
	out["all missing"] = m
	return out
}

// checkShown: a chart that has something in it, or one clear line.
func checkShown(t *testing.T, name string, make func() shown) (spec string) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v\n%s", name, r, stack())
		}
	}()
	begun := time.Now()
	c := make()
	if err := c.Err(); err != nil {
		checkLine(t, name, err.Error())
		if len(c.Display().Data) > 2 {
			t.Errorf("%s: an error and a picture", name)
		}
		return ""
	}
	b := c.Display()
	if text := b.PlainText(); !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || len(text) > 2000 {
		t.Errorf("%s: the text is %.300q", name, text)
	}
	size := 0
	for mime, data := range b.Data {
		switch d := data.(type) {
		case string:
			size += len(d)
			checkPicture(t, name, mime, d)
		case []byte:
			size += len(d)
		case json.RawMessage:
			size += len(d)
		}
	}
	if size > 800<<10 {
		t.Errorf("%s: %d kB in the notebook", name, size>>10)
	}
	chart, ok := c.(*plots.Chart)
	if l, live := c.(*plots.LiveChart); live {
		chart, ok = l.Chart(), l.Chart().Err() == nil
	}
	if ok {
		spec = chart.Spec()
		if !json.Valid([]byte(spec)) || strings.Contains(spec, "</script") {
			t.Errorf("%s: the specification is no JSON that a page can hold", name)
		}
		checkPicture(t, name, "twin", chart.SVG())
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("%s: took %v", name, took)
	}
	return spec
}

func checkPicture(t *testing.T, name, mime, text string) {
	t.Helper()
	if mime == show.MIMESVG || mime == "twin" {
		for _, bad := range []string{"NaN", "Inf"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %s has %s", name, mime, bad)
			}
		}
	}
}

// checkLine: one line that begins with the package, and that a terminal and a
// page can show.
func checkLine(t *testing.T, name, line string) {
	t.Helper()
	if !strings.HasPrefix(line, "plots: ") || strings.ContainsFunc(line, unicode.IsControl) || !utf8.ValidString(line) || len(line) > 600 {
		t.Errorf("%s: not one clear line: %.700q", name, line)
	}
}

// TestBadData gives bad data to every constructor, and all charts that come out
// to the real Vega.
func TestBadData(t *testing.T) {
	bad := badMaterials()
	specs := map[string]string{}
	for _, of := range slices.Sorted(maps.Keys(makers)) {
		t.Run(of, func(t *testing.T) {
			for _, what := range slices.Sorted(maps.Keys(bad)) {
				name := of + ", " + what
				specs[name] = checkShown(t, name, func() shown { return makers[of](bad[what]) })
				specs[name+", log"] = checkShown(t, name+", log", func() shown { return makers[of](bad[what], plots.LogX(), plots.LogY()) })
			}
		})
	}
	t.Run("vega", func(t *testing.T) { checkInVega(t, specs) })
}

// checkInVega: each different specification is valid, and Vega draws it without
// a warning.
func checkInVega(t *testing.T, specs map[string]string) {
	nodeModules(t)
	names := map[string]string{}
	for name, spec := range specs {
		names[spec] = name
	}
	delete(names, "")
	once := map[string]string{}
	for spec, name := range names {
		once[name] = spec
	}
	for name, r := range render(t, once) {
		if r.Invalid != "" || len(r.Warnings) > 0 {
			t.Errorf("%s: Vega says %.300s %.600q", name, r.Invalid, r.Warnings)
		}
		if !strings.Contains(r.SVG, "<svg") || strings.Contains(r.SVG, "NaN") || strings.Contains(r.SVG, "Infinity") {
			t.Errorf("%s: Vega draws nothing, or NaN", name)
		}
	}
}

// stack is the lines of the stack that are in the package.
func stack() string {
	var out []string
	for _, l := range strings.Split(string(debug.Stack()), "\n") {
		if strings.Contains(l, "/plots/") && strings.Contains(l, ".go:") {
			out = append(out, strings.TrimSpace(l))
		}
	}
	return strings.Join(out[:min(8, len(out))], "\n")
}
