package plots_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/plots"
)

// A rendering is what testdata/vega/validate.cjs says about a specification.
type rendering struct {
	Name     string
	Invalid  string
	Warnings []string
	Marks    map[string]int // drawn items by kind of mark
	Labels   []string       // of axes
	Tooltips int
	Tooltip  any     // of one item
	Size     float64 // of one point
	SVG      string
}

// nodeModules is the folder with some of the modules of
// testdata/vega/package.json, or a skipped test; where CI is set, a failed one.
func nodeModules(t *testing.T, names ...string) string {
	t.Helper()
	needs.Program(t, "node")
	dir := os.Getenv("SHEAF_NODE_MODULES")
	if dir == "" {
		needs.Have(t, errors.New("SHEAF_NODE_MODULES names no folder with the modules of testdata/vega/package.json"))
	}
	for _, m := range names {
		_, err := os.Stat(filepath.Join(dir, m))
		needs.Have(t, err)
	}
	return dir
}

// validator is the folder with the modules that testdata/vega/validate.cjs uses.
func validator(t *testing.T) string {
	t.Helper()
	return nodeModules(t, "vega", "vega-lite", "ajv", "ajv-formats")
}

// render runs specifications through the real Vega-Lite and Vega. The zone is
// far from UTC, to catch moments that move with the reader's.
func render(t *testing.T, specs map[string]string) map[string]rendering {
	t.Helper()
	return renderWith(t, specs, nil)
}

// renderWith renders some specifications with values for signals, such as a
// zoom sets.
func renderWith(t *testing.T, specs map[string]string, signals map[string]map[string]any) map[string]rendering {
	t.Helper()
	var in bytes.Buffer
	for name, spec := range specs {
		line, err := json.Marshal(map[string]any{"name": name, "spec": json.RawMessage(spec), "signals": signals[name]})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.Command("node", filepath.Join("testdata", "vega", "validate.cjs"))
	cmd.Env = append(os.Environ(), "SHEAF_NODE_MODULES="+validator(t), "TZ=America/New_York")
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	results := map[string]rendering{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var r rendering
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		results[r.Name] = r
	}
	if len(results) != len(specs) {
		t.Fatalf("%d of %d specifications came back; node said: %s", len(results), len(specs), stderr.String())
	}
	return results
}

// TestVega gives all specifications to one run of node, which takes seconds to
// read the schema.
func TestVega(t *testing.T) {
	validator(t)
	specs := map[string]string{
		"moments":       plots.Line(weather(), "day", "temperature (°C)").Spec(),
		"bad mark":      strings.Replace(plots.HistogramX([]float64{1, 2}).Spec(), `"type":"bar"`, `"type":"barr"`, 1),
		"extreme huge":  plots.ScatterXY([]float64{-1e307, 1e307}, []float64{1e-300, 1e300}, plots.LogY()).Spec(),
		"extreme far":   plots.BarXY([]string{"a", "b"}, []float64{4e307, -4e307}).Spec(),
		"extreme near":  plots.ScatterXY([]float64{1, 2, 3}, []float64{4e307, 4.0000000004e307, 4.0000000008e307}).Spec(),
		"extreme tiny":  plots.LineXY([]float64{1e-9, 2e-9, 3e-9}, []float64{0, 1e-12, 5e-12}).Spec(),
		"extreme close": plots.LineXY([]float64{1, 2}, []float64{1e9, 1e9 + 1e-3}).Spec(),
		"extreme names": plots.BarXY([]string{`a "b"`, "<c> & \\d", "é\n漢"}, []float64{1, 2, 3}, plots.Title(`</script>"'`)).Spec(),
	}
	ticks := map[string][]string{}
	for _, s := range gallery {
		c := s.chart()
		specs[s.name], ticks[s.name] = c.Spec(), plots.TickLabels(c)
	}
	done := render(t, specs)
	for name, want := range ticks {
		got := done[name].Labels
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the axes read in Vega\n%q\nand in the twin\n%q", name, got, want)
		}
	}
	for name, r := range done {
		if name != "bad mark" {
			t.Run(name, func(t *testing.T) { checkRendering(t, r, specs[name]) })
		}
	}
	if done["bad mark"].Invalid == "" {
		t.Error("a specification with an unknown mark passes: the validation checks nothing")
	}
	for name, want := range map[string]string{"extreme far": ">0<, >2e+307<", "extreme near": ">4.0000000002e+307<", "large_numbers": ">0<, >10M<"} {
		for _, label := range strings.Split(want, ", ") {
			if !strings.Contains(done[name].SVG, label) {
				t.Errorf("%s: no label %s in %s", name, label, done[name].SVG)
			}
		}
	}
	if tip, err := json.Marshal(done["moments"].Tooltip); err != nil || !strings.Contains(string(tip), `"day":"2025-06-07"`) {
		t.Errorf("the last tooltip is %s; want 2025-06-07, whatever the reader's zone", tip)
	}
}

