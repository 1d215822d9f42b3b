package clients

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// Jupyter's own client library gets live charts: whole, a few times a second,
// with the last state at the end, also that of an interrupted training.
func TestLiveCharts(t *testing.T) {
	b := newBench(t)
	out := b.script(t, 5*time.Minute, "live.py", "sheaf")
	for _, step := range []string{"loop", "later", "interrupted", "table"} {
		if !strings.Contains(out, "ok "+step+" ") {
			t.Errorf("no line for %s", step)
		}
	}
	t.Log(out)
}

// A liveOutput is what stands below a cell: its text in the notebook's model, and
// that in the page.
type liveOutput struct{ Mime, Plain, Text string }

// livePage is what live.mjs saw.
type livePage struct {
	Train struct {
		States []struct {
			Text, Prompt string
			Outputs      int
		}
		Outputs  []liveOutput
		Canvases int
	}
	Two, Table []liveOutput
	Goroutine  struct{ Before, Other, After []liveOutput }
	Broken     []liveOutput
	Interrupt  struct{ Outputs, Epochs []liveOutput }
	Saved      []json.RawMessage // cells whose outputs differ
	Restart    struct{ Kept, Again []liveOutput }
	Reopened   struct{ Running, Look []liveOutput }
	Problems   []string
}

// In JupyterLab a live chart grows while its cell runs, and shows its last state
// after errors and interrupts, in the saved notebook, and where the page was
// closed meanwhile.
func TestLiveJupyterLab(t *testing.T) {
	b := newBench(t)
	browser, err := Chromium()
	needs.Have(t, err)
	modules, err := Playwright(t.Context(), testLog{t})
	needs.Have(t, err)
	b.env = append(b.env, "NODE_PATH="+modules)
	quietLab(t, b.env)
	dir := t.TempDir()
	writeNotebook(t, filepath.Join(dir, "live.ipynb"), cellsOf(t, "live.cells"))
	var p livePage
	b.browse(t, &p, "live.mjs", b.lab(t, dir), dir, "live.ipynb", browser, artifact(t, "jupyterlab-live"))
	p.check(t)
	checkSaved(t, filepath.Join(dir, "live.ipynb"))
}

func (p livePage) check(t *testing.T) {
	t.Helper()
	waited := 0 // at epochs 20 and 40
	for _, s := range p.Train.States {
		if strings.HasPrefix(s.Text, "epoch 20: ") || strings.HasPrefix(s.Text, "epoch 40: ") {
			waited++
		}
		if s.Outputs != 1 || !strings.HasPrefix(s.Text, "epoch ") {
			t.Errorf("%d outputs while the cell ran, %q; want one that is replaced", s.Outputs, s.Text)
		}
	}
	if waited != 2 {
		t.Errorf("while the cell ran the page showed %v, want epochs 20 and 40 among them", p.Train.States)
	}
	if p.Train.Canvases != 1 {
		t.Errorf("%d charts are drawn, want one", p.Train.Canvases)
	}
	const (
		trained = "epoch 60: loss 0.01667, val_loss 0.03333"
		both    = "x 19: volts 19 | x 19: amperes 38"
	)
	shown := func(what string, out []liveOutput, want string) {
		t.Helper()
		var got []string
		for _, o := range out {
			got = append(got, o.Plain+strings.SplitN(o.Text, "\n", 2)[0])
		}
		if all := strings.Join(got, " | "); all != want {
			t.Errorf("%s shows %q, want %q", what, all, want)
		}
	}
	shown("the end of a training", p.Train.Outputs, trained)
	shown("a cell with two charts", p.Two, both)
	if len(p.Table) != 1 || !strings.Contains(p.Table[0].Text, "30\tnet 2") {
		t.Errorf("the live table is %+v", p.Table)
	}
	shown("a cell whose goroutine waits", p.Goroutine.Before, "x 0: volts 1")
	shown("another cell", p.Goroutine.Other, "")
	shown("that cell when the goroutine goes on", p.Goroutine.After, "x 1: volts 7")
	shown("a training that fails", p.Broken, "epoch 7: loss 0.1429 | panic: no more data")
	p.checkInterrupt(t)
	for _, cell := range p.Saved {
		t.Errorf("the notebook opened again differs: %s", cell)
	}
	shown("a chart after the kernel has restarted", p.Restart.Kept, trained)
	shown("a cell that runs again", p.Restart.Again, both)
	shown("the page opened again", p.Reopened.Running, "epoch 20: loss 0.05")
	shown("the chart that went on without the page", p.Reopened.Look, "epoch 40: loss 0.025")
	for _, e := range p.Problems {
		t.Errorf("an error in the page: %s", e)
	}
}

// checkInterrupt: the chart of an interrupted training shows the last epoch, or
// the one before if it was interrupted between counting and drawing.
func (p livePage) checkInterrupt(t *testing.T) {
	t.Helper()
	var shown, epochs int
	out := p.Interrupt.Outputs
	if len(out) != 2 || len(p.Interrupt.Epochs) != 1 || !strings.HasPrefix(out[1].Text, "interrupted: ") {
		t.Fatalf("after an interrupt the page shows %+v and %+v", out, p.Interrupt.Epochs)
	}
	_, err := fmt.Sscanf(out[0].Plain, "epoch %d:", &shown)
	if _, err2 := fmt.Sscan(p.Interrupt.Epochs[0].Plain, &epochs); err != nil || err2 != nil || shown < epochs-1 || shown > epochs {
		t.Errorf("the chart shows epoch %d of %d: %v, %v", shown, epochs, err, err2)
	}
}

// checkSaved: the file holds the last states, with pictures for pages without
// scripts.
func checkSaved(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var nb struct {
		Cells []struct {
			ID      string
			Outputs []struct{ Data map[string]any }
		}
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	for _, c := range nb.Cells {
		if c.ID != "train" {
			continue
		}
		if len(c.Outputs) != 1 {
			t.Fatalf("%d outputs are saved, want one", len(c.Outputs))
		}
		text := fmt.Sprint(c.Outputs[0].Data["text/plain"])
		_, spec := c.Outputs[0].Data["application/vnd.vegalite.v5+json"]
		_, svg := c.Outputs[0].Data["image/svg+xml"]
		if !strings.Contains(text, "epoch 60: loss 0.01667") || !spec || !svg {
			t.Errorf("saved are %q, specification %v, SVG %v", text, spec, svg)
		}
	}
}
