package plots_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// testdata/reference/reference.json holds data, and what NumPy, SciPy, pandas,
// scikit-learn and Matplotlib make of it; reference.py beside it writes it, and
// it names their versions.

// reals are numbers of the reference: null is NaN.
type reals []float64

func (r *reals) UnmarshalJSON(b []byte) error {
	var cells []any
	if err := json.Unmarshal(b, &cells); err != nil {
		return err
	}
	*r = make(reals, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case nil:
			(*r)[i] = math.NaN()
		case float64:
			(*r)[i] = c
		case string:
			v, err := strconv.ParseFloat(c, 64)
			if err != nil {
				return err
			}
			(*r)[i] = v
		}
	}
	return nil
}

type refDistribution struct {
	Values, KdeAt, Kde, Edges, Counts, Quartiles, Whiskers, Fliers, Ci95 reals
	Bandwidth, Mean, SD                                                  float64
	Bins                                                                 int
}

type refClassifier struct {
	Labels, Scores, FPR, TPR, RocAt, Precision, Recall, Cuts, Share, MeanProbability reals
	AUC, AveragePrecision, Brier                                                     float64
	OnEdge                                                                           bool
}

type refConfusion struct {
	Actual, Predicted  []int
	Counts, Normalized [][]float64
}

type reference struct {
	Distributions map[string]refDistribution
	Classifiers   map[string]refClassifier
	Confusions    map[string]refConfusion
	Groups        struct {
		A, B  []string
		V     reals
		Bars  map[string]map[string]float64
		Cells map[string][][]any
	}
	Correlations struct {
		Columns map[string]reals
		R       map[string]map[string]float64
	}
	Activations map[string]reals
}

