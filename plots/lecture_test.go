package plots_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
)

// rowsOf reads the data inside a chart's specification.
func rowsOf(t *testing.T, c *plots.Chart) []map[string]any {
	t.Helper()
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Data struct{ Values specRows }
	}
	if err := json.Unmarshal([]byte(c.Spec()), &spec); err != nil {
		t.Fatal(err)
	}
	return spec.Data.Values
}

// numbers is one field of all rows.
func numbers(t *testing.T, rows []map[string]any, field string) []float64 {
	t.Helper()
	out := make([]float64, len(rows))
	for i, r := range rows {
		v, ok := r[field].(float64)
		if !ok {
			t.Fatalf("row %d has %s = %v, not a number", i, field, r[field])
		}
		out[i] = v
	}
	return out
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.8g, want %.8g within %g", what, got, want, within)
	}
}

func total(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum
}

// TestLEC2SigmoidCurve: 100 points from -10 to 10, shown as an interactive
// chart and as a picture.
func TestLEC2SigmoidCurve(t *testing.T) {
	c := plots.Func(sigmoid, -10, 10, plots.Points(100))
	rows := rowsOf(t, c)
	if len(rows) != 100 {
		t.Fatalf("%d points, want 100", len(rows))
	}
	x, y := numbers(t, rows, "x"), numbers(t, rows, "y")
	near(t, "step", x[1]-x[0], 0.20202, 1e-5)
	near(t, "first y", y[0], 4.5398e-5, 1e-9)
	near(t, "last y", y[99], 0.9999546, 1e-6)
	near(t, "sum of y", total(y), 50, 1e-3)
	b := c.Display()
	for _, mime := range []string{show.MIMEVegaLite, show.MIMESVG, show.MIMEText} {
		if b.Data[mime] == nil {
			t.Errorf("no %s in the display", mime)
		}
	}
	if b.Data[show.MIMEHTML] != nil {
		t.Error("HTML in the display: JupyterLab would show it in place of the chart")
	}
}

// TestLEC3ReLUCurve: zero up to zero, the identity above.
func TestLEC3ReLUCurve(t *testing.T) {
	rows := rowsOf(t, plots.Func(func(x float64) float64 { return math.Max(0, x) }, -10, 10, plots.Points(100)))
	y := numbers(t, rows, "y")
	zeros, most := 0, 0.0
	for _, v := range y {
		if v == 0 {
			zeros++
		}
		most = math.Max(most, v)
	}
	if zeros != 50 || most != 10 {
		t.Errorf("%d zeros and maximum %g, want 50 and 10", zeros, most)
	}
	near(t, "sum of y", total(y), 252.5253, 1e-3)
}

// TestLEC4LeakyReLUCurve: a hundredth of x below zero.
func TestLEC4LeakyReLUCurve(t *testing.T) {
	leaky := func(x float64) float64 {
		if x > 0 {
			return x
		}
		return 0.01 * x
	}
	y := numbers(t, rowsOf(t, plots.Func(leaky, -10, 10, plots.Points(100))), "y")
	near(t, "minimum", y[0], -0.1, 1e-9)
	near(t, "sum of y", total(y), 250, 1e-3)
}
