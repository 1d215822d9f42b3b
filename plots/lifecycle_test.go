package plots_test

import (
	"errors"
	"image"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
)

// TestZeroValues: a value that no function of the package made says so, and a
// live chart is ready.
func TestZeroValues(t *testing.T) {
	for name, c := range map[string]*plots.Chart{"nil": nil, "zero": new(plots.Chart)} {
		checkShown(t, name, func() shown { return c })
		checkShown(t, name+" with", func() shown { return c.With(plots.Title("a")) })
		checkShown(t, name+" in a layer", func() shown { return plots.Layer(c) })
		checkShown(t, name+" in a concat", func() shown { return plots.Concat(plots.HistogramX([]float64{1}), c) })
		if err := c.Save(filepath.Join(t.TempDir(), "a.png")); err == nil {
			t.Errorf("%s: saved", name)
		} else {
			checkLine(t, name, err.Error())
		}
		if c.Spec() != "" {
			t.Errorf("%s: a specification", name)
		}
	}
	for name, g := range map[string]*plots.ImageGrid{"nil grid": nil, "zero grid": new(plots.ImageGrid)} {
		checkShown(t, name, func() shown { return g })
		if g.Err() == nil || g.Save(filepath.Join(t.TempDir(), "a.png")) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var live plots.LiveChart
	checkShown(t, "zero live chart", func() shown { return &live })
	live.Add(1, map[string]float64{"loss": 2})
	if live.Err() != nil || live.Chart().Err() != nil {
		t.Errorf("zero live chart: %v", live.Err())
	}
	checkShown(t, "zero split", func() shown { return plots.ROC([]plots.Split{{}}) })
	checkShown(t, "zero outcome", func() shown { return plots.Boomerang([]plots.Outcome{{}}) })
	for of, make := range makers {
		if c := make(optionMaterial(of), plots.Option{}); c.Err() == nil {
			t.Errorf("%s: an empty option is no error", of)
		}
	}
}

// TestChartsStay: what a chart shows is settled when it is made, whatever
// becomes of the slices that it was made of.
func TestChartsStay(t *testing.T) {
	for of, make := range makers {
		if of == "Live" { // whose Add copies numbers
			continue
		}
		m := optionMaterial(of)
		c := make(m)
		if err := c.Err(); err != nil {
			t.Errorf("%s: %v", of, err)
			continue
		}
		before := look(c)
		for i := range m.xs {
			m.xs[i] = math.NaN()
		}
		for i := range m.ys {
			m.ys[i] *= -3
		}
		for i := range m.names {
			m.names[i] = "other"
		}
		if look(c) != before {
			t.Errorf("%s: the chart has changed with its slices", of)
		}
	}
}

// TestOneChartManyGoroutines: what several goroutines get of one chart is the
// same.
func TestOneChartManyGoroutines(t *testing.T) {
	for of, make := range makers {
		c := make(optionMaterial(of))
		want := look(c)
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				if chart, ok := c.(*plots.Chart); ok {
					chart.With(plots.Title("other"))
				}
				if c.Display(); look(c) != want {
					t.Errorf("%s: it looks different elsewhere", of)
				}
			})
		}
		wait.Wait()
	}
}

// TestSaveWhole: an error leaves the old file and nothing else in the folder.
func TestSaveWhole(t *testing.T) {
	c := plots.HistogramX([]float64{1, 2, 3})
	g := plots.ImagesOf([]image.Image{image.NewGray(image.Rect(0, 0, 4, 4))}, nil)
	dir := t.TempDir()
	for _, name := range []string{"a.png", "a.svg", "a.pdf", "a.json", "A.SVG"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := c.Save(path); err != nil {
			t.Error(err)
		}
		b, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || len(b) < 100 || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %d bytes of mode %v (%v)", name, len(b), info.Mode(), err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 5 {
		t.Errorf("the folder has %v", files)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.png"), 0o777); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(dir, "full.png")
	for path, want := range map[string]error{
		filepath.Join(dir, "folder.png"):                    nil,
		filepath.Join(dir, "a.png", "b.png"):                syscall.ENOTDIR,
		filepath.Join(dir, "missing", "b.png"):              fs.ErrNotExist,
		full:                                                syscall.ENOSPC,
		filepath.Join(dir, "a\x00b.png"):                    nil,
		filepath.Join(dir, strings.Repeat("a", 300)+".png"): syscall.ENAMETOOLONG,
		"": nil,
	} {
		if path == full && os.Symlink("/dev/full", full) != nil {
			continue
		}
		for _, save := range []func(string) error{c.Save, g.Save} {
			err := save(path)
			if err == nil || want != nil && !errors.Is(err, want) {
				t.Errorf("%q: got %v, want %v", path, err, want)
			} else {
				checkLine(t, path, err.Error())
			}
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 7 { // with the folder and the link
		t.Errorf("the folder has %v", files)
	}
}
