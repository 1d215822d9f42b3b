package plots_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/clients"
	"github.com/sheaf-go/sheaf/internal/needs"
)

// An inPage is what testdata/vega/browser.cjs says about a chart in a page.
type inPage struct {
	Name     string
	Problems []string // errors and warnings of the page
	Chart    seen
	Use      used
	Twin     texts
}

// texts is what a reader has trouble with in the text of a picture.
type texts struct {
	Texts                                        int // lines
	Cut, Clipped, Overlaps, Crowded, Small, Pale []string
}

// A seen is a chart that Vega has drawn.
type seen struct {
	texts
	Marks     map[string]int
	Colours   int        // of the pixels
	Shortened []string   // texts that Vega had no room for
	Axes      [][]string // the labels in sight of each axis
	InWay     int        // legends on a plotting area
}

// A used is what a chart does when it is pointed at, zoomed and dragged.
type used struct {
	Tooltip             [][]string // names and values
	Datum               map[string]any
	Zooms, Pans, Resets bool
	Zoomed              seen
	Panned              [][]string // the labels in sight of each axis
}

// A browserJob is one line of input of browser.cjs.
type browserJob struct {
	Name string          `json:"name"`
	Spec json.RawMessage `json:"spec"`
	Twin string          `json:"twin"`
}

// browse shows charts in a page of a headless Chromium, as JupyterLab does.
func browse(t *testing.T, jobs []browserJob) map[string]inPage {
	t.Helper()
	modules := nodeModules(t, "vega", "vega-lite", "vega-embed")
	browser, err := clients.Chromium()
	needs.Have(t, err)
	playwright, err := clients.Playwright(t.Context(), t.Output())
	needs.Have(t, err)
	var in, stderr bytes.Buffer
	for _, j := range jobs {
		line, err := json.Marshal(j)
		if err != nil {
			t.Fatalf("%s: %v", j.Name, err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "vega", "browser.cjs"), browser)
	cmd.Env = append(os.Environ(), "SHEAF_NODE_MODULES="+modules, "NODE_PATH="+playwright)
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	results := map[string]inPage{}
	for line := range bytes.Lines(out) {
		var s inPage
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatal(err)
		}
		results[s.Name] = s
	}
	if len(results) != len(jobs) {
		t.Fatalf("%d of %d charts came back; node said: %s", len(results), len(jobs), stderr.String())
	}
	return results
}

// TestBrowser shows every chart of the gallery in one page: as a Vega chart and
// as the static twin.
func TestBrowser(t *testing.T) {
	results := checkInBrowser(t, gallery)
	t.Run("uses", func(t *testing.T) { checkUses(t, results) })
	t.Run("facets", func(t *testing.T) { checkTogether(t, results) })
}

// TestBrowserTightRoom shows charts whose texts are hard to fit into their room.
func TestBrowserTightRoom(t *testing.T) {
	results := checkInBrowser(t, awkward)
	t.Run("defects", func(t *testing.T) { checkDefects(t, results) })
}

