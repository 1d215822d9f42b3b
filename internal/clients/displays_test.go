package clients

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A displayCell is a cell of a notebook for the browser.
type displayCell struct{ name, source string }

// cellsOf are those of one of testdata's files.
func cellsOf(t *testing.T, name string) []displayCell {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var cells []displayCell
	for _, part := range strings.Split("\n"+string(data), "\n== ")[1:] {
		name, source, _ := strings.Cut(part, "\n")
		cells = append(cells, displayCell{name, strings.Trim(source, "\n")})
	}
	return cells
}

// writeNotebook writes cells as a notebook, with their names as ids.
func writeNotebook(t *testing.T, path string, cells []displayCell) {
	t.Helper()
	type object = map[string]any
	var list []object
	for _, c := range cells {
		list = append(list, object{
			"cell_type": "code", "id": c.name, "source": c.source,
			"execution_count": nil, "metadata": object{}, "outputs": []any{},
		})
	}
	data, err := json.Marshal(object{
		"cells": list, "nbformat": 4, "nbformat_minor": 5,
		"metadata": object{"kernelspec": object{"name": "sheaf", "display_name": "Go (Sheaf)", "language": "go"}},
	})
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// An output is what stands in one output area of the page.
type output struct {
	Mime, Classes, Text, HTML string
	Size                      []int   // of a picture
	Scrolls                   bool    // sideways
	Plain                     *string // the text/plain of a display
	Stream                    string
}

// displaysPage is what displays.mjs saw.
type displaysPage struct {
	Displays  map[string][]output
	Pictures  map[string]map[string]*float64
	Input     asked
	Password  asked
	Interrupt []output
	Second    struct {
		Outputs []output
		Kernels int
	}
	Completion struct {
		Items []struct{ Text, Type string }
		Taken string
	}
	Tooltip struct {
		Code, Text string
		Coloured   bool
	}
	Comms struct {
		FromPage struct {
			Got    []commMessage
			Closed string
		}
		Unknown  string
		FromCell struct {
			Got     []commMessage
			Outputs []output
		}
	}
	Saved    []json.RawMessage
	Distrust struct {
		Table, Chart, Script []output
		Text, Number         string // how they are aligned
		Ran                  bool
	}
	Restart  []output
	Problems []string
}

// asked is a question of a cell and what became of it.
type asked struct {
	Prompt  string
	Hidden  bool
	Outputs []output
}

type commMessage struct {
	Type    string
	Data    json.RawMessage
	Buffers [][]int
}

// Where JupyterLab puts an output.
const (
	inStdout = "application/vnd.jupyter.stdout"
	inStderr = "application/vnd.jupyter.stderr" // errors too
	inHTML   = "text/html"
)

// looks is what an output of a cell should be: its place, all of its text as a
// regular expression, and parts of its HTML.
type looks struct {
	mime, text string
	html       []string
}

// displayed says what stands below each cell of displays.cells.
var displayed = map[string][]looks{
	"html":     {{inHTML, `bold and slanted`, []string{`<b id="bold">bold</b>`, `<i>slanted</i>`}}},
	"markdown": {{"text/markdown", `A heading\s+With emphasis, code and\s+𝑥\s*2\s*\.\s+a\tb\s+1\t2`, []string{"<h3", "<em>emphasis</em>", "<code>code</code>", "<mjx-container", "<td"}}},
	"latex":    {{"text/latex", `(?s)∫.*∞.*𝜋.*`, []string{"<mjx-container", "mjx-mfrac", "mjx-msqrt"}}},
	"svg":      {{"image/svg+xml", ``, []string{"data:image/svg"}}},
	"image":    {{"image/png", ``, []string{"data:image/png;base64,"}}},
	"png":      {{"image/png", ``, []string{"data:image/png;base64,"}}},
	"jpeg":     {{"image/jpeg", ``, []string{"data:image/jpeg;base64,"}}},
	"ink":      {{"image/png", ``, []string{`class="jp-needs-light-background"`}}},
	"json":     {{"", `(?s).*name\s*"Ada".*tags.*2 items.*`, nil}},
	"text":     {{"text/plain", `as it stands: <b>text</b> & ünïcode`, []string{"&lt;b&gt;"}}},
	"bundle":   {{inHTML, `rich`, []string{"<em>rich</em>"}}},
	"table":    {{inHTML, `2 × 3\nName\tMoons\tNote\nstring\tint\t\*string\nEarth\t1\t<script>document.title = "broken"</script>\nMars\t2\tnil`, []string{"&lt;script&gt;", `class="n"`}}},
	"structs":  {{inHTML, `2 × 3\nName\tMoons\tNote\n.*\nEarth\t1\t.*\nMars\t2\tnil`, []string{"&lt;script&gt;"}}},
	"struct":   {{"text/plain", `\{Of:&\{Name:Mars Moons:2 Note:<nil>\} Next:<nil>\}`, nil}},
	"map":      {{inHTML, `2 × 2\nkey\tvalue\nstring\tint\na\t1\nb\t2`, nil}},
	"matrix":   {{inHTML, `2 × 2\n0\t1\n1.0\t2.0\n3.0\t4.5`, nil}},
	"dataframe": {{inHTML, `100 × 2\nA\tS\nint64\tstring\n0\trow <0\n(?s).*\n…\t…\n.*99000\trow <99`,
		[]string{`<td class="r">1000</td>`, "row &lt;1"}}},
	"wide":    {{inHTML, `3 × 40\na_long_name_0\t(?s).*\t…\t.*\ta_long_name_39\n.*`, nil}},
	"chart":   {{"", ``, []string{"<canvas"}}},
	"error":   {{inStderr, `cell\[\d+\]:1:1: no "<b>": file does not exist\n(?s).*`, []string{"ansi-cyan-intense-fg", "&lt;b&gt;"}}},
	"nothing": {{inStdout, `only this\n`, nil}},
	"order": {
		{inStdout, `out 0\n`, nil}, {inHTML, `shown 0`, nil}, {inStderr, `err 0\n`, nil},
		{inStdout, `out 1\n`, nil}, {inHTML, `shown 1`, nil}, {inStderr, `err 1\n`, nil},
		{"text/plain", `value`, nil},
	},
	"colours": {{inStdout, `step 3\nred green\n`, []string{`<span class="ansi-red-fg">red</span>`, `<span class="ansi-green-intense-fg ansi-bold">green</span>`}}},
	"progress": {
		{inHTML, ` ?100 % 20/20, .*/s, .* s`, []string{`<progress max="1" value="1.0000"`}},
		{inHTML, ` ?100 % 2/2, .*`, []string{`value="1.0000"`}},
		{inHTML, `<half> +50 % 2/4, .* left`, []string{`value="0.5000"`, "&lt;half&gt;"}},
	},
	"live":    {{inHTML, `second`, []string{"<b>second</b>"}}},
	"curves":  {{"", ``, []string{"<canvas"}}},
	"update":  {},
	"clear":   {{inStdout, `stays\n`, nil}},
	"late":    {{inStdout, `early\nlate, below its own cell\n`, nil}, {inHTML, `late too`, nil}},
	"release": {{inStdout, `released\n`, nil}},
	"check":   {{inStderr, `cell\[\d+\]:1:1: undefined: undefinedName\n    undefinedName \+ 1\n    \^`, []string{"ansi-cyan-intense-fg ansi-bold", "ansi-bold\" style=\"color:rgb("}}},
	"panic":   {{inStderr, `panic: runtime error: index out of range \[2\] with length 2\n  cell\[\d+\]:1:41 in third\n(?s).*\^\n  cell\[\d+\]:2:1\n.*`, []string{"ansi-cyan-intense-fg ansi-bold", `style="color:rgb(`}}},
	"vars":    {{inHTML, `9 variables\nname\ttype\tcell\tvalue\n(?s).*\nnote\tstring\t\d+\t<script>.*\nplanets\t\[\]Planet\t.*`, []string{"&lt;script&gt;"}}},
	"doc":     {{"text/markdown", `func strings\.Repeat\(s string, count int\) string\n(?s).*`, []string{`<code class="language-go"><span class=`}}},
}

func (p displaysPage) check(t *testing.T) {
	t.Run("cells", p.checkCells)
	t.Run("themes", p.checkThemes)
	t.Run("questions", p.checkQuestions)
	t.Run("help", p.checkHelp)
	t.Run("comms", p.checkComms)
	t.Run("kernels", p.checkKernels)
	t.Run("distrust", p.checkDistrust)
	for _, e := range p.Problems {
		t.Errorf("an error in the page: %s", e)
	}
}

func (p displaysPage) checkCells(t *testing.T) {
	for name, want := range displayed {
		same(t, name, p.Displays[name], want)
	}
	for name, got := range p.Displays {
		if _, ok := displayed[name]; !ok {
			t.Errorf("%s: nothing is said of it; it shows %+v", name, got)
		}
		for _, o := range got {
			if o.Plain != nil && *o.Plain == "" && o.Mime != inStdout && o.Mime != inStderr {
				t.Errorf("%s: %s without text/plain", name, o.Mime)
			}
		}
	}
	for name, size := range map[string][]int{"svg": {120, 30}, "image": {160, 40}, "png": {160, 40}, "jpeg": {160, 40}} {
		if got := p.Displays[name]; len(got) != 1 || !slices.Equal(got[0].Size, size) {
			t.Errorf("%s: is not drawn %v pixels large: %+v", name, size, got)
		}
	}
	if wide := p.Displays["wide"]; len(wide) == 1 && !wide[0].Scrolls {
		t.Error("wide: the table is cut off")
	}
}

// same compares what stands below a cell with what should.
func same(t *testing.T, name string, got []output, want []looks) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d outputs, want %d: %+v", name, len(got), len(want), got)
		return
	}
	for i, w := range want {
		o := got[i]
		if o.Mime != w.mime {
			t.Errorf("%s: output %d is %q, want %q: %s", name, i, o.Mime, w.mime, o.Text)
		}
		if !regexp.MustCompile(`^(?:` + w.text + `)$`).MatchString(o.Text) {
			t.Errorf("%s: output %d reads %q, want %s", name, i, o.Text, w.text)
		}
		for _, part := range w.html {
			if !strings.Contains(o.HTML, part) {
				t.Errorf("%s: output %d has no %s: %s", name, i, part, o.HTML)
			}
		}
	}
}

