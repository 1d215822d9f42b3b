package plots_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sheaf-go/sheaf/plots"
)

// judged is labels and scores of n rows of two classes, some scores equal; the
// greater the skill, the easier they are to tell apart.
func judged(name string, n int, skill float64, seed uint64) plots.Split {
	rng := rand.New(rand.NewPCG(seed, 20))
	labels, scores := make([]int, n), make([]float64, n)
	for i := range labels {
		labels[i] = rng.IntN(3) / 2
		at := skill*(float64(labels[i])-0.5) + rng.NormFloat64()
		scores[i] = math.Round(100*sigmoid(at)) / 100
	}
	return plots.Split{Name: name, Labels: labels, Scores: scores}
}

func splits() []plots.Split {
	return []plots.Split{judged("train", 600, 3.5, 1), judged("validation", 120, 2.6, 2), judged("test", 150, 2.2, 3)}
}

// history is the metrics of a training run.
func history(epochs int) map[string][]float64 {
	rng := rand.New(rand.NewPCG(3, 21))
	h := map[string][]float64{}
	for i := range epochs {
		t := math.Exp(-float64(i) / 6)
		h["loss"] = append(h["loss"], 0.2+2*t*t+0.02*rng.Float64())
		h["val_loss"] = append(h["val_loss"], 0.35+1.7*t*t+0.04*rng.Float64())
		h["accuracy"] = append(h["accuracy"], 0.97-0.6*t+0.01*rng.Float64())
		h["val_accuracy"] = append(h["val_accuracy"], 0.92-0.6*t+0.02*rng.Float64())
	}
	return h
}

// outcomes are models of a search.
func outcomes(n int) []plots.Outcome {
	rng := rand.New(rand.NewPCG(4, 22))
	out := make([]plots.Outcome, n)
	for i := range out {
		loss, score := 0.3+0.5*rng.Float64(), 0.95-0.2*rng.Float64()
		gap := 0.05 + 0.3*rng.Float64()
		out[i] = plots.Outcome{
			Model:  fmt.Sprintf("model %d", i+1),
			Splits: []string{"train", "validation", "test"},
			Losses: []float64{loss, loss + gap, loss + gap*(0.8+0.6*rng.Float64())},
			Scores: []float64{score, score - gap/3, score - gap/3*(0.7+0.6*rng.Float64())},
		}
	}
	return out
}

// guesses are actual and predicted classes of n rows.
func guesses(n, classes int) (actual, predicted []int) {
	rng := rand.New(rand.NewPCG(5, 23))
	for range n {
		k := rng.IntN(classes)
		actual = append(actual, k)
		if rng.IntN(5) == 0 {
			k = (k + 1 + rng.IntN(2)) % classes
		}
		predicted = append(predicted, k)
	}
	return actual, predicted
}

// shuffles are the importances of columns in ten repetitions.
func shuffles(n int) (names []string, values [][]float64) {
	rng := rand.New(rand.NewPCG(6, 24))
	for i := range n {
		names = append(names, fmt.Sprintf("feature %02d", i+1))
		var v []float64
		for range 10 {
			v = append(v, float64((i*7)%n)/10*(1+0.2*rng.NormFloat64())+0.02*rng.NormFloat64())
		}
		values = append(values, v)
	}
	return names, values
}

// fitted are the actual and the predicted values of a regression.
func fitted(n int) (actual, predicted []float64) {
	rng := rand.New(rand.NewPCG(7, 25))
	for range n {
		p := 10 + 40*rng.Float64()
		actual = append(actual, p+(0.5+p/15)*rng.NormFloat64())
		predicted = append(predicted, p)
	}
	return actual, predicted
}

func init() {
	gallery = append(gallery,
		sample{"learning_curve", func() *plots.Chart { return plots.LearningCurve(history(30), plots.Title("A training run")) }},
		sample{"learning_curve_skip", func() *plots.Chart {
			return plots.LearningCurve(map[string][]float64{"loss": history(30)["loss"]}, plots.SkipHead(), plots.Along("seconds", elapsed(30)))
		}},
		sample{"curves", func() *plots.Chart {
			var ys [][]float64
			for i := range 4 {
				values := history(12 + 5*i)["val_accuracy"]
				for k := range values {
					values[k] -= 0.3 * math.Exp(-float64(k*(i+1))/8)
				}
				ys = append(ys, values)
			}
			return plots.Curves([]string{"1e-1", "1e-2", "1e-3", "1e-4"}, nil, ys, plots.YLabel("validation accuracy"))
		}},
		sample{"best_so_far", func() *plots.Chart {
			_, scores := walk(60)
			return plots.BestSoFar(scores, false, plots.YLabel("loss"), plots.Title("A search"))
		}},
		sample{"roc", func() *plots.Chart { return plots.ROC(splits(), plots.Title("ROC")) }},
		sample{"roc_many", func() *plots.Chart {
			return plots.ROC([]plots.Split{finelyJudged(100_000)})
		}},
		sample{"roc_log", func() *plots.Chart {
			return plots.ROC(splits()[:1], plots.LogX(), plots.Title("Few false alarms"))
		}},
		sample{"precision_recall", func() *plots.Chart { return plots.PrecisionRecall(splits(), plots.Title("Precision and recall")) }},
		sample{"confusion", func() *plots.Chart {
			a, p := guesses(270, 3)
			return plots.ConfusionMatrix(a, p, plots.Classes("setosa", "versicolor", "virginica"), plots.Title("Iris"))
		}},
		sample{"confusion_normalized", func() *plots.Chart {
			a, p := guesses(5000, 10)
			return plots.ConfusionMatrix(a, p, plots.Normalized(), plots.Title("Digits"))
		}},
		sample{"confusion_many", func() *plots.Chart {
			a, p := guesses(20_000, 60)
			return plots.ConfusionMatrix(a, p)
		}},
		sample{"boomerang", func() *plots.Chart { return plots.Boomerang(outcomes(4), plots.Title("Four models")) }},
		sample{"boomerang_many", func() *plots.Chart { return plots.Boomerang(outcomes(30), plots.MinScore(0.7)) }},
		sample{"feature_importance", func() *plots.Chart {
			names, values := shuffles(14)
			return plots.FeatureImportance(names, values, 10, plots.Title("What matters"))
		}},
		sample{"confidence", func() *plots.Chart {
			return plots.Confidence([]float64{0.12, 0.88}, []string{"rock", "mine"})
		}},
		sample{"confidence_ring", func() *plots.Chart {
			return plots.Confidence([]float64{0.989, 0.010, 0.001}, []string{"setosa", "versicolor", "virginica"})
		}},
		sample{"residuals", func() *plots.Chart {
			a, p := fitted(400)
			return plots.Residuals(a, p, plots.Title("What is left"))
		}},
		sample{"calibration", func() *plots.Chart {
			s := judged("", 3000, 1.5, 9)
			return plots.Calibration(s.Labels, s.Scores, 10, plots.Title("Can it be believed?"))
		}},
		sample{"activations", func() *plots.Chart { return plots.Activations().With(plots.Title("Activation functions")) }},
		sample{"activation_gelu", func() *plots.Chart { return plots.Activations("gelu") }},
		sample{"overview", func() *plots.Chart { return plots.Overview(flowers(150), plots.Title("Iris")) }},
		sample{"overview_kinds", func() *plots.Chart { return plots.Overview(kinds()) }},
	)
}
