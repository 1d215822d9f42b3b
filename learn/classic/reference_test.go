package classic_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/classic"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
	"github.com/sheaf-go/sheaf/tables/datum"
)

// reference is testdata/reference.json: what scikit-learn gives.
type reference struct {
	Version  string         `json:"scikit-learn"`
	Literal  linearWant     `json:"insurance literal"`
	Sensible linearWant     `json:"insurance sensible"`
	Iris     []logisticWant `json:"iris"`
	IrisTwo  []logisticWant `json:"iris two classes"`
	Smokers  []logisticWant `json:"insurance smokers"`
}

type linearWant struct {
	Features                        []string
	Coef                            []float64
	Intercept, R2, RMSE, First, Sum float64
}

type logisticWant struct {
	C             float64
	Classes       []int64
	Coef          [][]float64
	Intercept     []float64
	Accuracy      float64
	ProbaSums     []float64 `json:"proba sums"`
	ProbaFirst    []float64 `json:"proba first"`
	LogLikelihood float64   `json:"log likelihood"`
}

func readReference(t *testing.T) reference {
	t.Helper()
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(b, &r); err != nil || r.Version == "" {
		t.Fatalf("testdata/reference.json: %v, scikit-learn %q", err, r.Version)
	}
	return r
}

// data reads a file of the data folder, and skips the test where there is none.
func data(t testing.TB, name string) *tables.Table {
	t.Helper()
	dir := os.Getenv("SHEAF_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		needs.Have(t, fmt.Errorf("set SHEAF_DATA to the folder of test data: %w", err))
	}
	d, err := tables.ReadCSV(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// near compares to 1e-4, relative to the size of what is wanted.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-4*max(1, math.Abs(want))) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func nearAll(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s = %v, want %v", what, got, want)
		return
	}
	for i := range got {
		near(t, what, got[i], want[i])
	}
}

// quantise numbers the groups of a column as they first appear, which brings
// the rows of a group together.
func quantise(t *tables.Table, columns ...string) *tables.Table {
	for _, c := range columns {
		t = t.GroupBy(c).Update(c + " = (double)i").Ungroup()
	}
	return t
}

func testInsurance(t *testing.T, want linearWant, quantised ...string) *tables.Table {
	d := quantise(data(t, "insurance.csv"), quantised...)
	m := classic.NewLinearRegression(classic.Features(want.Features...))
	in := learn.In(gather.Float64, want.Features...)
	if err := learn.Train(d, m.Fit, learn.Batch(d.Len()), in, learn.In(gather.Float64, "expenses")); err != nil {
		t.Fatal(err)
	}
	out := learn.Learn(d, m.Predict, learn.Batch(100), in,
		learn.Out("exact", scatter.Column, tables.Float64), learn.Out("predicted_charges", scatter.Round(2), tables.Float64))
	if out.Err() != nil {
		t.Fatal(out.Err())
	}
	nearAll(t, "coefficients", m.Coef(), want.Coef)
	near(t, "intercept", m.Intercept(), want.Intercept)
	sum := 0.0
	for _, v := range out.Float64s("exact") {
		sum += v
	}
	near(t, "sum of predictions", sum, want.Sum)
	near(t, "first prediction", out.Float64s("exact")[0], want.First)
	x, y := columns(d, want.Features...), columns(d, "expenses")
	r2, err := m.Score(x, y)
	near(t, "R²", r2, want.R2)
	rmse, err2 := m.RMSE(x, y)
	near(t, "RMSE", rmse, want.RMSE)
	if err != nil || err2 != nil || m.NumParams() != 7 {
		t.Errorf("errors %v, %v; %d parameters", err, err2, m.NumParams())
	}
	return out
}

// columns is the named columns as a matrix.
func columns(d *tables.Table, names ...string) *tensor.Tensor {
	x := tensor.New(tensor.Float64, d.Len(), len(names))
	for j, name := range names {
		for i, v := range d.Float64s(name) {
			x.SetAt(v, i, j)
		}
	}
	return x
}

// TestDH60InsuranceLiteral holds the worked example's own numbers: five
// columns, age and children too, become codes in the order of appearance.
func TestDH60InsuranceLiteral(t *testing.T) {
	want := readReference(t).Literal
	out := testInsurance(t, want, "age", "children", "region", "sex", "smoker")
	spec := linearWant{Features: want.Features, Intercept: 17617.1590, R2: 0.672534, RMSE: 6927.32, First: 28329.70, Sum: 17755825.19,
		Coef: []float64{83.3716, 383.9622, 447.5745, 197.6199, -274.0855, -23524.4881}}
	testInsurance(t, spec, "age", "children", "region", "sex", "smoker")
	if got := out.Value("predicted_charges", 0); got != 28329.70 {
		t.Errorf("first rounded prediction %v", got)
	}
}

