package plots_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestEvaluationErrors: what cannot be drawn says so in one clear line;
// testdata/errors_evaluate.txt holds what the charts say.
func TestEvaluationErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	split := func(labels any, scores ...float64) []plots.Split {
		return []plots.Split{{Name: "test", Labels: labels, Scores: scores}}
	}
	many := make([]plots.Split, 8)
	for i := range many {
		many[i] = plots.Split{Name: fmt.Sprint(i), Labels: []int{0, 1}, Scores: []float64{0, 1}}
	}
	two := []string{"a", "b"}
	one := plots.Outcome{Model: "m", Splits: []string{"train"}, Losses: []float64{1}, Scores: []float64{0.5}}
	checkRefused(t, "errors_evaluate.txt", []drawn{
		{"learning curve of nothing", plots.LearningCurve(nil)},
		{"learning curve without values", plots.LearningCurve(map[string][]float64{"loss": nil})},
		{"learning curve of NaN", plots.LearningCurve(map[string][]float64{"loss": {nan, inf}})},
		{"validation of another length", plots.LearningCurve(map[string][]float64{"loss": {1, 2}, "val_loss": {1}})},
		{"another number of iterations", plots.LearningCurve(map[string][]float64{"loss": {1, 2}}, plots.Along("iteration", []float64{1}))},
		{"no iterations", plots.LearningCurve(map[string][]float64{"loss": {1, 2}}, plots.Along("iteration", nil))},
		{"negative loss on a log scale", plots.LearningCurve(map[string][]float64{"loss": {-1, -2}}, plots.LogY())},
		{"facets of a learning curve", plots.LearningCurve(map[string][]float64{"loss": {1, 2}}, plots.Facet("class"))},
		{"colour of a learning curve", plots.LearningCurve(map[string][]float64{"loss": {1, 2}}, plots.Color("class"))},
		{"SkipHead of a line", plots.LineXY([]float64{1}, []float64{1}, plots.SkipHead())},
		{"curves of nothing", plots.Curves(nil, nil, nil)},
		{"curves without names", plots.Curves(two, nil, [][]float64{{1}})},
		{"curves of one name", plots.Curves([]string{"a", "a"}, nil, [][]float64{{1}, {2}})},
		{"curves with another number of x", plots.Curves([]string{"a"}, [][]float64{{1, 2}}, [][]float64{{1}})},
		{"curves of NaN", plots.Curves([]string{"a"}, nil, [][]float64{{nan}})},
		{"no trials", plots.BestSoFar(nil, true)},
		{"failed trials", plots.BestSoFar([]float64{nan, nan}, true)},
		{"no splits", plots.ROC(nil)},
		{"too many splits", plots.ROC(many)},
		{"labels of three classes", plots.ROC(split([]int{0, 1, 2}, 1, 2, 3))},
		{"labels that are names", plots.ROC(split([]string{"a", "b"}, 1, 2))},
		{"labels that are no whole numbers", plots.ROC(split([]float64{0, 0.5}, 1, 2))},
		{"no labels", plots.ROC(split(nil, 1, 2))},
		{"labels of another length", plots.ROC(split([]bool{true}, 1, 2))},
		{"no rows", plots.ROC(split([]bool{}))},
		{"one class", plots.ROC(split([]bool{true, true}, 1, 2))},
		{"scores that are NaN", plots.ROC(split([]int{0, 1}, nan, nan))},
		{"two splits of one name", plots.ROC(append(split([]int{0, 1}, 1, 2), split([]int{0, 1}, 1, 2)...))},
		{"no positive rows", plots.PrecisionRecall(split([]int{0, 0}, 1, 2))},
		{"SkipHead of a ROC", plots.ROC(split([]int{0, 1}, 1, 2), plots.SkipHead())},
		{"ROC with bins", plots.ROC(split([]int{0, 1}, 1, 2), plots.Bins(3))},
		{"no rows to confuse", plots.ConfusionMatrix([]string{}, []string{})},
		{"predictions of another length", plots.ConfusionMatrix(two, []string{"a"})},
		{"predictions of another kind", plots.ConfusionMatrix(two, [][]float64{{0.1, 0.9}})},
		{"a class that has no name", plots.ConfusionMatrix([]int{0, 2}, []int{0, 1}, plots.Classes(two...))},
		{"a name that is no class", plots.ConfusionMatrix([]string{"a", "c"}, two, plots.Classes(two...))},
		{"a class twice", plots.ConfusionMatrix(two, two, plots.Classes("a", "a"))},
		{"no classes", plots.ConfusionMatrix(two, two, plots.Classes())},
		{"only missing labels", plots.ConfusionMatrix([]float64{nan}, []float64{1})},
		{"no models", plots.Boomerang(nil)},
		{"a model without splits", plots.Boomerang([]plots.Outcome{{Model: "m"}})},
		{"a model without a name", plots.Boomerang([]plots.Outcome{{Splits: two}})},
		{"a model with a loss too few", plots.Boomerang([]plots.Outcome{{Model: "m", Splits: two, Losses: []float64{1}, Scores: []float64{1, 2}}})},
		{"a split twice", plots.Boomerang([]plots.Outcome{{Model: "m", Splits: []string{"a", "a"}, Losses: []float64{1, 2}, Scores: []float64{1, 2}}})},
		{"none good enough", plots.Boomerang([]plots.Outcome{one}, plots.MaxLoss(1), plots.MinScore(0.9))},
		{"negative MaxLoss", plots.Boomerang([]plots.Outcome{one}, plots.MaxLoss(-1))},
		{"MinScore of NaN", plots.Boomerang([]plots.Outcome{one}, plots.MinScore(nan))},
		{"scores that are infinite", plots.Boomerang([]plots.Outcome{{Model: "m", Splits: two, Losses: []float64{1, 2}, Scores: []float64{inf, nan}}})},
		{"no columns wanted", plots.FeatureImportance(two, [][]float64{{1}, {2}}, 0)},
		{"no columns", plots.FeatureImportance(nil, nil, 3)},
		{"importances of other columns", plots.FeatureImportance(two, [][]float64{{1}}, 3)},
		{"importances not calculated", plots.FeatureImportance(two, [][]float64{nil, {nan}}, 3)},
		{"one class to be sure of", plots.Confidence([]float64{1}, []string{"a"})},
		{"probabilities that do not add up", plots.Confidence([]float64{0.5, 0.6}, two)},
		{"a negative probability", plots.Confidence([]float64{-0.5, 1.5}, two)},
		{"a probability of NaN", plots.Confidence([]float64{nan, 1}, two)},
		{"probabilities without names", plots.Confidence([]float64{0.5, 0.5}, []string{"a"})},
		{"residuals of another length", plots.Residuals([]float64{1}, []float64{1, 2})},
		{"residuals of nothing", plots.Residuals(nil, nil)},
		{"residuals of NaN", plots.Residuals([]float64{nan}, []float64{1})},
		{"no bins", plots.Calibration([]int{0, 1}, []float64{0, 1}, 0)},
		{"a probability above 1", plots.Calibration([]int{0, 1}, []float64{0, 1.5}, 5)},
		{"nothing to calibrate", plots.Calibration([]int{}, nil, 5)},
		{"calibration of NaN", plots.Calibration([]int{1}, []float64{nan}, 5)},
		{"calibration on a log scale", plots.Calibration([]int{0, 1}, []float64{0.2, 0.9}, 5, plots.LogX())},
		{"confidence on a log scale", plots.Confidence([]float64{0.5, 0.5}, two, plots.LogY())},
		{"an unknown activation", plots.Activations("relu", "geluu")},
		{"an activation like no other", plots.Activations("cosine")},
		{"overview of no table", plots.Overview(nil)},
		{"overview of no rows", plots.Overview(tables.New(tables.Floats("x")))},
		{"overview of vectors", plots.Overview(tables.New(tables.Column("v", [][]float64{{1}})))},
		{"overview of a table with an error", plots.Overview(tables.New(tables.Floats("a", 1), tables.Floats("a", 2)))},
	})
}

