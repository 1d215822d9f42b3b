package plots_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// A shown is what the constructors of the package return.
type shown interface {
	show.Displayer
	Err() error
	String() string
}

// A material is what charts are made of: the same values as a table and as
// slices.
type material struct {
	t       *tables.Table
	x, y, g string // columns: two of numbers, one of names
	xs, ys  []float64
	names   []string
	f       func(float64) float64
}

// newMaterial makes a table with a column of each type beside x, y and g.
func newMaterial(xs, ys []float64, names []string) material {
	n := len(xs)
	when, flags, lists := make([]time.Time, n), make([]bool, n), make([][]float64, n)
	pictures, spans := make([]image.Image, n), make([]time.Duration, n)
	for i := range n {
		when[i] = time.Date(2025, 1, 1+i%1000, 0, 0, 0, 0, time.UTC)
		flags[i], lists[i], spans[i] = i%2 == 0, []float64{float64(i)}, time.Duration(i)*time.Second
		if i < 20 {
			pictures[i] = image.NewGray(image.Rect(0, 0, 3, 2))
		}
	}
	t := tables.New(tables.Floats("x", xs...), tables.Floats("y", ys...), tables.Strings("g", names...),
		tables.Times("when", when...), tables.Bools("flag", flags...), tables.Column("list", lists),
		tables.Images("picture", pictures...), tables.Durations("span", spans...))
	return material{t, "x", "y", "g", xs, ys, names, func(x float64) float64 { return x * x }}
}

// lists divides the ys by name.
func (m material) lists() (names []string, values [][]float64) {
	for i, n := range m.names {
		k := slices.Index(names, n)
		if k < 0 && len(names) < 300 {
			k = len(names)
			names, values = append(names, n), append(values, nil)
		}
		if k >= 0 && i < len(m.ys) {
			values[k] = append(values[k], m.ys[i])
		}
	}
	return names, values
}

// rows cuts the ys into rows of a matrix.
func (m material) rows() [][]float64 {
	wide := max(1, int(math.Sqrt(float64(len(m.ys)))))
	var out [][]float64
	for from := 0; from+wide <= len(m.ys) && len(out) < wide; from += wide {
		out = append(out, m.ys[from:from+wide])
	}
	return out
}

// signs is whether each of the ys is above zero.
func (m material) signs() []bool {
	out := make([]bool, len(m.ys))
	for i, y := range m.ys {
		out[i] = y > 0
	}
	return out
}

