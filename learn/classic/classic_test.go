package classic_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/classic"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/tables"
)

// plane makes n rows of p normal columns and y = 3 + Σ (j+1)·x_j + noise.
func plane(n, p int, noise float64) (x, y *tensor.Tensor) {
	r := rand.New(rand.NewPCG(1, uint64(n*p)))
	x, y = tensor.New(tensor.Float64, n, p), tensor.New(tensor.Float64, n, 1)
	for i := range n {
		v := 3 + noise*r.NormFloat64()
		for j := range p {
			u := r.NormFloat64()
			x.SetAt(u, i, j)
			v += float64(j+1) * u
		}
		y.SetAt(v, i, 0)
	}
	return x, y
}

// TestLEC17Estimators runs every model through the one convention.
func TestLEC17Estimators(t *testing.T) {
	x, y := plane(60, 3, 0.01)
	classes := tensor.New(tensor.Int8, 60)
	for i := range 60 {
		if y.Float64At(i, 0) > 3 {
			classes.SetAt(7, i)
		}
	}
	for name, c := range map[string]struct {
		m classic.Estimator
		y *tensor.Tensor
	}{
		"linear": {classic.NewLinearRegression(), y}, "softmax": {classic.NewSoftmaxRegression(classic.C(100)), classes},
		"zero linear": {&classic.LinearRegression{}, y}, "zero softmax": {&classic.SoftmaxRegression{}, classes},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.m.Predict(x); err == nil || !strings.Contains(err.Error(), "not fitted") {
				t.Errorf("an unfitted model predicts: %v", err)
			}
			if err := c.m.Fit(x, c.y); err != nil {
				t.Fatal(err)
			}
			p, err := c.m.Predict(x.Slice(0, 20))
			if err != nil || !slices.Equal(p.Shape(), []int{20}) {
				t.Fatalf("shape %v, error %v", p.Shape(), err)
			}
			if p, err := c.m.Predict(x.Slice(0, 0)); err != nil || p.Len() != 0 {
				t.Errorf("no rows: %v, %v", p, err)
			}
			if s, err := c.m.Score(x, c.y); err != nil || s < 0.95 {
				t.Errorf("score %v, %v", s, err)
			}
			// Any layout and type of the same numbers gives the same answers.
			q, err := c.m.Predict(x.AsLayout(tensor.ColMajor).Slice(0, 20))
			if err != nil || !slices.Equal(p.Float64s(), q.Float64s()) {
				t.Errorf("column-major rows are answered differently: %v", err)
			}
			before := p.Float64s()
			if err := c.m.Fit(x, c.y.Slice(0, 3)); err == nil {
				t.Error("fitted 60 rows to 3 targets")
			}
			if p, _ := c.m.Predict(x.Slice(0, 20)); !slices.Equal(p.Float64s(), before) {
				t.Error("a failed Fit changed the model")
			}
			d := c.m.(show.Displayer).Display()
			if d.PlainText() == "" || !strings.Contains(d.Data[show.MIMEHTML].(string), `<table class="sheaf-table"`) {
				t.Errorf("display %v", d.Data)
			}
		})
	}
}

func TestLinearIllConditioned(t *testing.T) {
	// Columns of very different size and far from zero keep their accuracy.
	x, _ := plane(200, 3, 0)
	y := tensor.New(tensor.Float64, 200)
	for i := range 200 {
		a, b, c := x.Float64At(i, 0)*1e-6, 1e6+x.Float64At(i, 1), x.Float64At(i, 2)*1e9
		x.SetAt(a, i, 0)
		x.SetAt(b, i, 1)
		x.SetAt(c, i, 2)
		y.SetAt(2e6*a+0.5*b-1e-9*c+4, i)
	}
	m := classic.NewLinearRegression()
	if err := m.Fit(x, y); err != nil {
		t.Fatal(err)
	}
	for j, want := range []float64{2e6, 0.5, -1e-9} {
		if math.Abs(m.Coef()[j]/want-1) > 1e-8 {
			t.Errorf("coefficient %d is %v, want %v", j, m.Coef()[j], want)
		}
	}
	if math.Abs(m.Intercept()-4) > 1e-3 {
		t.Errorf("intercept %v", m.Intercept())
	}
}

