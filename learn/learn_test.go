package learn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/classic"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// toy is the table of the first example: A = √i, B = −√√i for n rows.
func toy(n int) *tables.Table {
	a, b, y := make([]float64, n), make([]float64, n), make([]int16, n)
	for i := range n {
		a[i], b[i], y[i] = math.Sqrt(float64(i)), -math.Sqrt(math.Sqrt(float64(i))), int16(i%3)
	}
	return tables.New(tables.Floats("A", a...), tables.Floats("B", b...), tables.Column("y", y))
}

func rowSum(x *tensor.Tensor) *tensor.Tensor { return x.Sum(1) }

var (
	inAB = learn.In(gather.Float64, "A", "B")
	outC = learn.Out("C", scatter.Column, tables.Float64)
)

// counter is a model that notes how many rows each call has.
type counter struct{ rows []int }

func (c *counter) sum(x *tensor.Tensor) *tensor.Tensor {
	c.rows = append(c.rows, x.Dim(0))
	return x.Sum(1)
}

func TestDH1Toy(t *testing.T) {
	in := tables.Empty(100).Update("A = sqrt(i)", "B = -sqrt(sqrt(i))")
	out := learn.Learn(in, rowSum, inAB, outC, learn.Batch(100))
	if out.Err() != nil {
		t.Fatal(out.Err())
	}
	sum := 0.0
	for _, v := range out.Float64s("C") {
		sum += v
	}
	if !slices.Equal(out.Names(), []string{"A", "B", "C"}) || out.Len() != 100 || out.Value("C", 16) != 2.0 || out.Value("C", 81) != 6.0 {
		t.Errorf("columns %v, C[16] %v, C[81] %v", out.Names(), out.Value("C", 16), out.Value("C", 81))
	}
	if math.Abs(sum-410.381665577585) > 1e-11 {
		t.Errorf("ΣC = %v", sum)
	}
	if !slices.Equal(in.Names(), []string{"A", "B"}) {
		t.Errorf("the input table became %v", in.Names())
	}
}

func TestDH1ModelGetsItsOwnCopy(t *testing.T) {
	in := toy(10)
	out := learn.Learn(in, func(x *tensor.Tensor) *tensor.Tensor {
		for i := range x.Float64s() {
			x.Float64s()[i] = -1
		}
		return x.Col(0)
	}, learn.In(gather.Float64, "A"), outC, learn.Batch(10))
	if out.Value("C", 9) != -1.0 || in.Value("A", 9) != 3.0 {
		t.Errorf("C[9] = %v, A[9] = %v", out.Value("C", 9), in.Value("A", 9))
	}
}

func TestDH2Train(t *testing.T) {
	in, calls := toy(100), 0
	err := learn.Train(in, func(x, y *tensor.Tensor) (string, error) {
		calls++
		return "ignored", nil
	}, inAB, learn.In(gather.Int16, "y"), learn.Batch(40))
	if err != nil || calls != 3 || !slices.Equal(in.Names(), []string{"A", "B", "y"}) {
		t.Errorf("%d calls, columns %v, error %v", calls, in.Names(), err)
	}
	for _, fit := range []any{func(x *tensor.Tensor) { calls++ }, func(x *tensor.Tensor) error { calls++; return nil }, func(x *tensor.Tensor) int { calls++; return 0 }} {
		if err := learn.Train(in, fit, inAB, learn.Batch(100)); err != nil {
			t.Errorf("%T: %v", fit, err)
		}
	}
	if calls != 6 {
		t.Errorf("%d calls", calls)
	}
}

func TestDH3Batches(t *testing.T) {
	for _, c := range []struct {
		n, batch int
		want     []int
	}{{100, 40, []int{40, 40, 20}}, {100, 100, []int{100}}, {9, 7, []int{7, 2}}, {5, 9, []int{5}}, {0, 3, nil}} {
		var m counter
		var places []int
		out := learn.Learn(toy(c.n), m.sum, inAB, outC, learn.Batch(c.batch),
			learn.Out("I", scatter.Func(func(_ any, i int) any { places = append(places, i); return i }), tables.Int64))
		if out.Err() != nil || !slices.Equal(m.rows, c.want) || out.Len() != c.n {
			t.Errorf("%d rows by %d: batches %v, error %v", c.n, c.batch, m.rows, out.Err())
		}
		if c.n == 9 && !slices.Equal(places, []int{0, 1, 2, 3, 4, 5, 6, 0, 1}) {
			t.Errorf("places %v", places)
		}
	}
}