// makers is every constructor of the package; TestMakersAreAll compares.
var makers = map[string]func(m material, opts ...plots.Option) shown{
	"Activations": func(m material, opts ...plots.Option) shown {
		return plots.Activations(m.names[:min(2, len(m.names))]...).With(opts...)
	},
	"Area":        func(m material, opts ...plots.Option) shown { return plots.Area(m.t, m.x, m.y, opts...) },
	"AreaXY":      func(m material, opts ...plots.Option) shown { return plots.AreaXY(m.xs, m.ys, opts...) },
	"Bar":         func(m material, opts ...plots.Option) shown { return plots.Bar(m.t, m.g, m.y, opts...) },
	"BarXY":       func(m material, opts ...plots.Option) shown { return plots.BarXY(m.names, m.ys, opts...) },
	"BestSoFar":   func(m material, opts ...plots.Option) shown { return plots.BestSoFar(m.ys, true, opts...) },
	"Boomerang":   func(m material, opts ...plots.Option) shown { return plots.Boomerang(m.outcomes(), opts...) },
	"Box":         func(m material, opts ...plots.Option) shown { return plots.Box(m.t, m.g, m.y, opts...) },
	"BoxOf":       func(m material, opts ...plots.Option) shown { n, v := m.lists(); return plots.BoxOf(n, v, opts...) },
	"Calibration": func(m material, opts ...plots.Option) shown { return plots.Calibration(m.signs(), m.xs, 10, opts...) },
	"Concat": func(m material, opts ...plots.Option) shown {
		return plots.Concat(plots.LineXY(m.xs, m.ys), plots.HistogramX(m.ys)).With(opts...)
	},
	"Confidence":      func(m material, opts ...plots.Option) shown { return plots.Confidence(m.xs, m.names, opts...) },
	"ConfusionMatrix": func(m material, opts ...plots.Option) shown { return plots.ConfusionMatrix(m.names, m.names, opts...) },
	"Correlation":     func(m material, opts ...plots.Option) shown { return plots.Correlation(m.t, m.x, m.y).With(opts...) },
	"Count":           func(m material, opts ...plots.Option) shown { return plots.Count(m.t, m.g, opts...) },
	"Curves": func(m material, opts ...plots.Option) shown {
		return plots.Curves([]string{"a", "b"}, [][]float64{m.xs, m.xs}, [][]float64{m.ys, m.ys}, opts...)
	},
	"Density":   func(m material, opts ...plots.Option) shown { return plots.Density(m.t, m.y, opts...) },
	"DensityX":  func(m material, opts ...plots.Option) shown { return plots.DensityX(m.ys, opts...) },
	"ECDF":      func(m material, opts ...plots.Option) shown { return plots.ECDF(m.t, m.y, opts...) },
	"ECDFX":     func(m material, opts ...plots.Option) shown { return plots.ECDFX(m.ys, opts...) },
	"ErrorBand": func(m material, opts ...plots.Option) shown { return plots.ErrorBand(m.t, m.x, m.y, opts...) },
	"ErrorBandXY": func(m material, opts ...plots.Option) shown {
		return plots.ErrorBandXY(m.xs, m.ys, m.ys, m.ys, opts...)
	},
	"FeatureImportance": func(m material, opts ...plots.Option) shown {
		n, v := m.lists()
		return plots.FeatureImportance(n, v, 10, opts...)
	},
	"Func": func(m material, opts ...plots.Option) shown { return plots.Func(m.f, -1, 2, opts...) },
	"Graph": func(m material, opts ...plots.Option) shown {
		return plots.Graph(m.names, chain(len(m.names)), opts...)
	},
	"Heatmap":    func(m material, opts ...plots.Option) shown { return plots.Heatmap(m.t, m.x, m.g, m.y, opts...) },
	"HeatmapOf":  func(m material, opts ...plots.Option) shown { return plots.HeatmapOf(nil, nil, m.rows(), opts...) },
	"Hexbin":     func(m material, opts ...plots.Option) shown { return plots.Hexbin(m.t, m.x, m.y, opts...) },
	"HexbinXY":   func(m material, opts ...plots.Option) shown { return plots.HexbinXY(m.xs, m.ys, opts...) },
	"Histogram":  func(m material, opts ...plots.Option) shown { return plots.Histogram(m.t, m.y, opts...) },
	"HistogramX": func(m material, opts ...plots.Option) shown { return plots.HistogramX(m.ys, opts...) },
	"Images":     func(m material, opts ...plots.Option) shown { return plots.Images(m.t, "picture", opts...) },
	"ImagesOf": func(m material, opts ...plots.Option) shown {
		return plots.ImagesOf(pictures(m.names), m.names, opts...)
	},
	"Layer": func(m material, opts ...plots.Option) shown {
		return plots.Layer(plots.ScatterXY(m.xs, m.ys), plots.LineXY(m.xs, m.ys)).With(opts...)
	},
	"LearningCurve": func(m material, opts ...plots.Option) shown {
		return plots.LearningCurve(map[string][]float64{"loss": m.ys, "val_loss": m.xs, "score": m.ys}, opts...)
	},
	"Line":   func(m material, opts ...plots.Option) shown { return plots.Line(m.t, m.x, m.y, opts...) },
	"LineXY": func(m material, opts ...plots.Option) shown { return plots.LineXY(m.xs, m.ys, opts...) },
	"Live": func(m material, opts ...plots.Option) shown {
		l := plots.Live().With(opts...)
		for i, y := range m.ys {
			l.Add(m.xs[i], map[string]float64{"loss": y, "score": -y})
		}
		return l
	},
	"Network": func(m material, opts ...plots.Option) shown {
		sizes := []int{}
		for _, y := range m.ys[:min(len(m.ys), 30)] {
			sizes = append(sizes, int(math.Max(-5, math.Min(1e10, y))))
		}
		return plots.Network(sizes, opts...)
	},
	"NetworkWeights": func(m material, opts ...plots.Option) shown {
		return plots.NetworkWeights([][][]float64{m.rows()}, opts...)
	},
	"Overview":        func(m material, opts ...plots.Option) shown { return plots.Overview(m.t, opts...) },
	"Pairs":           func(m material, opts ...plots.Option) shown { return plots.Pairs(m.t, []string{m.x, m.y}, opts...) },
	"Pie":             func(m material, opts ...plots.Option) shown { return plots.Pie(m.t, m.g, m.y, opts...) },
	"PieOf":           func(m material, opts ...plots.Option) shown { return plots.PieOf(m.names, m.ys, opts...) },
	"PrecisionRecall": func(m material, opts ...plots.Option) shown { return plots.PrecisionRecall(m.split(), opts...) },
	"ROC":             func(m material, opts ...plots.Option) shown { return plots.ROC(m.split(), opts...) },
	"Residuals":       func(m material, opts ...plots.Option) shown { return plots.Residuals(m.ys, m.xs, opts...) },
	"Ring":            func(m material, opts ...plots.Option) shown { return plots.Ring(m.t, m.g, m.y, opts...) },
	"RingOf":          func(m material, opts ...plots.Option) shown { return plots.RingOf(m.names, m.ys, opts...) },
	"Scatter":         func(m material, opts ...plots.Option) shown { return plots.Scatter(m.t, m.x, m.y, opts...) },
	"ScatterXY":       func(m material, opts ...plots.Option) shown { return plots.ScatterXY(m.xs, m.ys, opts...) },
	"Strip":           func(m material, opts ...plots.Option) shown { return plots.Strip(m.t, m.g, m.y, opts...) },
	"StripOf":         func(m material, opts ...plots.Option) shown { n, v := m.lists(); return plots.StripOf(n, v, opts...) },
	"Violin":          func(m material, opts ...plots.Option) shown { return plots.Violin(m.t, m.g, m.y, opts...) },
	"ViolinOf":        func(m material, opts ...plots.Option) shown { n, v := m.lists(); return plots.ViolinOf(n, v, opts...) },
}

