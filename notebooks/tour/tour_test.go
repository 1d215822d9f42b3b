// Package tour_test runs the notebooks of the tour headless, through the sheaf
// command, and holds the numbers that they show.
package tour_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/notebooks"
	"github.com/sheaf-go/sheaf/notebooks/nbtest"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// shows fails unless the outputs of the notebook hold every text.
func shows(t *testing.T, nb *notebooks.Notebook, texts ...string) {
	t.Helper()
	var all strings.Builder
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			all.WriteString(o.Text)
			if s, ok := o.Data[show.MIMEText].(string); ok {
				all.WriteString(s + "\n")
			}
		}
	}
	for _, want := range texts {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the outputs do not show %q:\n%s", want, all.String())
		}
	}
}

// charts counts the outputs that are charts with a static twin.
func charts(t *testing.T, nb *notebooks.Notebook) int {
	t.Helper()
	n := 0
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			if _, ok := o.Data[show.MIMEVegaLite]; !ok {
				continue
			}
			n++
			_, svg := o.Data[show.MIMESVG]
			_, png := o.Data[show.MIMEPNG]
			_, html := o.Data[show.MIMEHTML]
			if !svg && !png || html {
				t.Errorf("a chart has SVG %v, PNG %v, HTML %v; it wants a static twin and no HTML", svg, png, html)
			}
		}
	}
	return n
}

func TestTour(t *testing.T) {
	t.Run("01-first-table", func(t *testing.T) {
		nb := nbtest.Run(t, "01-first-table.ipynb")
		shows(t, nb, "ΣC = 410.381665577585", "[2, 5, 7, 8]", `C by A, 100 points`)
		if n := charts(t, nb); n != 1 {
			t.Errorf("%d charts, want 1", n)
		}
	})
	t.Run("02-insurance", func(t *testing.T) {
		needsInsurance(t)
		nb := nbtest.Run(t, "02-insurance.ipynb")
		shows(t, nb, "1,338 × 7", "R² 0.672534, first prediction 28329.70, Σ expenses 17755825.19", "-23524.5",
			"R² 0.750752, first prediction 25109.81", "-23819.3")
		if n := charts(t, nb); n != 2 {
			t.Errorf("%d charts, want 2", n)
		}
	})
	t.Run("03-iris", func(t *testing.T) {
		nb := nbtest.Run(t, "03-iris.ipynb")
		shows(t, nb, "15 parameters", "accuracy 0.973", "Loss")
		if n := charts(t, nb); n != 2 {
			t.Errorf("%d charts, want 2", n)
		}
	})
	t.Run("04-go-in-cells", func(t *testing.T) {
		nb := nbtest.Run(t, "04-go-in-cells.ipynb")
		shows(t, nb, "Hello, world! Hello, world!", "Hi world. Hi world.", "who   []string  5     [Ada Grace]", "map[Oslo:[12.5 degrees] Rome:[21.0 degrees 23.5 degrees]]",
			`"temp": "12.5 °C"`, "main.Celsius prints itself", "[]main.Pair[string,[]main.Celsius]", "0 1 1 2 3 5 8 13 21 34 55 89",
			"285", "given up: context deadline exceeded", "true true 9.0 degrees", "func slices.SortFunc", "--- PASS: TestMap", "BenchmarkMap")
		want := []string{"swim: 4.0 degrees: too cold", "index out of range [3] with length 3", "did you mean week?"}
		shows(t, nb, "59999997\n")
		if why := says(nb, "interpreted here: "); why != "" {
			t.Log(why)
		} else {
			shows(t, nb, " times as fast\n", ": compiled ")
		}
		fails(t, nb, want...)
	})
	t.Run("04b-charts", func(t *testing.T) {
		nb := nbtest.Run(t, "04b-charts.ipynb")
		shows(t, nb, "150 points in 3 series", "pair chart, 16 panels", "hexbin chart", "epoch 40: loss 0.02024, val_loss 0.08877", "images: 10 pictures; 7 of 10 predictions right", "4 files, error: <nil>")
		if n := charts(t, nb); n != 33 {
			t.Errorf("%d charts, want 33", n)
		}
		fails(t, nb, `no column "sepal_lenght"; did you mean "sepal_length"?`)
	})
	t.Run("05-tables", func(t *testing.T) {
		nb := nbtest.Run(t, "05-tables.ipynb")
		shows(t, nb, "TEA × 2", "[2, 1, 3, 5]", "3 different: Iris-setosa 33.3 %",
			"ada            3      7      4      3  2.333333", // orders of one customer
			"grace      null      0   null",                   // the pivot
			"    1  ada       tea     2024-03-01       2  London",
			"    7  ada       pot     2024-03-15       1     25.0     25.0", // a bill by the price of its day
			"120 30", "PNG 48×48", "1,000 × 3")
		if n := charts(t, nb); n != 1 {
			t.Errorf("%d charts, want 1", n)
		}
		fails(t, nb, `did you mean "Amount"?`, `key Customer = "zoe" of row 7 has no row on the right`)
	})
	t.Run("DH63 10-fraud", func(t *testing.T) {
		nb := nbtest.Run(t, "10-fraud.ipynb")
		shows(t, nb, "Total params: 1,592", "263326 payments to learn from, 21481 to test with", "epoch 5: loss 0.00", "5 epochs", "37 frauds", "the loaded model says the same: true")
		atLeast(t, nb, "average precision ", 0.75)
		if n := charts(t, nb); n != 2 {
			t.Errorf("%d charts, want 2", n)
		}
	})
	t.Run("12-images", func(t *testing.T) {
		nb := nbtest.Run(t, "12-images.ipynb")
		shows(t, nb, "Total params: 5,956", "PNG 40×40")
		atLeast(t, nb, "accuracy on new pictures: ", 0.93)
		if n := charts(t, nb); n != 1 {
			t.Errorf("%d charts, want 1", n)
		}
	})
}