// checkRendering: a chart is valid Vega-Lite v5, compiles without a warning,
// and the real Vega draws as many marks as the chart has, each with a tooltip.
func checkRendering(t *testing.T, r rendering, spec string) {
	if r.Invalid != "" {
		t.Fatal(r.Invalid)
	}
	if len(r.Warnings) > 0 {
		t.Error(strings.Join(r.Warnings, "\n"))
	}
	want := marksOf(t, json.RawMessage(spec))
	if countMarks(r.Marks) != want.drawn {
		t.Errorf("Vega draws %v, want %d marks", r.Marks, want.drawn)
	}
	if r.Tooltips < want.told {
		t.Errorf("%d of %d marks have a tooltip", r.Tooltips, want.told)
	}
	if !strings.Contains(r.SVG, "<svg") || strings.Contains(r.SVG, "NaN") {
		t.Error("the rendered SVG is empty or holds NaN")
	}
}

// countMarks adds up drawn items.
func countMarks(drawn map[string]int) (n int) {
	for kind, k := range drawn {
		if kind != "line" && kind != "area" { // these are one item for each of their points
			n += k
		}
	}
	return n
}

// A markCount is how many marks a specification has: drawn, and with a tooltip.
type markCount struct{ drawn, told int }

// marksOf counts the rows inside a specification. Of a line or an area without
// tooltips Vega draws no points.
func marksOf(t *testing.T, spec json.RawMessage) markCount {
	t.Helper()
	var s struct {
		Data          struct{ Values specRows }
		Mark          struct{ Type string }
		Layer, Concat []json.RawMessage
		Datasets      struct{ Rows json.RawMessage }
	}
	if err := json.Unmarshal(spec, &s); err != nil {
		t.Fatal(err)
	}
	if s.Datasets.Rows != nil { // that panels share
		own := []byte(`{"values":` + string(s.Datasets.Rows) + `}`)
		return marksOf(t, bytes.ReplaceAll(bytes.Replace(spec, []byte(`"datasets"`), []byte(`"_"`), 1), []byte(`{"name":"rows"}`), own))
	}
	var c markCount
	told := bytes.Contains(spec, []byte(`"tooltip"`))
	if s.Data.Values != nil {
		if n := latticeCells(s.Data.Values); n > 0 {
			return markCount{n, n}
		}
		// A line and the points over it share their rows.
		if s.Layer == nil || told {
			c.drawn = len(s.Data.Values) + bytes.Count(spec, []byte(`"lone":true`)) // a dot is there twice
		}
		if told {
			c.told = len(s.Data.Values)
		}
		return c
	}
	for _, part := range append(s.Layer, s.Concat...) {
		n := marksOf(t, part)
		c.drawn, c.told = c.drawn+n.drawn, c.told+n.told
	}
	return c
}

// latticeCells counts the cells of a heat map whose only row lists them.
func latticeCells(rows specRows) (n int) {
	if len(rows) != 1 {
		return 0
	}
	cells, _ := rows[0]["k"].([]any)
	for _, v := range cells {
		if v != nil {
			n++
		}
	}
	return n
}