func (m material) split() []plots.Split {
	return []plots.Split{{Name: strings.Join(m.names[:min(1, len(m.names))], ""), Labels: m.signs(), Scores: m.xs}}
}

func (m material) outcomes() []plots.Outcome {
	var out []plots.Outcome
	for i := 0; i+1 < min(len(m.ys), 40); i += 2 {
		out = append(out, plots.Outcome{Model: m.names[i], Splits: []string{"train", "test"}, Losses: m.xs[i : i+2], Scores: m.ys[i : i+2]})
	}
	return out
}

// chain joins each of n nodes to the next.
func chain(n int) [][2]int {
	var out [][2]int
	for i := 1; i < n; i++ {
		out = append(out, [2]int{i - 1, i})
	}
	return out
}

// pictures are small ones, one for each name.
func pictures(names []string) []image.Image {
	out := make([]image.Image, len(names))
	for i := range out {
		out[i] = image.NewGray(image.Rect(0, 0, 2, 2))
	}
	return out
}

// exported is the names of the package's functions with a result of the type.
func exported(t *testing.T, result ...string) []string {
	t.Helper()
	var out []string
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Results == nil {
				continue
			}
			kind := fn.Type.Results.List[0].Type
			if p, ok := kind.(*ast.StarExpr); ok {
				kind = p.X
			}
			if id, ok := kind.(*ast.Ident); ok && slices.Contains(result, id.Name) {
				out = append(out, fn.Name.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestMakersAreAll: a constructor without a row among the makers is not tested
// with bad input.
func TestMakersAreAll(t *testing.T) {
	have := slices.Sorted(maps.Keys(makers))
	if want := exported(t, "Chart", "ImageGrid", "LiveChart"); !slices.Equal(have, want) {
		t.Errorf("makers has %v; the package has %v", have, want)
	}
}