func TestLinearExactAndThroughOrigin(t *testing.T) {
	x := tensor.FromFloat64s([]int{3}, 1, 2, 3) // a vector is one column
	y := tensor.FromSlice([]int{3}, []int32{2, 4, 6})
	m := classic.NewLinearRegression(classic.NoIntercept())
	if err := m.Fit(x, y); err != nil || math.Abs(m.Coef()[0]-2) > 1e-12 || m.Intercept() != 0 || m.NumParams() != 1 {
		t.Errorf("%v, error %v", m, err)
	}
	two := classic.NewLinearRegression()
	if err := two.Fit(x.Slice(0, 2), y.Slice(0, 2)); err != nil || math.Abs(two.Intercept()) > 1e-12 {
		t.Errorf("a line through two points: %v, error %v", two, err)
	}
	if err := two.Fit(x, tensor.FromFloat64s([]int{3}, 5, 5, 5)); err != nil {
		t.Error(err)
	}
	if r2, err := two.Score(x, tensor.FromFloat64s([]int{3}, 5, 5, 6)); err != nil || r2 >= 1 {
		t.Errorf("R² %v, %v", r2, err)
	}
}

func TestSoftmaxClasses(t *testing.T) {
	x, y := plane(40, 2, 0.5)
	k := tensor.New(tensor.Float64, 40, 1)
	for i := range 40 {
		k.SetAt(math.Round(max(-1, min(1, (y.Float64At(i, 0)-3)/2))), i, 0)
	}
	m, given := classic.NewSoftmaxRegression(), classic.NewSoftmaxRegression(classic.Classes(1, -1, 0))
	if err := m.Fit(x, k); err != nil {
		t.Fatal(err)
	}
	if err := given.Fit(x, k); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.Classes(), []int64{-1, 0, 1}) || !slices.Equal(given.Classes(), []int64{1, -1, 0}) {
		t.Errorf("classes %v and %v", m.Classes(), given.Classes())
	}
	p, _ := m.PredictProba(x)
	q, _ := given.PredictProba(x)
	for i := range 40 {
		if math.Abs(p.Float64At(i, 2)-q.Float64At(i, 0)) > 1e-6 {
			t.Fatalf("row %d: class 1 has %v and %v", i, p.Float64At(i, 2), q.Float64At(i, 0))
		}
	}
}

func TestSoftmaxStops(t *testing.T) {
	x := tensor.FromFloat64s([]int{4, 2}, -2, 7, -1, 7, 1, 7, 2, 7) // separable; column 1 is constant
	y := tensor.FromSlice([]int{4}, []bool{false, false, true, true})
	m := classic.NewSoftmaxRegression(classic.C(math.Inf(1)), classic.MaxIter(5))
	if err := m.Fit(x, y); err != nil {
		t.Fatal(err)
	}
	if s, _ := m.Score(x, y); s != 1 || m.Converged() || len(m.History()) != 6 {
		t.Errorf("score %v, converged %v, history %v", s, m.Converged(), m.History())
	}
	if !strings.Contains(m.String(), "not converged") || m.Coef()[0][1] != 0 {
		t.Errorf("%v", m)
	}
	still := classic.NewSoftmaxRegression() // nothing to learn: balanced, and no column varies
	if err := still.Fit(x.Slice(0, 4).Col(1), y); err != nil || !still.Converged() || len(still.History()) != 1 {
		t.Errorf("%v, error %v", still, err)
	}
	free := classic.NewSoftmaxRegression(classic.C(math.Inf(1)))
	if err := free.Fit(x, y); err != nil {
		t.Errorf("without a penalty on separable rows: %v", err)
	}
}

