package plots

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sheaf-go/sheaf/tables"
)

// TestPolynomialsAreExact: the data sets Wampler1 and Wampler2 of NIST's
// Statistical Reference Datasets are polynomials of degree 5 over 0 to 20, ill
// conditioned in powers of x.
func TestPolynomialsAreExact(t *testing.T) {
	for name, base := range map[string]float64{"Wampler1": 1, "Wampler2": 0.1} {
		var xs, ys []float64
		want := func(x float64) float64 {
			y := 0.0
			for k := range 6 {
				y += math.Pow(base*x, float64(k))
			}
			return y
		}
		for i := range 21 {
			xs, ys = append(xs, float64(i)), append(ys, want(float64(i)))
		}
		p := fitPolynomial(xs, ys, 5)
		for _, x := range []float64{0, 0.5, 3.3, 10, 19.99, 20} {
			if got, half := p.at(x); math.Abs(got-want(x)) > 1e-11*want(20) || half > 1e-9*want(20) {
				t.Errorf("%s at %g: %g ± %g, want %g", name, x, got, half, want(x))
			}
		}
		if math.Abs(p.r2-1) > 1e-12 {
			t.Errorf("%s: R² is %g", name, p.r2)
		}
	}
}

// TestPolynomialsAgainstNormalEquations compares fit, band and R² with those of
// the normal equations, solved over centred x: ŷ ± t·√(s²·vᵀ(XᵀX)⁻¹v).
func TestPolynomialsAgainstNormalEquations(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	for degree := 1; degree <= 5; degree++ {
		n := 30
		xs, ys := make([]float64, n), make([]float64, n)
		for i := range xs {
			xs[i] = 40 + 3*rng.NormFloat64()
			ys[i] = 1e3 * (math.Sin(xs[i]/3) + 0.3*rng.NormFloat64())
		}
		power := func(x float64) *mat.VecDense {
			v := mat.NewVecDense(degree+1, nil)
			for k := range degree + 1 {
				v.SetVec(k, math.Pow((x-40)/5, float64(k)))
			}
			return v
		}
		var gram mat.Dense
		gram.ReuseAs(degree+1, degree+1)
		right := mat.NewVecDense(degree+1, nil)
		for i, x := range xs {
			var outer mat.Dense
			outer.Outer(1, power(x), power(x))
			gram.Add(&gram, &outer)
			right.AddScaledVec(right, ys[i], power(x))
		}
		var inverse mat.Dense
		if err := inverse.Inverse(&gram); err != nil {
			t.Fatal(err)
		}
		var beta mat.VecDense
		beta.MulVec(&inverse, right)
		left, total, mean := 0.0, 0.0, sum(ys)/float64(n)
		for i, x := range xs {
			left += math.Pow(ys[i]-mat.Dot(power(x), &beta), 2)
			total += math.Pow(ys[i]-mean, 2)
		}
		free := float64(n - degree - 1)
		student := distuv.StudentsT{Sigma: 1, Nu: free}.Quantile(0.975)
		p := fitPolynomial(xs, ys, degree)
		if want := 1 - left/total; math.Abs(p.r2-want) > 1e-9 {
			t.Errorf("degree %d: R² is %g, want %g", degree, p.r2, want)
		}
		for _, x := range []float64{p.lo, 38, 41.5, p.hi} {
			wantHalf := student * math.Sqrt(left/free*mat.Inner(power(x), &inverse, power(x)))
			y, half := p.at(x)
			if want := mat.Dot(power(x), &beta); math.Abs(y-want) > 1e-6*math.Abs(want)+1e-6 || math.Abs(half-wantHalf) > 1e-6*wantHalf {
				t.Errorf("degree %d at %g: %g ± %g, want %g ± %g", degree, x, y, half, want, wantHalf)
			}
		}
	}
}

// TestRegressionCaptions: the equation in the data's own units, of logarithms on
// log axes, and what has none.
func TestRegressionCaptions(t *testing.T) {
	xs, ys := []float64{1, 10, 100}, []float64{3, 300, 30000}
	for _, c := range []struct {
		chart *Chart
		want  string
	}{
		{ScatterXY([]float64{0, 1, 2}, []float64{7, 4, 1}, Regression(1)), "y = 7 − 3·x, R² 1.000"},
		{ScatterXY([]float64{0, 1, 2}, []float64{1, 0, 1}, Regression(1)), "R² 0.000"},
		{ScatterXY(xs, ys, LogX(), LogY(), Regression(1)), "log10 y = 0.4771 + 2·log10 x, R² 1.000"},
		{ScatterXY([]float64{1, 2, 3, 4}, []float64{1, 4, 9, 16}, Regression(2)), "R² 1.000"},
		{ScatterXY([]float64{1, 1}, []float64{1, 2}, Regression(1)), "no regression: too few different values"},
		{ScatterXY([]float64{1, 2, 1, 2}, []float64{1, 2, 3, 4}, Regression(2)), "no regression: too few different values"},
		{ScatterXY([]float64{1, 2}, []float64{5, 5}, Regression(1)), "y = 5 + 0·x, no variance to explain"},
		{Scatter(tables.New(tables.Strings("s", "a", "b"), tables.Floats("y", 1, 2)), "s", "y", Regression(1)), `Regression wants numbers or moments; "s" holds names`},
		{ScatterXY(xs, ys, Regression(6)), "Regression: want a degree from 1 to 5, got 6"},
		{LineXY(xs, ys, Regression(1)), "Regression does not apply here; it is for scatter"},
	} {
		if got := c.chart.String(); !strings.Contains(got, c.want) {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}

// TestRegressionOfAllRows: the fit is that of all rows where a sample is drawn.
func TestRegressionOfAllRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	xs, ys := make([]float64, 20_000), make([]float64, 20_000)
	for i := range xs {
		xs[i] = rng.Float64()
		ys[i] = 2 + 3*xs[i] + rng.NormFloat64()
	}
	p := fitPolynomial(xs, ys, 1)
	c := ScatterXY(xs, ys, Regression(1))
	start, _ := p.at(0)
	end, _ := p.at(1)
	if want := "y = " + short(start) + " + " + short(end-start) + "·x"; !strings.Contains(c.String(), want) {
		t.Errorf("got %s, want %s", c, want)
	}
}