func TestDH6SeveralInputs(t *testing.T) {
	var shapes []string
	var types []tensor.DType
	err := learn.Train(toy(10), func(x, y, again *tensor.Tensor) {
		for _, a := range []*tensor.Tensor{x, y, again} {
			shapes, types = append(shapes, fmt.Sprint(a.Shape())), append(types, a.DType())
		}
	}, inAB, learn.In(gather.Int16, "y"), learn.In(gather.Float32, "B", "A", "B"), learn.Batch(10))
	if err != nil || !slices.Equal(shapes, []string{"[10 2]", "[10 1]", "[10 3]"}) ||
		!slices.Equal(types, []tensor.DType{tensor.Float64, tensor.Int16, tensor.Float32}) {
		t.Errorf("shapes %v of %v, error %v", shapes, types, err)
	}
	var got []any
	err = learn.Train(toy(1), func(args ...any) { got = args }, inAB, learn.In(gather.Table, "y"), learn.Batch(1))
	if err != nil || len(got) != 2 || got[1].(*tables.Table).Value("y", 0) != int16(0) {
		t.Errorf("variadic model got %v, error %v", got, err)
	}
	calls := 0
	if err := learn.Train(toy(5), func() { calls++ }, learn.Batch(2)); err != nil || calls != 3 {
		t.Errorf("no inputs: %d calls, error %v", calls, err)
	}
}

// refused runs a call that must fail before the model is called.
func refused(t *testing.T, kind error, want string, run func(model any) error) {
	t.Helper()
	var m counter
	err := run(m.sum)
	if err == nil || err.Error() != want || !errors.Is(err, kind) {
		t.Errorf("got  %v (is %v: %v)\nwant %s", err, kind, errors.Is(err, kind), want)
	}
	if len(m.rows) > 0 {
		t.Errorf("the model was called for %v rows", m.rows)
	}
}

func learnErr(t *tables.Table, opts ...learn.Option) func(any) error {
	return func(model any) error { return learn.Learn(t, model, opts...).Err() }
}

func TestDH4BatchMissing(t *testing.T) {
	refused(t, learn.ErrNoBatch, "learn: no batch size, and it cannot be inferred; add learn.Batch(n), for all 100 rows at once learn.Batch(100)",
		learnErr(toy(100), inAB, outC))
}

func TestDH5BatchNotPositive(t *testing.T) {
	refused(t, learn.ErrBatchSize, "learn: batch size 0; want at least 1", learnErr(toy(100), inAB, outC, learn.Batch(0)))
	refused(t, learn.ErrBatchSize, "learn: batch size -7; want at least 1", learnErr(toy(100), inAB, outC, learn.Batch(-7)))
	refused(t, learn.ErrBatchSize, "learn: the batch size is given 2 times", learnErr(toy(100), inAB, outC, learn.Batch(1), learn.Batch(2)))
	if out := learn.Learn(toy(0), rowSum, inAB, outC, learn.Batch(toy(0).Len())); out.Err() != nil || !out.Has("C") {
		t.Errorf("Batch(t.Len()) of no rows: %v", out.Err())
	}
}

func TestDH7InputColumnMissing(t *testing.T) {
	refused(t, learn.ErrNoColumn, `learn: no input column "Z"; the table has "A", "B", "y"`,
		learnErr(toy(9), learn.In(gather.Float64, "A", "Z"), outC, learn.Batch(9)))
	refused(t, learn.ErrNoColumn, `learn: no input column "Z", "a"; did you mean "A"?`,
		learnErr(toy(9), learn.In(gather.Float64, "Z"), learn.In(gather.Float64, "a", "Z"), outC, learn.Batch(9)))
}

func TestDH8OutputColumnExists(t *testing.T) {
	refused(t, learn.ErrColumnExists, `learn: the table already has "A"; give the output another name, or rename or drop the column`,
		learnErr(toy(9), inAB, learn.Out("A", scatter.Column, tables.Float64), learn.Batch(9)))
}

func TestDH9OutputTwice(t *testing.T) {
	refused(t, learn.ErrDuplicateOutput, `learn: several outputs are named "C"; each wants a name of its own`,
		learnErr(toy(9), inAB, outC, outC, outC, learn.Batch(9)))
}