func TestErrors(t *testing.T) {
	rows := tensor.FromRows
	ok := rows([][]float64{{1, 2}, {2, 1}, {3, 5}, {4, 4}})
	y := tensor.FromFloat64s([]int{4}, 0, 1, 0, 1)
	nan := rows([][]float64{{1, 2}, {2, math.NaN()}, {3, 5}, {4, 4}})
	lin := func(o ...classic.Option) classic.Estimator { return classic.NewLinearRegression(o...) }
	soft := func(o ...classic.Option) classic.Estimator { return classic.NewSoftmaxRegression(o...) }
	for _, c := range []struct {
		m    classic.Estimator
		x, y *tensor.Tensor
		want string
	}{
		{lin(), nil, y, "classic: LinearRegression: fit: x is nil"},
		{lin(), ok, nil, "classic: LinearRegression: fit: y is nil"},
		{lin(), ok.Slice(0, 9), y, "classic: LinearRegression: fit: x: tensor: slice: rows 0 to 9 of 4"},
		{lin(), nan, y, "classic: LinearRegression: fit: x is NaN in row 1, column 1; want finite numbers"},
		{lin(classic.Features("A", "B")), nan, y, "classic: LinearRegression: fit: x is NaN in row 1, column 1 (B); want finite numbers"},
		{lin(), ok, tensor.FromFloat64s([]int{4}, 1, 2, math.Inf(1), 3), "classic: LinearRegression: fit: y is +Inf in row 2; want finite numbers"},
		{lin(), ok, y.Slice(0, 3), "classic: LinearRegression: fit: x has 4 rows, y has 3"},
		{lin(), ok, ok, "classic: LinearRegression: fit: y has shape [4 2]; want one target for each row: (4) or (4, 1)"},
		{lin(), ok.Reshape(1, 2, 4), y, "classic: LinearRegression: fit: x has shape [1 2 4]; want (rows, features)"},
		{lin(), tensor.New(tensor.Float64, 4, 0), y, "classic: LinearRegression: fit: x has no columns"},
		{lin(), ok.Slice(0, 2), y.Slice(0, 2), "classic: LinearRegression: fit: 2 rows are too few for 2 columns; want at least 3"},
		{lin(), rows([][]float64{{1, 7}, {2, 7}, {3, 7}, {5, 7}}), y, "classic: LinearRegression: fit: column 1 is constant, which the intercept already covers; leave it out"},
		{lin(), rows([][]float64{{1, 0}, {2, 0}, {3, 0}, {5, 0}}), y, "classic: LinearRegression: fit: column 1 is all zeros; leave it out"},
		{lin(classic.Features("cm", "inch")), rows([][]float64{{1, 2.54}, {2, 5.08}, {3, 7.62}, {5, 12.7}}), y,
			"classic: LinearRegression: fit: column 1 (inch) is a combination of the columns before it; leave one of them out"},
		{lin(classic.C(2)), ok, y, `classic: LinearRegression has no option "C"; it has [Features NoIntercept]`},
		{soft(classic.C(0)), ok, y, "classic: SoftmaxRegression: C is 0; want more than 0"},
		{soft(classic.MaxIter(0)), ok, y, "classic: SoftmaxRegression: MaxIter is 0; want at least 1"},
		{soft(classic.Tol(-1)), ok, y, "classic: SoftmaxRegression: Tol is -1; want more than 0"},
		{soft(classic.Classes(1, 1)), ok, y, "classic: SoftmaxRegression: Classes names 1 twice"},
		{soft(), ok, tensor.FromFloat64s([]int{4}, 1, 1, 1, 1), "classic: SoftmaxRegression: fit: y has one class, 1, in all 4 rows; want at least two"},
		{soft(), ok, tensor.FromFloat64s([]int{4}, 1, 2.5, 1, 1), "classic: SoftmaxRegression: fit: y is 2.5 in row 1; want classes as whole numbers"},
		{soft(), ok.Slice(0, 0), y.Slice(0, 0), "classic: SoftmaxRegression: fit: no rows"},
		{soft(classic.Classes(0, 2)), ok, y, "classic: SoftmaxRegression: fit: class 2 was given, but no row of y has it"},
		{soft(classic.Classes(0)), ok, y, "classic: SoftmaxRegression: fit: y is class 1 in row 1, which is not among the given [0]"},
		{soft(), nan, y, "classic: SoftmaxRegression: fit: x is NaN in row 1, column 1; want finite numbers"},
	} {
		if err := c.m.Fit(c.x, c.y); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	m := lin()
	if err := m.Fit(ok, y); err != nil {
		t.Fatal(err)
	}
	want := "classic: LinearRegression: predict: x has 3 columns; the model was fitted on 2"
	if _, err := m.Predict(tensor.New(tensor.Float64, 2, 3)); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestLossAtOptimum checks the loss against its definition, and that no small
// step away from the fitted weights lowers it.
func TestLossAtOptimum(t *testing.T) {
	x, y := plane(50, 2, 1)
	k := tensor.New(tensor.Int64, 50)
	for i := range 50 {
		k.SetAt(int(math.Abs(y.Float64At(i, 0)))%3, i)
	}
	m := classic.NewSoftmaxRegression(classic.C(0.7))
	if err := m.Fit(x, k); err != nil {
		t.Fatal(err)
	}
	w, b := m.Coef(), m.Intercept()
	h := m.History()
	best := softmaxLoss(x, k, w, b, 0.7)
	if math.Abs(best-h[len(h)-1]) > 1e-12 {
		t.Errorf("the loss by definition is %v, the history ends with %v", best, h[len(h)-1])
	}
	for a := range w {
		for j := range w[a] {
			for _, step := range []float64{1e-3, -1e-3} {
				w[a][j] += step
				if got := softmaxLoss(x, k, w, b, 0.7); got <= best {
					t.Errorf("weight (%d,%d)%+v lowers the loss by %v", a, j, step, best-got)
				}
				w[a][j] -= step
			}
		}
	}
}

// softmaxLoss is the definition: mean cross-entropy plus ‖w‖²/(2Cn).
func softmaxLoss(x, k *tensor.Tensor, w [][]float64, b []float64, c float64) float64 {
	n, loss, norm := x.Dim(0), 0.0, 0.0
	for i := range n {
		sum, own := 0.0, 0.0
		for a := range w {
			z := b[a]
			for j, v := range w[a] {
				z += v * x.Float64At(i, j)
			}
			sum += math.Exp(z)
			if int(k.Float64At(i)) == a {
				own = z
			}
		}
		loss += math.Log(sum) - own
	}
	for a := range w {
		for _, v := range w[a] {
			norm += v * v
		}
	}
	return (loss + norm/(2*c)) / float64(n)
}

// Fit starts anew each time, so that a batch would be all it remembers.
func TestFitRefusesBatches(t *testing.T) {
	table := tables.New(tables.Floats("x", 1, 2, 3, 4), tables.Floats("y", 2, 4, 6, 8), tables.Ints("k", 0, 1, 0, 1))
	for name, fit := range map[string]any{"LinearRegression": classic.NewLinearRegression().Fit, "SoftmaxRegression": classic.NewSoftmaxRegression()} {
		err := learn.Train(table, fit, learn.Batch(3), learn.In(gather.Float64, "x"), learn.In(gather.Int64, "k"))
		want := "classic: " + name + ": fit: it learns from all rows at once, and got 3 of 4; use learn.Batch(4)"
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A model that is trained on columns of a table calls them as the table does,
// unless it was told other names.
func TestColumnNames(t *testing.T) {
	table := tables.New(tables.Floats("cm", 1, 2, 3, 5), tables.Floats("kg", 2, 1, 7, 3), tables.Floats("y", 2, 4, 6, 8), tables.Ints("k", 0, 1, 0, 1))
	in := learn.In(gather.Float64, "cm", "kg")
	for _, c := range []struct {
		m     classic.Estimator
		y     learn.Input
		names string
	}{
		{&classic.LinearRegression{}, learn.In(gather.Float64, "y"), "column intercept cm kg"},
		{classic.NewSoftmaxRegression(), learn.In(gather.Int64, "k"), "column intercept cm kg"},
		{classic.NewLinearRegression(classic.Features("a", "b")), learn.In(gather.Float64, "y"), "column intercept a b"},
		{classic.NewSoftmaxRegression(classic.Features("a")), learn.In(gather.Int64, "k"), "column intercept a x1"},
	} {
		if err := learn.Train(table, c.m, learn.Batch(4), in, c.y); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, line := range strings.Split(fmt.Sprint(c.m), "\n")[1:] {
			names = append(names, strings.Fields(line)[0])
		}
		if got := strings.Join(names, " "); got != c.names {
			t.Errorf("%T has %s, want %s", c.m, got, c.names)
		}
		_, err := c.m.Predict(tensor.FromRows([][]float64{{math.NaN(), 0}}))
		want := "column 0 (" + strings.Fields(c.names)[2] + ")"
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: %v, want %s", c.m, err, want)
		}
		if err := c.m.Fit(tensor.FromRows([][]float64{{1, 2}, {3, 1}, {4, 4}, {5, 3}}), tensor.FromFloat64s([]int{4}, 1, 2, 1, 2)); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.m); strings.Contains(got, "cm") {
			t.Errorf("trained anew on a matrix, %T still has the table's names:\n%s", c.m, got)
		}
	}
}