// TestDH61InsuranceSensible keeps age and children as the numbers they are.
func TestDH61InsuranceSensible(t *testing.T) {
	want := readReference(t).Sensible
	out := testInsurance(t, want, "region", "sex", "smoker")
	spec := linearWant{Features: want.Features, Intercept: 10940.8423, R2: 0.750752, RMSE: want.RMSE, First: 25109.81, Sum: 17755825.19,
		Coef: []float64{257.2725, 332.6448, 479.5646, 353.4854, -131.1457, -23819.3219}}
	testInsurance(t, spec, "region", "sex", "smoker")
	if got := out.Value("predicted_charges", 0); got != 25109.81 || out.Value("age", 0) != int64(19) {
		t.Errorf("first rounded prediction %v at age %v", got, out.Value("age", 0))
	}
}

// checkLogistic compares a fit with scikit-learn's. Of two classes it has one
// row of weights: those of the second class minus those of the first.
func checkLogistic(t *testing.T, x, y *tensor.Tensor, want logisticWant) {
	t.Helper()
	m := classic.NewSoftmaxRegression(classic.C(want.C))
	if err := m.Fit(x, y); err != nil {
		t.Fatal(err)
	}
	if !m.Converged() || !slices.Equal(m.Classes(), want.Classes) {
		t.Errorf("C=%v: converged %v, classes %v", want.C, m.Converged(), m.Classes())
	}
	coef, intercept := m.Coef(), m.Intercept()
	if len(want.Classes) == 2 {
		for j := range coef[0] {
			coef[0][j] = coef[1][j] - coef[0][j]
		}
		coef, intercept = coef[:1], []float64{intercept[1] - intercept[0]}
	}
	for k := range want.Coef {
		nearAll(t, "weights", coef[k], want.Coef[k])
	}
	nearAll(t, "intercepts", intercept, want.Intercept)
	score, err := m.Score(x, y)
	near(t, "accuracy", score, want.Accuracy)
	p, err2 := m.PredictProba(x)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	nearAll(t, "sum of probabilities", p.Sum(0).Float64s(), want.ProbaSums)
	nearAll(t, "first probabilities", p.Row(0).Float64s(), want.ProbaFirst)
	total := 0.0
	for i, k := range y.Int64s() {
		total += math.Log(p.Float64At(i, slices.Index(want.Classes, k)))
	}
	near(t, "log likelihood", total, want.LogLikelihood)
	t.Logf("C=%v: %d iterations", want.C, len(m.History())-1)
}

// TestLEC20IrisSoftmax compares with scikit-learn on iris, through tables.
func TestLEC20IrisSoftmax(t *testing.T) {
	want := readReference(t)
	d := datum.Iris().Encode("class_text")
	features := []string{"sepal_length", "sepal_width", "petal_length", "petal_width"}
	x, y := columns(d, features...), columns(d, "class_text")
	for _, w := range want.Iris {
		checkLogistic(t, x, y, w)
	}
	for _, w := range want.IrisTwo {
		checkLogistic(t, x.Slice(50, 150), y.Slice(50, 150).Cast(tensor.Int8), w)
	}

	m := classic.NewSoftmaxRegression(classic.Features(features...))
	in := learn.In(gather.Float64, features...)
	if err := learn.Train(d, m, learn.Batch(d.Len()), in, learn.In(gather.Int16, "class_text")); err != nil {
		t.Fatal(err)
	}
	out := learn.Learn(d, m, learn.Batch(40), in, learn.Out("Predicted", scatter.Column, tables.Int32))
	proba := learn.Learn(d, m.PredictProba, learn.Batch(40), in,
		learn.Out("Best", scatter.Argmax, tables.Int32), learn.Out("P0", scatter.Col(0), tables.Float64))
	if out.Err() != nil || proba.Err() != nil {
		t.Fatal(out.Err(), proba.Err())
	}
	right := 0
	for i, k := range out.Int64s("Predicted") {
		if k == d.Int64s("class_text")[i] {
			right++
		}
	}
	if m.NumParams() != 15 || right != 146 || !slices.Equal(out.Int64s("Predicted"), proba.Int64s("Best")) {
		t.Errorf("%d parameters, %d of 150 right", m.NumParams(), right)
	}
	h := m.History()
	near(t, "loss at the start", h[0], math.Log(3))
	if !slices.IsSortedFunc(h, func(a, b float64) int {
		if a > b {
			return -1
		}
		return 1
	}) {
		t.Errorf("the loss rises: %v", h)
	}
}

// TestInsuranceSmokers has columns whose sizes differ a thousandfold.
func TestInsuranceSmokers(t *testing.T) {
	d := data(t, "insurance.csv").Encode("smoker", tables.Sorted())
	x, y := columns(d, "age", "bmi", "children", "expenses"), columns(d, "smoker")
	for _, w := range readReference(t).Smokers {
		checkLogistic(t, x, y, w)
	}
}