// readable is the least contrast of text with its ground.
const readable = 3

func (p displaysPage) checkThemes(t *testing.T) {
	for _, theme := range []string{"light", "dark"} {
		for _, part := range []string{"caption", "head", "type", "cell", "nil", "traceback"} {
			switch c := p.Pictures[theme][part]; {
			case c == nil:
				t.Errorf("%s: there is no %s", theme, part)
			case *c < readable:
				t.Errorf("%s: the contrast of %s is %.2f, want %d at least", theme, part, *c, readable)
			}
		}
	}
}

func (p displaysPage) checkQuestions(t *testing.T) {
	if p.Input.Prompt != "your name? " || p.Input.Hidden {
		t.Errorf("input: %+v", p.Input)
	}
	same(t, "input", p.Input.Outputs, []looks{{inStdout, `your name\? +Ada <b>\n`, nil}, {inStdout, `"Ada <b>" <nil>\n`, nil}})
	if p.Password.Prompt != "a word: " || !p.Password.Hidden {
		t.Errorf("password: %+v", p.Password)
	}
	same(t, "password", p.Password.Outputs, []looks{{inStdout, `a word: +·+\n`, nil}, {inStdout, `6 <nil>\n`, nil}})
	same(t, "interrupt", p.Interrupt, []looks{{inStderr, `interrupted: the cell was interrupted.*`, nil}})
}

