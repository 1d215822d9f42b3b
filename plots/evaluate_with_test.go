package plots_test

import (
	"testing"

	"github.com/sheaf-go/sheaf/plots"
)

// evaluations are charts whose options can come at once or later.
func evaluations() map[string]func(opts ...plots.Option) *plots.Chart {
	judged := plots.Split{Name: "test", Labels: []int{0, 1, 0, 1}, Scores: []float64{0.2, 0.3, 0.4, 0.9}}
	values := []float64{4, 2, 1.5, 1.2, 1.1, 1, 0.9, 0.9, 0.8, 0.8}
	models := []plots.Outcome{
		{Model: "a", Splits: []string{"train", "test"}, Losses: []float64{0.1, 0.2}, Scores: []float64{0.9, 0.8}},
		{Model: "b", Splits: []string{"train", "test"}, Losses: []float64{0.5, 2}, Scores: []float64{0.6, 0.4}},
	}
	return map[string]func(opts ...plots.Option) *plots.Chart{
		"learning curve": func(opts ...plots.Option) *plots.Chart {
			return plots.LearningCurve(map[string][]float64{"loss": values}, opts...)
		},
		"learning curves": func(opts ...plots.Option) *plots.Chart {
			return plots.LearningCurve(map[string][]float64{"loss": values, "accuracy": values}, opts...)
		},
		"boomerang":        func(opts ...plots.Option) *plots.Chart { return plots.Boomerang(models, opts...) },
		"ROC":              func(opts ...plots.Option) *plots.Chart { return plots.ROC([]plots.Split{judged}, opts...) },
		"precision recall": func(opts ...plots.Option) *plots.Chart { return plots.PrecisionRecall([]plots.Split{judged}, opts...) },
		"confusion matrix": func(opts ...plots.Option) *plots.Chart {
			return plots.ConfusionMatrix([]int{0, 1, 1}, []int{0, 1, 0}, opts...)
		},
		"residuals": func(opts ...plots.Option) *plots.Chart {
			return plots.Residuals(values, []float64{3, 2, 2, 1, 1, 1, 1, 1, 1, 1}, opts...)
		},
		"calibration": func(opts ...plots.Option) *plots.Chart {
			return plots.Calibration(judged.Labels, judged.Scores, 4, opts...)
		},
		"overview": func(opts ...plots.Option) *plots.Chart { return plots.Overview(flowers(30), opts...) },
		"confidence": func(opts ...plots.Option) *plots.Chart {
			return plots.Confidence([]float64{0.3, 0.7}, []string{"no", "yes"}, opts...)
		},
		"curves": func(opts ...plots.Option) *plots.Chart {
			return plots.Curves([]string{"a"}, nil, [][]float64{values}, opts...)
		},
	}
}

// TestEvaluationWith: an option that With adds to an evaluation chart does what
// it does as the constructor's: all that the chart is made of follows it, or
// the same line says that it does not apply.
func TestEvaluationWith(t *testing.T) {
	options := map[string]plots.Option{
		"SkipHead": plots.SkipHead(), "Classes": plots.Classes("no", "yes"), "Normalized": plots.Normalized(),
		"MaxLoss": plots.MaxLoss(1), "MinScore": plots.MinScore(0.5), "Width": plots.Width(321), "XLabel": plots.XLabel("x!"),
		"HLine": plots.HLine(0.5, "half"), "Title": plots.Title("T"), "Subtitle": plots.Subtitle("S"), "Columns": plots.Columns(1),
		"Theme": plots.Theme("dark"), "LogX": plots.LogX(), "Bins": plots.Bins(5),
	}
	refused := 0
	for name, draw := range evaluations() {
		for option, o := range options {
			once, later := draw(o), draw().With(o)
			if (once.Err() == nil) != (later.Err() == nil) || once.Err() != nil && once.Err().Error() != later.Err().Error() {
				t.Errorf("%s, %s: With says %v; the constructor says %v", name, option, later.Err(), once.Err())
			}
			if once.Err() != nil {
				refused++
				continue
			}
			if later.Spec() != once.Spec() {
				t.Errorf("%s, %s: With draws another chart than the constructor", name, option)
			}
			if twice := draw(plots.Title("Other")).With(plots.Title("T")).With(o).Spec(); twice != draw(plots.Title("T"), o).Spec() {
				t.Errorf("%s, %s: an option before it is lost", name, option)
			}
		}
	}
	if refused < 40 {
		t.Errorf("%d options are refused, want those of other charts", refused)
	}
	if points := len(rowsOf(t, plots.LearningCurve(map[string][]float64{"loss": make([]float64, 30)}).With(plots.SkipHead()))); points != 26 {
		t.Errorf("SkipHead leaves %d of 30 points, want 26", points)
	}
}
