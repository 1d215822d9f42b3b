package notebooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestRun runs the cells of each testdata/run/*.txtar and compares what was
// logged and what was stored. A file "cell" is a code cell; a first line
// "#tag NAME" tags it. "flags" may hold allow-errors.
func TestRun(t *testing.T) {
	paths, _ := filepath.Glob("testdata/run/*.txtar")
	if len(paths) < 5 {
		t.Fatalf("found %d cases", len(paths))
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runCase(t, path) })
	}
}

var durations = regexp.MustCompile(`\d+(\.\d+)? ms`)

func runCase(t *testing.T, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	nb := &Notebook{Major: 4, Minor: 5}
	var opts Options
	kept := ar.Files[:0:0]
	want := map[string]string{}
	for _, f := range ar.Files {
		switch f.Name {
		case "cell":
			nb.Cells = append(nb.Cells, testCell(string(f.Data)))
		case "flags":
			opts.AllowErrors = strings.Contains(string(f.Data), "allow-errors")
		default:
			want[f.Name] = string(f.Data)
			continue
		}
		kept = append(kept, f)
	}
	var log bytes.Buffer
	opts.Log = &log
	engine, _ := newScript("")
	if _, err := Run(t.Context(), nb, engine, opts); err != nil {
		log.WriteString("error: " + err.Error() + "\n")
	}
	got := []txtar.File{
		{Name: "log", Data: durations.ReplaceAll(log.Bytes(), []byte("N ms"))},
		{Name: "outputs", Data: outputsText(t, nb)},
	}
	for _, f := range got {
		if diff := cmp.Diff(want[f.Name], string(f.Data)); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
	if *update {
		ar.Files = append(kept, got...)
		if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func testCell(source string) *Cell {
	c := &Cell{Type: Code, Source: strings.TrimSuffix(source, "\n"), Count: 99,
		Outputs: []*Output{{Type: Stream, Name: "stdout", Text: "from an earlier run\n"}}}
	if first, rest, _ := strings.Cut(source, "\n"); strings.HasPrefix(first, "#tag ") {
		c.Metadata = map[string]any{"tags": []any{strings.TrimPrefix(first, "#tag ")}}
		c.Source = strings.TrimSuffix(rest, "\n")
	}
	return c
}

// outputsText is a line per stored output, behind its cell's count.
func outputsText(t *testing.T, nb *Notebook) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, c := range nb.Cells {
		if err := enc.Encode(orNull(c.Count)); err != nil {
			t.Fatal(err)
		}
		for _, o := range c.Outputs {
			b.WriteByte('\t')
			m := outputJSON(o)
			if len(o.Metadata) == 0 {
				delete(m, "metadata")
			}
			if err := enc.Encode(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.Bytes()
}

func cellsOf(sources ...string) *Notebook {
	nb := &Notebook{Major: 4, Minor: 5}
	for _, s := range sources {
		nb.Cells = append(nb.Cells, &Cell{Type: Code, Source: s})
	}
	return nb
}

func TestTimeoutInterrupts(t *testing.T) {
	nb := cellsOf(`stdout before\n`+"\nhang", "stdout after")
	engine, _ := newScript("")
	start := time.Now()
	_, err := Run(t.Context(), nb, engine, Options{Timeout: 50 * time.Millisecond})
	if err == nil || err.Error() != "cell 1: timeout: the cell ran longer than 50ms" {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
	if got, want := nb.Output(1), "before\ntimeout: the cell ran longer than 50ms\n"; got != want {
		t.Errorf("stored %q, want %q", got, want)
	}
	if len(nb.Cells[1].Outputs) != 0 {
		t.Error("the next cell ran")
	}
}

func TestTimeoutOfACell(t *testing.T) {
	nb := cellsOf("hang")
	nb.Cells[0].Metadata = map[string]any{"timeout": json.Number("0.05")}
	engine, _ := newScript("")
	_, err := Run(t.Context(), nb, engine, Options{Timeout: time.Hour})
	if err == nil || err.Error() != "cell 1: timeout: the cell ran longer than 50ms" {
		t.Errorf("got %v", err)
	}
}

func TestTimeoutEndsAStubbornCell(t *testing.T) {
	defer func(d time.Duration) { grace = d }(grace)
	grace = 20 * time.Millisecond
	nb := cellsOf("stubborn")
	engine, _ := newScript("")
	start := time.Now()
	_, err := Run(t.Context(), nb, engine, Options{Timeout: 20 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "timeout") || time.Since(start) > 30*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
}

func TestCancelKeepsWhatWasComputed(t *testing.T) {
	nb := cellsOf("stdout one", "hang", "stdout three")
	engine, _ := newScript("")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(500*time.Millisecond, cancel)
	report, err := Run(ctx, nb, engine, Options{AllowErrors: true})
	var cell *CellError
	var shown *show.Error
	if !errors.As(err, &cell) || cell.Count != 2 || !errors.As(err, &shown) || shown.Name != "interrupted" {
		t.Errorf("got %v", err)
	}
	if len(report.Cells) != 2 || nb.Output(1) != "one\n" || len(nb.Cells[2].Outputs) != 0 {
		t.Errorf("report %+v, outputs %q", report, nb.Output(1))
	}
}

// TestManyLines: collecting stays linear, so a cell may print a lot.
func TestManyLines(t *testing.T) {
	nb := cellsOf("")
	all := newCollector()
	c := all.begin(nb.Cells[0])
	const n = 200_000
	start := time.Now()
	for range n {
		c.Stream("stdout", "a line of some length that a cell prints\n")
	}
	all.close()
	if got := strings.Count(nb.Cells[0].Outputs[0].Text, "\n"); got != n || len(nb.Cells[0].Outputs) != 1 {
		t.Errorf("%d lines in %d outputs", got, len(nb.Cells[0].Outputs))
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %v", d)
	}
}

// TestLateOutput: a goroutine that a cell left behind prints into its own
// cell while later cells run, and nowhere once the run is over.
func TestLateOutput(t *testing.T) {
	nb := cellsOf("", "")
	c := newCollector()
	first := c.begin(nb.Cells[0])
	first.Stream("stdout", "in time\n")
	first.finish(show.Result{Value: show.Plain("1")})
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 100 {
			first.Stream("stdout", "l")
		}
	})
	second := c.begin(nb.Cells[1])
	for range 100 {
		second.Stream("stdout", "s")
	}
	second.finish(show.Result{})
	wg.Wait()
	c.close()
	first.Stream("stdout", "too late")
	first.Display(show.Display{Bundle: show.Plain("too late")})
	nb.Cells[0].Count, nb.Cells[1].Count = 1, 2
	if got, want := nb.Output(1), "in time\n1\n"+strings.Repeat("l", 100)+"\n"; got != want {
		t.Errorf("cell 1 shows %q, want %q", got, want)
	}
	if got, want := nb.Output(2), strings.Repeat("s", 100)+"\n"; got != want {
		t.Errorf("cell 2 shows %q, want %q", got, want)
	}
}

func TestOverwritten(t *testing.T) {
	for in, want := range map[string]string{
		"10 %\r50 %\r100 %\ndone\r\n": "100 %\ndone\n",
		"long line\rab":               "abng line",
		"abc\b\bX\n":                  "aXc\n",
		"\b\bx":                       "x",
		"né\r\u00fc":                  "üé",
		"plain\n":                     "plain\n",
	} {
		if got := overwritten(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}