func (p displaysPage) checkHelp(t *testing.T) {
	var items []string
	for _, it := range p.Completion.Items {
		items = append(items, it.Text+" "+it.Type)
	}
	if want := []string{"Repeat function", "Replace function", "ReplaceAll function", "Replacer type"}; !slices.Equal(items, want) {
		t.Errorf("completion: %q, want %q", items, want)
	}
	if p.Completion.Taken != "strings.Replace" {
		t.Errorf("completion: taken was %q", p.Completion.Taken)
	}
	if tip := p.Tooltip; tip.Code != "func strings.Repeat(s string, count int) string" || !tip.Coloured || !strings.Contains(tip.Text, "count copies of the string s.") {
		t.Errorf("tooltip: %+v", tip)
	}
}

func (p displaysPage) checkComms(t *testing.T) {
	text := func(list []commMessage) string {
		var b strings.Builder
		for _, m := range list {
			fmt.Fprintf(&b, "%s %s %v\n", m.Type, m.Data, m.Buffers)
		}
		return b.String()
	}
	if got, want := text(p.Comms.FromPage.Got), `comm_msg {"opened":{"hello":"page"}} []
comm_msg 3 [[250 2 1] [7]]
`; got != want {
		t.Errorf("opened by the page:\n%swant\n%s", got, want)
	}
	if !strings.Contains(p.Comms.FromPage.Closed, "cannot unmarshal") {
		t.Errorf("closed with %q", p.Comms.FromPage.Closed)
	}
	if p.Comms.Unknown != "comm_close" {
		t.Errorf("an unknown target: %q", p.Comms.Unknown)
	}
	if got, want := text(p.Comms.FromCell.Got), `comm_open "from the cell" [[1 2] [3]]
comm_msg "more" []
comm_close "bye" []
`; got != want {
		t.Errorf("opened by a cell:\n%swant\n%s", got, want)
	}
	same(t, "opened by a cell", p.Comms.FromCell.Outputs, []looks{{inStdout, `\{"answer":42\} \[\[9 8\]\]\n`, nil}})
}