func TestDH10Names(t *testing.T) {
	for want, err := range map[string]error{
		`learn: in: want column names without surrounding blanks, got " A"`:                                                  learn.In(gather.Float64, " A").Err(),
		`learn: in: want column names without surrounding blanks, got ""`:                                                    learn.In(gather.Float64, "A", "").Err(),
		`learn: in: gather.Float64 without a column; name at least one`:                                                      learn.In(gather.Float64).Err(),
		`learn: out: want a column name of letters, digits and _ that begins with no digit, got " C"; "C" would do`:          learn.Out(" C", scatter.Column, tables.Float64).Err(),
		`learn: out: want a column name of letters, digits and _ that begins with no digit, got ""`:                          learn.Out("", scatter.Column, tables.Float64).Err(),
		`learn: out: want a column name of letters, digits and _ that begins with no digit, got "1st"`:                       learn.Out("1st", scatter.Column, tables.Float64).Err(),
		`learn: out: want a column name of letters, digits and _ that begins with no digit, got "my-col"; "my_col" would do`: learn.Out("my-col", scatter.Column, tables.Float64).Err(),
	} {
		if err == nil || err.Error() != want || !errors.Is(err, learn.ErrName) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	refused(t, learn.ErrName, `learn: in: want column names without surrounding blanks, got " A"`,
		learnErr(toy(9), learn.In(gather.Float64, " A"), outC, learn.Batch(9)))
}

func TestDH11NilFunctions(t *testing.T) {
	for want, run := range map[string]func(any) error{
		"learn: in: gather: Func of nil":        learnErr(toy(9), learn.In(gather.Func(nil), "A"), outC, learn.Batch(9)),
		`learn: out "C": scatter: Func of nil`:  learnErr(toy(9), inAB, learn.Out("C", scatter.Func(nil), tables.Float64), learn.Batch(9)),
		`learn: out "C": scatter: Batch of nil`: learnErr(toy(9), inAB, learn.Out("C", scatter.Batch(nil), tables.Float64), learn.Batch(9)),
		"learn: option 1 is nil":                learnErr(toy(9), inAB, nil, outC, learn.Batch(9)),
		"learn: in: gather: the zero Spec gathers nothing; name an element type, such as gather.Float64": learnErr(toy(9), learn.In(gather.Spec{}, "A"), outC),
		`learn: out "C": scatter: the zero Spec scatters nothing; use scatter.Column or another`:         learnErr(toy(9), inAB, learn.Out("C", scatter.Spec{}, 0)),
	} {
		refused(t, learn.ErrFunc, want, run)
	}
	var none func(*tensor.Tensor) *tensor.Tensor
	var nobody *classic.LinearRegression
	for want, model := range map[string]any{"learn: the model is nil": nil, "learn: the model is a nil function": none,
		"learn: the model is a nil *classic.LinearRegression": nobody} {
		err := learn.Learn(toy(9), model, inAB, outC, learn.Batch(9)).Err()
		if err == nil || err.Error() != want || !errors.Is(err, learn.ErrModel) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestOrderOfChecks has one call with every mistake, and mends them one by one.
func TestOrderOfChecks(t *testing.T) {
	bad := tables.New(tables.Ints("A", 1), tables.Ints("A", 2))
	in, out, batch := learn.In(gather.Float64, " A"), learn.Out("A", scatter.Column, tables.Float64), learn.Batch(0)
	var model any
	table := bad
	opts := []learn.Option{in, out, out}
	for _, step := range []struct {
		want error
		mend func()
	}{
		{learn.ErrName, func() { opts[0] = learn.In(gather.Float64, "Z") }},
		{learn.ErrTable, func() { table = nil }},
		{learn.ErrTable, func() { table = tables.New(tables.Strings("A", "x")) }},
		{learn.ErrNoColumn, func() { opts[0] = learn.In(gather.Float64, "A") }},
		{learn.ErrDuplicateOutput, func() { opts = opts[:2] }},
		{learn.ErrColumnExists, func() { opts[1] = outC }},
		{learn.ErrNoBatch, func() { opts = append(opts, batch) }},
		{learn.ErrBatchSize, func() { opts[2] = learn.Batch(1) }},
		{learn.ErrModel, func() { model = rowSum }},
		{tables.ErrType, func() { opts[0] = learn.In(gather.Table, "A"); model = func(*tables.Table) []int { return []int{1} } }},
	} {
		if err := learn.Learn(table, model, opts...).Err(); !errors.Is(err, step.want) {
			t.Fatalf("got %v, want it to be %v", err, step.want)
		}
		step.mend()
	}
	if err := learn.Learn(table, model, opts...).Err(); err != nil {
		t.Error(err)
	}
}

func TestDH12CastToTheOutputType(t *testing.T) {
	two9 := func(x *tensor.Tensor) []float64 { return []float64{2.9, -2.9, 0.5}[:x.Dim(0)] }
	out := learn.Learn(toy(6), two9, inAB, learn.Out("C", scatter.Column, tables.Int32),
		learn.Out("D", scatter.Func(func(r any, i int) any { return r.([]float64)[i] }), tables.Int64), learn.Batch(3))
	if out.Err() != nil || !slices.Equal(out.Int64s("C"), []int64{2, -2, 0, 2, -2, 0}) || !slices.Equal(out.Int64s("C"), out.Int64s("D")) {
		t.Errorf("%v and %v, error %v", out.Int64s("C"), out.Int64s("D"), out.Err())
	}
	for want, v := range map[string]float64{"300 does not fit int8": 300, "NaN does not fit int8": math.NaN(), "-Inf does not fit int8": math.Inf(-1)} {
		calls := 0
		m := func(x *tensor.Tensor) []float64 {
			if calls++; calls == 2 {
				return []float64{1, v}
			}
			return []float64{1, 2}
		}
		want = `learn: output "C", rows 2 to 3: scatter: ` + want + " in row 3"
		err := learn.Learn(toy(4), m, inAB, learn.Out("C", scatter.Column, tables.Int8), learn.Batch(2)).Err()
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestDH13OutputTypes(t *testing.T) {
	types := []tables.Type{tables.Bool, tables.Int8, tables.Int16, tables.Int32, tables.Int64, tables.Float32, tables.Float64, tables.Char,
		tables.Uint8, tables.Uint16, tables.Uint32, tables.Uint64, tables.String, tables.Timestamp, tables.Date, tables.Duration, tables.Float64.Vector()}
	opts := []learn.Option{inAB, learn.Batch(2)}
	for i, typ := range types {
		opts = append(opts, learn.Out(fmt.Sprintf("C%d", i), scatter.Func(func(_ any, i int) any {
			switch typ {
			case tables.Bool:
				return i == 0
			case tables.String:
				return fmt.Sprint(i)
			case tables.Timestamp, tables.Date:
				return time.Unix(int64(i)*86400, 0)
			case tables.Float64.Vector():
				return []float64{float64(i), 1}
			}
			return 65.9 + float64(i)
		}), typ))
	}
	opts = append(opts, learn.Out("Any", scatter.Column, 0))
	out := learn.Learn(toy(3), func(x *tensor.Tensor) []uint16 { return make([]uint16, x.Dim(0)) }, opts...)
	if out.Err() != nil {
		t.Fatal(out.Err())
	}
	for i, typ := range append(types, tables.Uint16) {
		if got := out.Schema()[3+i]; got.Type != typ {
			t.Errorf("%s is %v, want %v", got.Name, got.Type, typ)
		}
	}
	for name, want := range map[string]any{"C0": true, "C1": int8(65), "C5": float32(65.9), "C7": 'A', "C11": uint64(65), "C12": "0", "C15": 65 * time.Nanosecond} {
		if got := out.Value(name, 2); got != want {
			t.Errorf("%s[2] = %v, want %v", name, got, want)
		}
	}
	if got := learn.Out("C", scatter.Column, 1000).Err(); !errors.Is(got, learn.ErrOutputType) {
		t.Errorf("type 1000: %v", got)
	}
	nulls := learn.Learn(toy(3), rowSum, inAB, learn.Batch(2), learn.Out("C", scatter.Func(func(_ any, i int) any {
		if i == 1 {
			return nil
		}
		return i + 5
	}), tables.Int16))
	if nulls.Err() != nil || nulls.Value("C", 0) != int16(5) || !nulls.IsNull("C", 1) || nulls.Value("C", 2) != int16(5) {
		t.Errorf("with a null: %v", nulls)
	}
}

func TestDH14OneCallPerBatch(t *testing.T) {
	var m counter
	out := learn.Learn(toy(100), m.sum, inAB, outC, learn.Out("D", scatter.Round(1), tables.Float32), learn.Batch(40))
	if out.Err() != nil || len(m.rows) != 3 || !slices.Equal(out.Names(), []string{"A", "B", "y", "C", "D"}) {
		t.Errorf("%d calls, columns %v, error %v", len(m.rows), out.Names(), out.Err())
	}
}

// TestDH15ResultIsLetGo watches the results of all batches while their columns
// live on.
func TestDH15ResultIsLetGo(t *testing.T) {
	gone := make(chan bool, 3)
	out := learn.Learn(toy(100), func(x *tensor.Tensor) *tensor.Tensor {
		y := x.Sum(1)
		runtime.AddCleanup(y, func(int) { gone <- true }, 0)
		return y
	}, inAB, outC, learn.Batch(40))
	deadline := time.After(10 * time.Second)
	for n := 0; n < 3; {
		runtime.GC()
		select {
		case <-gone:
			n++
		case <-deadline:
			t.Fatalf("%d of 3 results were let go", n)
		case <-time.After(time.Millisecond):
		}
	}
	if out.Value("C", 81) != 6.0 {
		t.Error(out.Err())
	}
}

func TestDH16NoColumnOfOurs(t *testing.T) {
	in := toy(5).With(tables.Ints("__FutureOffset", 1, 2, 3, 4, 5), tables.Ints("__Result", 1, 2, 3, 4, 5))
	out := learn.Learn(in, rowSum, learn.In(gather.Float64, "__FutureOffset"), outC, learn.Batch(2))
	if want := append(in.Names(), "C"); out.Err() != nil || !slices.Equal(out.Names(), want) || out.Value("C", 4) != 5.0 || out.Value("__FutureOffset", 4) != int64(5) {
		t.Errorf("columns %v, error %v", out.Names(), out.Err())
	}
}

func TestDH17Strings(t *testing.T) {
	for want, got := range map[string]any{
		"In(gather.Float64, [A B])":                   inAB,
		"Out(C, scatter.Column, float64)":             outC,
		"Out(C, scatter.Argmax, as it comes)":         learn.Out("C", scatter.Argmax, 0),
		"In(gather.Int16.Nulls(gather.Fill(0)), [y])": learn.In(gather.Int16.Nulls(gather.Fill(0)), "y"),
		"Batch(40)": learn.Batch(40),
	} {
		if fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// TestDH18AnyModel runs one call with models of different kinds.
func TestDH18AnyModel(t *testing.T) {
	in := toy(30).With(tables.Floats("target", toy(30).Float64s("A")...))
	ols := classic.NewLinearRegression()
	if err := learn.Train(in, ols, learn.Batch(30), inAB, learn.In(gather.Float64, "target")); err != nil {
		t.Fatal(err)
	}
	for name, model := range map[string]any{
		"estimator": ols,
		"method":    ols.Predict,
		"tensor":    func(x *tensor.Tensor) *tensor.Tensor { return x.Col(0) },
		"closure":   func(x any) any { return x.(*tensor.Tensor).Slice(0, x.(*tensor.Tensor).Dim(0)).Col(0).Float32s() },
		"gonum":     func(x *tensor.Tensor) (mat.Matrix, error) { return x.Matrix().(*mat.Dense).ColView(0), nil },
		"context": func(ctx context.Context, x *tensor.Tensor) ([]float64, error) {
			return x.Col(0).Clone().Float64s(), ctx.Err()
		},
	} {
		out := learn.Learn(in, model, inAB, outC, learn.Batch(7))
		if out.Err() != nil {
			t.Errorf("%s: %v", name, out.Err())
			continue
		}
		for i, v := range out.Float64s("C") {
			if math.Abs(v-in.Float64s("A")[i]) > 1e-6 {
				t.Errorf("%s: row %d is %v", name, i, v)
				break
			}
		}
	}
}

func TestDH19Failures(t *testing.T) {
	cause := errors.New("out of luck")
	second := func(fail func() *tensor.Tensor) func(x *tensor.Tensor) (*tensor.Tensor, error) {
		calls := 0
		return func(x *tensor.Tensor) (*tensor.Tensor, error) {
			if calls++; calls == 2 {
				return fail(), cause
			}
			return x.Sum(1), nil
		}
	}
	luckless := gather.Func(func(b gather.Batch) (any, error) {
		if b.From() > 0 {
			return nil, cause
		}
		return tensor.New(tensor.Float64, b.Len(), 1), nil
	})
	for _, c := range []struct {
		want  string
		kind  error
		model any
		opts  []learn.Option
	}{
		{"learn: model on rows 40 to 79: out of luck", cause, second(func() *tensor.Tensor { return nil }), []learn.Option{inAB, outC}},
		{"learn: model on rows 40 to 79: panicked: out of luck", cause, second(func() *tensor.Tensor { panic(cause) }), []learn.Option{inAB, outC}},
		{"learn: model on rows 40 to 79: panicked: index 7", learn.ErrPanic, second(func() *tensor.Tensor { panic("index 7") }), []learn.Option{inAB, outC}},
		{"learn: input 0, rows 40 to 79: gather: out of luck", cause, rowSum, []learn.Option{learn.In(luckless, "A"), outC}},
		{"learn: input 0, rows 0 to 39: gather: Func panicked: out of luck", cause, rowSum,
			[]learn.Option{learn.In(gather.Func(func(gather.Batch) (any, error) { panic(cause) }), "A"), outC}},
		{`learn: output "C", rows 0 to 39: scatter: Func at place 3 of the batch: panicked: out of luck`, cause, rowSum,
			[]learn.Option{inAB, learn.Out("C", scatter.Func(func(_ any, i int) any {
				if i == 3 {
					panic(cause)
				}
				return i
			}), tables.Int8)}},
		{`learn: output "C", rows 0 to 39: scatter: Batch: panicked: out of luck`, cause, rowSum,
			[]learn.Option{inAB, learn.Out("C", scatter.Batch(func(any) any { panic(cause) }), tables.Int8)}},
	} {
		out := learn.Learn(toy(100), c.model, append(c.opts, learn.Batch(40))...)
		if err := out.Err(); err == nil || err.Error() != c.want || !errors.Is(err, c.kind) {
			t.Errorf("got  %v (is %v: %v)\nwant %s", err, c.kind, errors.Is(err, c.kind), c.want)
		}
		if out.Len() != 0 || out.NumCols() != 0 {
			t.Errorf("a partial table came back: %v", out.Names())
		}
	}
	err := learn.Train(toy(100), func(x *tensor.Tensor) error { return cause }, inAB, learn.Batch(40))
	if !errors.Is(err, cause) || err.Error() != "learn: train: model on rows 0 to 39: out of luck" {
		t.Errorf("got %v", err)
	}
}

func TestModelDoesNotMatch(t *testing.T) {
	for want, c := range map[string]struct {
		model any
		opts  []learn.Option
	}{
		`learn: the model, func(*tensor.Tensor) *tensor.Tensor, takes 1 argument; got 2 inputs, and each is one argument`: {rowSum, []learn.Option{inAB, inAB, outC}},
		`learn: the model, func(), takes no arguments; got 1 input, and each is one argument`:                             {func() {}, []learn.Option{inAB, outC}},
		`learn: argument 0 of the model, func([]float64) []float64, is []float64; input In(gather.Float64, [A B]) gives *tensor.Tensor`: {
			func(x []float64) []float64 { return x }, []learn.Option{inAB, outC}},
		`learn: the model, func(*tensor.Tensor) (int, int), gives 2 results; want one, or one and an error`:      {func(*tensor.Tensor) (int, int) { return 0, 0 }, []learn.Option{inAB, outC}},
		`learn: the model, func(*tensor.Tensor) error, gives no result to scatter; want one, or use learn.Train`: {func(*tensor.Tensor) error { return nil }, []learn.Option{inAB, outC}},
		`learn: the model is a int; want a function, or a value with a method Predict`:                           {7, []learn.Option{inAB, outC}},
		`learn: the model, func(int, int, ...int) int, takes at least 2 arguments; got 1 input`:                  {func(a, b int, c ...int) int { return 0 }, []learn.Option{inAB, outC}},
		`learn: no outputs, so the model would run for nothing; add learn.Out(…), or use learn.Train`:            {rowSum, []learn.Option{inAB}},
		`learn: model on rows 0 to 8: argument 0 is *tensor.Tensor; gather.Func gave int`: {rowSum,
			[]learn.Option{learn.In(gather.Func(func(gather.Batch) (any, error) { return 7, nil }), "A"), outC}},
		`learn: model on rows 0 to 8: argument 0 is int; gather.Func gave nil`: {func(int) int { return 0 },
			[]learn.Option{learn.In(gather.Func(func(gather.Batch) (any, error) { return nil, nil }), "A"), outC}},
		`learn: gather: column "S" is string; gather.Float64 wants a number; encode the text as numbers first: unsuitable type`: {rowSum,
			[]learn.Option{learn.In(gather.Float64, "S"), outC}},
		`learn: output "C", rows 0 to 8: scatter: the model gave 3 values for a batch of 9 rows`: {
			func(*tensor.Tensor) []int { return []int{1, 2, 3} }, []learn.Option{inAB, outC}},
		`learn: output "C", rows 0 to 8: scatter: want one float64, got 2 values; use scatter.Col, scatter.Argmax or a vector type in row 0`: {
			func(x *tensor.Tensor) *tensor.Tensor { return x }, []learn.Option{inAB, outC}},
	} {
		table := toy(9).With(tables.Column("S", make([]string, 9)))
		err := learn.Learn(table, c.model, append(c.opts, learn.Batch(9))...).Err()
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	want := `learn: train: outputs "C"; training adds no columns, use learn.Learn`
	if err := learn.Train(toy(9), rowSum, inAB, outC, learn.Batch(9)); err == nil || err.Error() != want || !errors.Is(err, learn.ErrOutputs) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	out := learn.Learn(toy(100), func(x *tensor.Tensor) *tensor.Tensor {
		if calls++; calls == 2 {
			cancel()
		}
		return x.Sum(1)
	}, inAB, outC, learn.Batch(40), learn.Context(ctx))
	if err := out.Err(); !errors.Is(err, context.Canceled) || err.Error() != "learn: stopped before row 80 of 100: context canceled" || calls != 2 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}

// TestLearnEqualsWholeTable: for random tables, batch sizes, layouts and
// element types, a model of single rows gives what the whole table gives.
func TestLearnEqualsWholeTable(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for range 200 {
		n, k := r.IntN(60), 1+r.IntN(4)
		cols, names := make([]tables.Col, k), make([]string, k)
		values, want := make([][]float64, k), make([]float64, n)
		for j := range k {
			names[j] = fmt.Sprintf("X%d", j)
			values[j] = make([]float64, n)
			for i := range n {
				values[j][i] = float64(r.IntN(100) - 50)
				want[i] += float64(j+1) * values[j][i]
			}
			cols[j] = randomType(r, names[j], values[j])
		}
		layout := []tensor.Layout{gather.RowMajor, gather.ColMajor, gather.C, gather.Fortran}[r.IntN(4)]
		how := []gather.Spec{gather.Float64, gather.Float32, gather.Int8.Cast(), gather.Int64.Cast(), gather.Int16.Cast()}[r.IntN(5)].Layout(layout)
		batch := 1 + r.IntN(70)
		out := learn.Learn(tables.New(cols...), func(x *tensor.Tensor) *tensor.Tensor {
			y := tensor.New(tensor.Float64, x.Dim(0))
			for i := range x.Dim(0) {
				sum := 0.0
				for j := range x.Dim(1) {
					sum += float64(j+1) * x.Float64At(i, j)
				}
				y.SetAt(sum, i)
			}
			return y
		}, learn.In(how, names...), outC, learn.Batch(batch))
		if out.Err() != nil || !slices.Equal(out.Float64s("C"), want) {
			t.Fatalf("%d rows of %v by %d with %v: error %v\ngot  %v\nwant %v", n, names, batch, how, out.Err(), out.Float64s("C"), want)
		}
	}
}

func randomType(r *rand.Rand, name string, v []float64) tables.Col {
	switch r.IntN(4) {
	case 0:
		return tables.Floats(name, v...)
	case 1:
		return tables.Column(name, tensor.FromFloat64s([]int{len(v)}, v...).Cast(tensor.Int32).Raw())
	case 2:
		return tables.Column(name, tensor.FromFloat64s([]int{len(v)}, v...).Cast(tensor.Int8).Raw())
	}
	return tables.Float32s(name, tensor.FromFloat64s([]int{len(v)}, v...).Float32s()...)
}