// checkInBrowser checks charts, and returns what was seen of them and of the
// defects.
func checkInBrowser(t *testing.T, charts []sample) map[string]inPage {
	t.Helper()
	jobs := slices.Clone(defects)
	for _, s := range charts {
		c := s.chart()
		if err := c.Err(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		jobs = append(jobs, browserJob{s.name, json.RawMessage(c.Spec()), c.SVG()})
	}
	results := browse(t, jobs)
	for _, j := range jobs[len(defects):] {
		t.Run(j.Name, func(t *testing.T) {
			r := results[j.Name]
			for _, p := range r.Problems {
				t.Errorf("in the page: %s", p)
			}
			want := marksOf(t, j.Spec)
			checkSeen(t, r.Chart, want)
			checkUsed(t, r.Use, want)
			t.Log("the static twin")
			checkTexts(t, r.Twin)
		})
	}
	return results
}

// checkSeen: the chart has its marks and colours, and all its text can be read.
func checkSeen(t *testing.T, c seen, want markCount) {
	t.Helper()
	if n := countMarks(c.Marks); n != want.drawn {
		t.Errorf("Vega draws %v, want %d marks", c.Marks, want.drawn)
	}
	if c.Colours < 3 {
		t.Errorf("the canvas has %d colours", c.Colours)
	}
	if len(c.Shortened) > 0 {
		t.Errorf("no room for %q", c.Shortened)
	}
	checkTexts(t, c.texts)
	if len(c.Clipped) > 0 {
		t.Errorf("cut off by the plotting area: %q", c.Clipped)
	}
	if len(c.Crowded) > 0 {
		t.Errorf("marks over one another: %q", c.Crowded)
	}
	checkAxes(t, c)
}

// clock is the time of a day, which comes again on the next one.
var clock = regexp.MustCompile(`^\d\d:\d\d`)

// checkAxes: the labels of an axis differ, and legends stand beside the axes.
func checkAxes(t *testing.T, c seen) {
	t.Helper()
	for _, labels := range c.Axes {
		if len(labels) == 0 {
			t.Error("an axis without labels")
		}
		dated := slices.DeleteFunc(slices.Clone(labels), clock.MatchString) // of several days
		if sorted := slices.Sorted(slices.Values(dated)); len(slices.Compact(sorted)) != len(dated) {
			t.Errorf("an axis with equal labels: %q", labels)
		}
	}
	if c.InWay > 0 {
		t.Errorf("%d legends on a plotting area", c.InWay)
	}
}

// checkTexts: no text is cut off, stands on another, or is hard to read.
func checkTexts(t *testing.T, c texts) {
	t.Helper()
	for fault, list := range map[string][]string{"cut off": c.Cut, "over another text": c.Overlaps, "smaller than 8 px": c.Small, "too pale": c.Pale} {
		if len(list) > 0 {
			t.Errorf("%s: %q", fault, list)
		}
	}
}

// checkUsed: a mark tells its values to the mouse, and a chart that zooms can
// be dragged, is as it was after a double click, and stays readable.
func checkUsed(t *testing.T, u used, want markCount) {
	t.Helper()
	if want.told > 0 && len(u.Tooltip) == 0 {
		t.Error("no tooltip")
	}
	for _, row := range u.Tooltip {
		if len(row) != 2 || row[0] == "" || row[1] == "null" || row[1] == "undefined" || row[1] == "NaN" {
			t.Errorf("the tooltip says %q", u.Tooltip)
		}
	}
	if u.Zooms && !u.Pans {
		t.Error("zooms, but can't be dragged")
	}
	if !u.Resets {
		t.Error("a double click does not reset the axes")
	}
	if t.Failed() {
		return
	}
	checkTexts(t, u.Zoomed.texts)
	checkAxes(t, u.Zoomed)
	if t.Failed() {
		t.Log("that was after zooming in")
	}
}

// uses is how charts with each kind of axes behave: the names in a tooltip, and
// whether they zoom.
var uses = []struct {
	name    string
	tooltip string
	zooms   bool
}{
	{"scatter_classes", "sepal_length petal_length class", true}, // linear
	{"line_log", "epoch loss", true},
	{"line_time", "day temperature (°C)", true},
	{"scatter_names", "petal_length class", true}, // one axis with names
	{"bar", "name accuracy", false},
	{"heatmap", "hour day hired", false}, // both
	{"box", "counter wait (min)", true},  // slotted
	{"histogram", "height (cm) from to count", true},
	{"facet", "sepal_length petal_length", true},
	{"pie", "browser users share", false}, // no axes
	{"network", "layer unit", false},
}

func checkUses(t *testing.T, results map[string]inPage) {
	for _, want := range uses {
		u := results[want.name].Use
		var names []string
		for _, row := range u.Tooltip {
			names = append(names, row[0])
		}
		if got := strings.Join(names, " "); got != want.tooltip {
			t.Errorf("%s: the tooltip names %q, want %q", want.name, got, want.tooltip)
		}
		if u.Zooms != want.zooms {
			t.Errorf("%s: zooms is %v, want %v", want.name, u.Zooms, want.zooms)
		}
	}
	for _, name := range []string{"scatter_classes", "line_log"} {
		u := results[name].Use
		for i, field := range []string{"x", "y"} {
			if want, _ := json.Marshal(u.Datum[field]); len(u.Tooltip) < 2 || u.Tooltip[i][1] != string(want) {
				t.Errorf("%s: the tooltip says %q of a mark at %v", name, u.Tooltip, u.Datum)
			}
		}
	}
}

// checkTogether: the wheel over one panel of a facet, and dragging it, move the
// axes of all panels; of pairs, those of its columns.
func checkTogether(t *testing.T, results map[string]inPage) {
	for name, move := range map[string]int{"facet": 6, "facet_colours": 3, "box_facet": 4, "pairs": 2} {
		r, moved := results[name], 0
		for i, was := range r.Chart.Axes {
			zoomed, panned := r.Use.Zoomed.Axes, r.Use.Panned
			if len(zoomed) <= i || len(panned) <= i {
				t.Errorf("%s: %d axes, %d when zoomed, %d when dragged", name, len(r.Chart.Axes), len(zoomed), len(panned))
				break
			}
			first := slices.IndexFunc(r.Chart.Axes, func(a []string) bool { return slices.Equal(a, was) })
			if !slices.Equal(zoomed[i], zoomed[first]) || !slices.Equal(panned[i], panned[first]) {
				t.Errorf("%s: two axes %q read %q and %q when one is zoomed, %q and %q when it is dragged",
					name, was, zoomed[first], zoomed[i], panned[first], panned[i])
			}
			if !slices.Equal(zoomed[i], was) {
				moved++
			}
		}
		if moved != move {
			t.Errorf("%s: %d axes are zoomed, want %d", name, moved, move)
		}
	}
}

// defects are pictures that the checks must not let pass.
var defects = []browserJob{
	bad("over another text", `"width":60,"mark":"bar","encoding":{"x":{"field":"a","type":"nominal","axis":{"labelAngle":0,"labelOverlap":false}}}`,
		`<text x="10" y="20" style="font-size:10px">hello</text><text x="20" y="22" style="font-size:10px">world</text>`),
	bad("cut off", `"mark":{"type":"text","clip":true,"text":"a long text"},"encoding":{"x":{"field":"b","type":"quantitative"}}`,
		`<text x="80" y="20" style="font-size:10px">hello there</text>`),
	bad("small and pale", `"mark":"point","encoding":{"x":{"field":"b","type":"quantitative","axis":{"labelFontSize":6,"labelColor":"#bbb"}}}`,
		`<text x="10" y="20" style="font-size:5px">tiny</text>`),
	bad("warning", `"mark":"point","encoding":{"nonsense":{"field":"b"}}`, ""),
	bad("blank", `"mark":{"type":"point","opacity":0},"config":{"view":{"stroke":null}}`, ""),
	bad("in the way", `"mark":"point","encoding":{"color":{"field":"a","type":"nominal","legend":{"orient":"top-left"}}}`,
		`<text x="20" y="60" style="font-size:10px" transform="rotate(-45 20 60)">turned</text><text x="32" y="60" style="font-size:10px" transform="rotate(-45 32 60)">turned</text>`),
}

func bad(name, spec, twin string) browserJob {
	return browserJob{name,
		json.RawMessage(`{"$schema":"https://vega.github.io/schema/vega-lite/v5.json","data":{"values":[{"a":"alphabet","b":1},{"a":"beta and gamma","b":2}]},` + spec + `}`),
		`<svg width="100pt" height="100pt" viewBox="0 0 100 100" xmlns="http://www.w3.org/2000/svg"><path d="M0,0L1,1" style="fill:#fff"/>` + twin + `</svg>`}
}

func checkDefects(t *testing.T, results map[string]inPage) {
	t.Helper()
	for name, found := range map[string]bool{
		"over another text":                 len(results["over another text"].Chart.Overlaps) == 1,
		"cut off":                           len(results["cut off"].Chart.Clipped) == 1,
		"small and pale":                    len(results["small and pale"].Chart.Small) > 2 && len(results["small and pale"].Chart.Pale) > 2,
		"warning":                           len(results["warning"].Problems) == 1,
		"blank":                             results["blank"].Chart.Colours == 1,
		"in the way":                        results["in the way"].Chart.InWay == 1,
		"twin: over another text":           len(results["over another text"].Twin.Overlaps) == 1,
		"twin: cut off":                     len(results["cut off"].Twin.Cut) == 1,
		"twin: small":                       len(results["small and pale"].Twin.Small) == 1,
		"twin: turned texts do not overlap": len(results["in the way"].Twin.Overlaps) == 0 && results["in the way"].Twin.Texts == 2,
	} {
		if !found {
			t.Errorf("%s: the checks find nothing: %+v", name, results[strings.TrimPrefix(name, "twin: ")])
		}
	}
}