// checkKernels: two notebooks have two, a saved one shows what it had, and a
// restart forgets.
func (p displaysPage) checkKernels(t *testing.T) {
	if p.Second.Kernels != 2 {
		t.Errorf("two notebooks have %d kernels", p.Second.Kernels)
	}
	unknown := []looks{{inStderr, `cell\[1\]:1:1: undefined: planets\n(?s).*`, nil}}
	same(t, "another notebook", p.Second.Outputs, unknown)
	for _, cell := range p.Saved {
		t.Errorf("a cell looks another way after opening the notebook again: %s", cell)
	}
	same(t, "after a restart", p.Restart, unknown)
}

// strangersNotebook writes a notebook with outputs that Jupyter does not trust,
// for it has not seen them made.
func (b *bench) strangersNotebook(t *testing.T, path string) {
	t.Helper()
	writeNotebook(t, path, []displayCell{
		{"table", `map[string]int{"<b>": 1}`},
		{"chart", `plots.LineXY([]float64{1, 2}, []float64{1, 4})`},
		{"script", "show.HTML(`<b>bold</b><script>window.ranByStranger = true</script>`)"},
	})
	cmd := exec.Command(b.bin, "run", "-inplace", path)
	cmd.Env = b.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sheaf run: %v\n%s", err, out)
	}
}

// checkDistrust: what Sheaf makes itself is shown before it is trusted, and
// scripts do not run.
func (p displaysPage) checkDistrust(t *testing.T) {
	d := p.Distrust
	same(t, "table", d.Table, []looks{{inHTML, `1 × 2\nkey\tvalue\nstring\tint\n<b>\t1`, []string{"&lt;b&gt;"}}})
	same(t, "chart", d.Chart, []looks{{"", ``, []string{"<canvas"}}})
	same(t, "script", d.Script, []looks{{inHTML, `bold`, []string{"<b>bold</b>"}}})
	if d.Text != "left" || d.Number != "right" {
		t.Errorf("in the table texts stand %s, numbers %s", d.Text, d.Number)
	}
	if d.Ran || len(d.Script) == 1 && strings.Contains(d.Script[0].HTML, "script") {
		t.Errorf("a script came through: %+v", d.Script)
	}
	for _, o := range append(d.Table, d.Script...) {
		if strings.Contains(o.Classes, "jp-mod-trusted") {
			t.Errorf("the notebook was trusted: %+v", o)
		}
	}
}