// TestEvaluationOfLittle: one row, equal values and missing ones make charts.
func TestEvaluationOfLittle(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	checkLittle(t, "evaluate_little.txt", []drawn{
		{"one epoch", plots.LearningCurve(map[string][]float64{"loss": {1}}, plots.SkipHead())},
		{"epochs without a loss", plots.LearningCurve(map[string][]float64{"loss": {1, nan, 0.5}, "val_loss": {inf, 2, 1}})},
		{"only validation", plots.LearningCurve(map[string][]float64{"val_auc": {0.5, 0.6}})},
		{"equal losses on a log scale", plots.LearningCurve(map[string][]float64{"loss": {2, 2, 0, 2}}, plots.LogY())},
		{"100 curves", plots.Curves(numberedNames(100), nil, numberedCurves(100))},
		{"one trial", plots.BestSoFar([]float64{1}, true)},
		{"equal trials", plots.BestSoFar([]float64{1, 1, 1}, false)},
		{"two rows", plots.ROC([]plots.Split{{Labels: []bool{true, false}, Scores: []float64{0.9, 0.1}}})},
		{"missing scores", plots.ROC([]plots.Split{{Labels: []float64{1, 0, nan, 1}, Scores: []float64{0.9, 0.1, 0.5, nan}}})},
		{"only positive rows", plots.PrecisionRecall([]plots.Split{{Labels: []bool{true}, Scores: []float64{0.5}}})},
		{"ROC on a log scale", plots.ROC([]plots.Split{judged("test", 50, 1, 1)}, plots.LogX())},
		{"one class", plots.ConfusionMatrix([]string{"a"}, []string{"a"})},
		{"missing predictions", plots.ConfusionMatrix([]int{1, 2}, []float64{1, nan})},
		{"truth values", plots.ConfusionMatrix([]bool{true, false}, []bool{true, true}, plots.Normalized())},
		{"one model, one split", plots.Boomerang([]plots.Outcome{{Model: "m", Splits: []string{"train"}, Losses: []float64{1}, Scores: []float64{0.5}}})},
		{"ten folds", plots.Boomerang([]plots.Outcome{{Model: "m", Splits: numberedNames(10), Losses: elapsed(10), Scores: elapsed(10)}})},
		{"a split without a score", plots.Boomerang([]plots.Outcome{{Model: "m", Splits: []string{"train", "test"}, Losses: []float64{1, 2}, Scores: []float64{0.5, nan}}})},
		{"one importance", plots.FeatureImportance([]string{"a"}, [][]float64{{1}}, 5)},
		{"1,000 columns", plots.FeatureImportance(numberedNames(1000), numberedCurves(1000), 5)},
		{"100 classes to be sure of", plots.Confidence(equalShares(100), numberedNames(100))},
		{"undecided", plots.Confidence([]float64{0.5, 0.5}, []string{"a", "b"})},
		{"one residual", plots.Residuals([]float64{1}, []float64{1})},
		{"missing residuals", plots.Residuals([]float64{1, nan, 3}, []float64{1, 2, inf})},
		{"one probability", plots.Calibration([]bool{true}, []float64{1}, 10)},
		{"missing probabilities", plots.Calibration([]float64{1, nan, 0}, []float64{1, 0.5, nan}, 3)},
		{"overview of one row", plots.Overview(tables.New(tables.Ints("n", 1), tables.Strings("s", "a")))},
		{"overview of 10,000 names", plots.Overview(categories(10_000))},
	})
}

func numberedNames(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("n%d", i)
	}
	return out
}

func numberedCurves(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = []float64{float64(i), float64(i + 1), float64(i + 3)}
	}
	return out
}

func equalShares(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1 / float64(n)
	}
	return out
}
