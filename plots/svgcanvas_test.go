package plots_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/internal/clients"
	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/plots"
)

// A pairOfSVGs is one line of input of testdata/vega/same.cjs.
type pairOfSVGs struct {
	Name string `json:"name"`
	A    string `json:"a"`
	B    string `json:"b"`
}

// A compared is what same.cjs says of two SVGs.
type compared struct {
	Name          string
	Width, Height int
	Inked, Differ float64 // shares of the pixels
}

// compareSVGs draws pairs of SVGs in a headless Chromium.
func compareSVGs(t *testing.T, pairs []pairOfSVGs) map[string]compared {
	t.Helper()
	needs.Program(t, "node")
	browser, err := clients.Chromium()
	needs.Have(t, err)
	playwright, err := clients.Playwright(t.Context(), t.Output())
	needs.Have(t, err)
	var in, stderr bytes.Buffer
	for _, p := range pairs {
		line, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "vega", "same.cjs"), browser)
	cmd.Env = append(os.Environ(), "NODE_PATH="+playwright)
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	results := map[string]compared{}
	for line := range bytes.Lines(out) {
		var c compared
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		results[c.Name] = c
	}
	return results
}

// TestSVGDrawsTheSame: the small SVG of each chart of the gallery looks as the one
// that gonum/plot writes of the same drawing, and is smaller.
func TestSVGDrawsTheSame(t *testing.T) {
	const tolerance = 0.0005 // of the pixels: those at the edges of shapes
	var pairs []pairOfSVGs
	for _, s := range slices.Concat(gallery, awkward) {
		c := s.chart()
		plain, small := c.PlainSVG(), c.SVG()
		if len(small) > len(plain)*3/4 {
			t.Errorf("%s: %d bytes in place of %d", s.name, len(small), len(plain))
		}
		pairs = append(pairs, pairOfSVGs{s.name, plain, small})
	}
	bar := plots.BarXY([]string{"a", "b"}, []float64{1, 2})
	pairs = append(pairs, pairOfSVGs{"a difference", bar.PlainSVG(), bar.With(plots.Title("T")).SVG()},
		pairOfSVGs{"another colour", bar.PlainSVG(), bar.With(plots.Palette("#FF0000")).SVG()})
	results := compareSVGs(t, pairs)
	for _, p := range pairs {
		r := results[p.Name]
		if p.Name == "a difference" || p.Name == "another colour" {
			if r.Differ <= tolerance {
				t.Errorf("%s: the comparison sees %.5f", p.Name, r.Differ)
			}
			continue
		}
		if r.Differ > tolerance || r.Inked == 0 {
			t.Errorf("%s: %.3f%% of %d×%d pixels differ; %.1f%% are inked", p.Name, 100*r.Differ, r.Width, r.Height, 100*r.Inked)
		}
	}
}