// atLeast fails unless the number that a cell prints after a text is large
// enough.
func atLeast(t *testing.T, nb *notebooks.Notebook, text string, least float64) {
	t.Helper()
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			if _, after, ok := strings.Cut(o.Text, text); ok {
				var got float64
				if _, err := fmt.Sscan(after, &got); err != nil || got < least {
					t.Errorf("%s%v, %v; want at least %v", text, got, err, least)
				}
				return
			}
		}
	}
	t.Errorf("no cell prints %q", text)
}

// says is the first output that holds a text; "" if there is none.
func says(nb *notebooks.Notebook, text string) string {
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			if plain, _ := o.Data["text/plain"].(string); strings.Contains(plain, text) {
				return plain
			}
		}
	}
	return ""
}

// fails fails unless the notebook's errors, in their order, hold these texts.
func fails(t *testing.T, nb *notebooks.Notebook, texts ...string) {
	t.Helper()
	var errs []string
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			if o.Type == "error" {
				errs = append(errs, o.EValue)
			}
		}
	}
	if len(errs) != len(texts) {
		t.Fatalf("%d errors, want %d: %q", len(errs), len(texts), errs)
	}
	for i, want := range texts {
		if !strings.Contains(errs[i], want) {
			t.Errorf("error %d is %q, want %q in it", i+1, errs[i], want)
		}
	}
}

// needsInsurance skips where the file is not at hand: it does not ship with
// the project. In CI it must be there.
func needsInsurance(t *testing.T) {
	t.Helper()
	dir := os.Getenv("SHEAF_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(filepath.Join(dir, "insurance.csv")); err != nil {
		needs.Have(t, fmt.Errorf("set SHEAF_DATA to the folder of test data: %w", err))
	}
}

// The notebooks are committed without outputs, so that they do not go stale.
func TestTourIsClean(t *testing.T) {
	files, err := filepath.Glob("*.ipynb")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		nb, err := notebooks.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range nb.Cells {
			if len(c.Outputs) > 0 {
				t.Errorf("%s: cell %d has outputs", f, i+1)
			}
		}
	}
}