func references(t *testing.T) reference {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "reference", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// nearAll compares numbers one by one; NaN and infinities are equal to themselves.
func nearAll(t *testing.T, what string, got, want []float64, within float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d:\n got %v\nwant %v", what, len(got), len(want), got, want)
		return
	}
	for i := range got {
		same := got[i] == want[i] || math.IsNaN(got[i]) && math.IsNaN(want[i])
		if !same && !(math.Abs(got[i]-want[i]) <= within) {
			t.Errorf("%s, place %d: %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

// lineAt interpolates a line, which is zero beyond its ends.
func lineAt(xs, ys []float64, at float64) float64 {
	k := sort.SearchFloat64s(xs, at)
	if k == 0 || k == len(xs) {
		return 0
	}
	f := (at - xs[k-1]) / (xs[k] - xs[k-1])
	return ys[k-1]*(1-f) + ys[k]*f
}

// TestDensityReference: scipy.stats.gaussian_kde with the bandwidth of
// Silverman's rule, by NumPy's percentiles; and what Bandwidth says.
func TestDensityReference(t *testing.T) {
	for name, d := range references(t).Distributions {
		for how, opts := range map[string][]plots.Option{"rule": nil, "given": {plots.Bandwidth(d.Bandwidth)}} {
			rows := only(layersOf(t, plots.DensityX(d.Values, opts...)), "line")[0].rows
			xs, ys := numbers(t, rows, "x"), numbers(t, rows, "y")
			got := make([]float64, len(d.KdeAt))
			for i, at := range d.KdeAt {
				got[i] = lineAt(xs, ys, at)
			}
			nearAll(t, name+", "+how, got, d.Kde, 0.01*slices.Max(ys))
		}
	}
}

// TestHistogramReference: numpy.histogram with bins of width one, and about as
// many bins as numpy.histogram_bin_edges has by default, "auto": their width is
// the same but for rounding to the nearest of the round ones, of which none is
// more than 1.5 times the one below it.
func TestHistogramReference(t *testing.T) {
	for name, d := range references(t).Distributions {
		n := len(d.Counts)
		if n <= 60 {
			drawn := finiteValues(d.Values)
			rows := rowsOf(t, plots.HistogramX(d.Values, plots.Bins(int(math.Round(slices.Max(drawn)-slices.Min(drawn))))))
			got := make([]float64, n)
			for _, r := range rows {
				if k := int(r["x"].(float64) - d.Edges[0]); r["x2"].(float64)-r["x"].(float64) == 1 && k >= 0 && k < n {
					got[k] += r["v"].(float64)
				}
			}
			nearAll(t, name, got, d.Counts, 0)
		}
		rows := rowsOf(t, plots.HistogramX(d.Values))
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			lo, hi = math.Min(lo, r["x"].(float64)), math.Max(hi, r["x2"].(float64))
		}
		bins := (hi - lo) / (rows[0]["x2"].(float64) - rows[0]["x"].(float64))
		want, most := float64(d.Bins), math.Sqrt(1.5)
		if bins < (want-1)/most || bins > want*most+2 { // NumPy rounds up to whole bins; round edges add parts of two
			t.Errorf("%s: %g bins, NumPy has %g", name, bins, want)
		}
	}
}

// TestBoxReference: matplotlib.cbook.boxplot_stats.
func TestBoxReference(t *testing.T) {
	for name, d := range references(t).Distributions {
		layers := layersOf(t, plots.BoxOf([]string{"a"}, [][]float64{d.Values}, plots.Height(4000)))
		box, whiskers, median := layers[0].rows[0], layers[1].rows, layers[3].rows[0]
		within := 1e-5 * math.Max(math.Abs(d.Whiskers[0]), math.Abs(d.Whiskers[1]))
		nearAll(t, name+", quartiles", []float64{box["y"].(float64), median["y"].(float64), box["y2"].(float64)}, d.Quartiles, within)
		nearAll(t, name+", whiskers", []float64{whiskers[0]["y2"].(float64), whiskers[1]["y2"].(float64)}, d.Whiskers, within)
		var far []float64
		if len(layers) > 4 {
			far = numbers(t, layers[4].rows, "y")
		}
		nearAll(t, name+", outliers", far, d.Fliers, 1e-3)
	}
}

// TestErrorBandReference: the mean, Student's interval by scipy.stats.t, NumPy's
// standard deviation and percentiles.
func TestErrorBandReference(t *testing.T) {
	for name, d := range references(t).Distributions {
		table := tables.New(tables.Floats("x", make([]float64, len(d.Values))...), tables.Floats("y", d.Values...))
		lo, hi := slices.Min(finiteValues(d.Values)), slices.Max(finiteValues(d.Values))
		for kind, want := range map[string][]float64{
			"ci95":      {d.Mean, d.Ci95[0], d.Ci95[1]},
			"sd":        {d.Mean, d.Mean - d.SD, d.Mean + d.SD},
			"range":     {d.Mean, lo, hi},
			"quartiles": {d.Quartiles[1], d.Quartiles[0], d.Quartiles[2]},
		} {
			for _, r := range only(layersOf(t, plots.ErrorBand(table, "x", "y", plots.Interval(kind))), "line")[0].rows {
				got := []float64{r["y"].(float64), number(t, r["i0"]), number(t, r["i1"])}
				nearAll(t, name+", "+kind, got, want, 1e-5*math.Max(1, math.Max(math.Abs(want[1]), math.Abs(want[2]))))
			}
		}
	}
}

// number reads a number of a tooltip.
func number(t *testing.T, text any) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(fmt.Sprint(text), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func finiteValues(v []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(v), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// TestROCReference: sklearn.metrics.roc_curve, with every threshold, and
// roc_auc_score; precision_recall_curve and average_precision_score.
func TestROCReference(t *testing.T) {
	for name, c := range references(t).Classifiers {
		s := plots.Split{Name: "s", Labels: []float64(c.Labels), Scores: c.Scores}
		fpr, tpr, at, err := s.ROCCurve()
		if err != nil {
			t.Fatal(err)
		}
		nearAll(t, name+", false positive rate", fpr, c.FPR, 1e-12)
		nearAll(t, name+", true positive rate", tpr, c.TPR, 1e-12)
		nearAll(t, name+", thresholds", at, c.RocAt, 0)
		rows := only(layersOf(t, plots.ROC([]plots.Split{s})), "line")[0].rows
		near(t, name+", AUC", legendFigure(t, rows[0]["c"].(string)), c.AUC, 5.1e-4)
		near(t, name+", area drawn", areaUnder(numbers(t, rows, "x"), numbers(t, rows, "y")), c.AUC, 1e-4)
		precision, recall, cuts, err := s.PrecisionRecallCurve()
		if err != nil {
			t.Fatal(err)
		}
		// scikit-learn adds no threshold below the one that finds all positive rows.
		n := len(c.Cuts)
		nearAll(t, name+", precision", precision[:n], c.Precision, 1e-12)
		nearAll(t, name+", recall", recall[:n], c.Recall, 1e-12)
		nearAll(t, name+", cuts", cuts[:n], c.Cuts, 0)
		rows = only(layersOf(t, plots.PrecisionRecall([]plots.Split{s})), "line")[0].rows
		near(t, name+", average precision", legendFigure(t, rows[0]["c"].(string)), c.AveragePrecision, 5.1e-4)
	}
}

// TestCalibrationReference: sklearn.calibration.calibration_curve with bins of
// equal width and brier_score_loss. scikit-learn counts a probability on the edge
// of two bins in the lower one, Calibration in the upper one; so the curves are
// compared where none is on an edge.
func TestCalibrationReference(t *testing.T) {
	compared := 0
	for name, c := range references(t).Classifiers {
		var labels, scores []float64
		for i, s := range c.Scores {
			if !math.IsInf(s, 0) {
				labels, scores = append(labels, c.Labels[i]), append(scores, s)
			}
		}
		chart := plots.Calibration(labels, scores, 10)
		var brier float64
		for _, f := range figureNumbers(chart.Spec(), "Brier score ") {
			brier = f
		}
		near(t, name+", Brier score", brier, c.Brier, 6e-3*c.Brier)
		if c.OnEdge {
			continue
		}
		compared++
		points := only(layersOf(t, chart), "point")[0].rows
		nearAll(t, name+", share", numbers(t, points, "y"), c.Share, 1e-3)
		nearAll(t, name+", mean probability", numbers(t, points, "x"), c.MeanProbability, 1e-3)
	}
	if compared == 0 {
		t.Error("no curve was compared")
	}
}

// figureNumbers are the numbers that follow a text.
func figureNumbers(text, after string) (out []float64) {
	for i := 0; i+len(after) < len(text); i++ {
		if text[i:i+len(after)] != after {
			continue
		}
		var v float64
		if _, err := fmt.Sscanf(text[i+len(after):], "%g", &v); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// TestConfusionReference: sklearn.metrics.confusion_matrix, also normalized by
// the actual class.
func TestConfusionReference(t *testing.T) {
	for name, c := range references(t).Confusions {
		_, counts, err := plots.ConfusionCounts(c.Actual, c.Predicted)
		if err != nil {
			t.Fatal(err)
		}
		cells := only(layersOf(t, plots.ConfusionMatrix(c.Actual, c.Predicted)), "rect")[0].rows
		shares := only(layersOf(t, plots.ConfusionMatrix(c.Actual, c.Predicted, plots.Normalized())), "rect")[0].rows
		n := len(c.Counts)
		for i, row := range c.Counts {
			for j, want := range row {
				if float64(counts[i][j]) != want || cells[i*n+j]["z"] != want {
					t.Errorf("%s classes: %d rows of %d predicted as %d, drawn as %v, want %g", name, counts[i][j], i, j, cells[i*n+j]["z"], want)
				}
				near(t, name+" classes, share", shares[i*n+j]["z"].(float64), c.Normalized[i][j], 1e-3)
			}
		}
	}
}

// TestAggregateReference: what pandas' groupby makes of rows with missing values,
// as bars and as cells.
func TestAggregateReference(t *testing.T) {
	g := references(t).Groups
	table := tables.New(tables.Strings("a", g.A...), tables.Strings("b", g.B...), tables.Floats("v", g.V...))
	for how, want := range g.Bars {
		bars := rowsOf(t, plots.Bar(table, "a", "v", plots.Agg(how)))
		if len(bars) != len(want) {
			t.Errorf("%s: %d bars, want %d", how, len(bars), len(want))
		}
		for _, r := range bars {
			near(t, how+" of "+r["x"].(string), r["v"].(float64), want[r["x"].(string)], 1e-3)
		}
	}
	for how, cells := range g.Cells {
		got := cellValuesOf(t, plots.Heatmap(table, "a", "b", "v", plots.Agg(how)))
		for _, c := range cells {
			key := fmt.Sprint(c[0], " ", c[1])
			near(t, how+" of "+key, got[key], c[2].(float64), 5e-3)
		}
	}
}

// cellValuesOf is the values of a heat map by the names of their cells.
func cellValuesOf(t *testing.T, c *plots.Chart) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for _, r := range only(layersOf(t, c), "rect")[0].rows {
		out[fmt.Sprint(r["i0"], " ", r["i1"])] = r["z"].(float64)
	}
	return out
}

// TestCorrelationReference: pandas' DataFrame.corr, whose numbers are of the rows
// in which both columns have one.
func TestCorrelationReference(t *testing.T) {
	c := references(t).Correlations
	names := slices.Sorted(maps.Keys(c.Columns))
	var cols []tables.Col
	for _, n := range names {
		cols = append(cols, tables.Floats(n, c.Columns[n]...))
	}
	got := cellValuesOf(t, plots.Correlation(tables.New(cols...), names...))
	for _, a := range names {
		for _, b := range names {
			near(t, a+" and "+b, got[a+" "+b], c.R[a][b], 1e-3)
		}
	}
}

// TestActivationReference: the formulas in NumPy and SciPy.
func TestActivationReference(t *testing.T) {
	want := references(t).Activations
	for name, ys := range want {
		rows := rowsOf(t, plots.Activations(name))
		within := 2e-4 * (slices.Max(ys) - slices.Min(ys))
		nearAll(t, name, numbers(t, rows, "y"), ys, within)
	}
	if len(want) != 12 {
		t.Errorf("%d activations in the reference", len(want))
	}
}
