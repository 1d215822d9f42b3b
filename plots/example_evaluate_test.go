package plots_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

func ExampleLearningCurve() {
	metrics := map[string][]float64{
		"loss": {0.9, 0.5, 0.4, 0.3}, "val_loss": {1, 0.7, 0.6, 0.6},
		"accuracy": {0.5, 0.7, 0.8, 0.9}, "val_accuracy": {0.4, 0.6, 0.7, 0.7},
	}
	fmt.Println(plots.LearningCurve(metrics, plots.Title("Training")))
	// Output: concat chart "Training", 2 panels
}

func ExampleSkipHead() {
	losses := make([]float64, 30)
	for i := range losses {
		losses[i] = 1 / float64(i+1)
	}
	fmt.Println(plots.LearningCurve(map[string][]float64{"loss": losses}, plots.SkipHead()))
	// Output: chart: loss by epoch, 26 points
}

func ExampleAlong() {
	seconds := []float64{0.7, 1.4, 2.2}
	fmt.Println(plots.LearningCurve(map[string][]float64{"accuracy": {0.5, 0.7, 0.8}}, plots.Along("seconds", seconds)))
	// Output: chart: accuracy by seconds, 3 points
}

func ExampleCurves() {
	fmt.Println(plots.Curves([]string{"small", "large"}, nil, [][]float64{{0.9, 0.7}, {0.8, 0.5, 0.4}}, plots.YLabel("loss")))
	// Output: chart: loss by epoch, 5 points in 2 series
}

func ExampleBestSoFar() {
	fmt.Println(plots.BestSoFar([]float64{0.71, 0.69, 0.8, 0.78}, true, plots.YLabel("accuracy")))
	// Output: chart: accuracy by trial, 4 points + 4 points in 2 series
}

func ExampleROC() {
	test := plots.Split{Name: "test", Labels: []int{0, 0, 1, 1}, Scores: []float64{0.1, 0.4, 0.35, 0.8}}
	fmt.Println(plots.ROC([]plots.Split{test}))
	fmt.Println(plots.ROC([]plots.Split{{Name: "test", Labels: []int{0, 2}, Scores: []float64{0.1, 0.4}}}))
	// Output:
	// chart: true positive rate by false positive rate, 5 points
	// plots: ROC: split "test": label 2 is 2; want 0 or 1
}

func ExamplePrecisionRecall() {
	test := plots.Split{Name: "test", Labels: []bool{false, false, true, true}, Scores: []float64{0.1, 0.4, 0.35, 0.8}}
	fmt.Println(plots.PrecisionRecall([]plots.Split{test}))
	// Output: chart: precision by recall, 5 points
}

func ExampleConfusionMatrix() {
	actual, predicted := []string{"cat", "cat", "dog"}, []string{"cat", "dog", "dog"}
	fmt.Println(plots.ConfusionMatrix(actual, predicted))
	// Output: chart: actual by predicted, 4 cells
}

func ExampleClasses() {
	fmt.Println(plots.ConfusionMatrix([]int{0, 0, 1}, []int{0, 1, 2}, plots.Classes("cat", "dog")))
	// Output: plots: confusion matrix: predicted: label 3 is 2; want 0 to 1, an index of the classes
}

func ExampleNormalized() {
	fmt.Println(plots.ConfusionMatrix([]int{0, 0, 1}, []int{0, 1, 1}, plots.Normalized()))
	// Output: chart: actual by predicted, 4 cells
}

func ExampleBoomerang() {
	models := []plots.Outcome{
		{Model: "linear", Splits: []string{"train", "test"}, Losses: []float64{0.5, 0.6}, Scores: []float64{0.8, 0.75}},
		{Model: "network", Splits: []string{"train", "test"}, Losses: []float64{0.1, 0.9}, Scores: []float64{0.99, 0.7}},
	}
	fmt.Println(plots.Boomerang(models))
	fmt.Println(plots.Boomerang(models, plots.MinScore(0.9)))
	// Output:
	// chart: score by loss, 4 points + 4 points in 2 series
	// plots: boomerang: none of 2 models is left: want all scores above 0.9
}

func ExampleMaxLoss() {
	models := []plots.Outcome{
		{Model: "linear", Splits: []string{"train", "test"}, Losses: []float64{0.5, 0.6}, Scores: []float64{0.8, 0.75}},
		{Model: "network", Splits: []string{"train", "test"}, Losses: []float64{0.1, 0.9}, Scores: []float64{0.99, 0.7}},
	}
	fmt.Println(plots.Boomerang(models, plots.MaxLoss(0.8)))
	// Output: chart: score by loss, 2 points + 2 points; 1 model left out: want all losses below 0.8
}

func ExampleMinScore() {
	models := []plots.Outcome{
		{Model: "linear", Splits: []string{"train", "test"}, Losses: []float64{0.5, 0.6}, Scores: []float64{0.8, 0.75}},
		{Model: "network", Splits: []string{"train", "test"}, Losses: []float64{0.1, 0.9}, Scores: []float64{0.99, 0.7}},
	}
	fmt.Println(plots.Boomerang(models, plots.MinScore(0.72)))
	// Output: chart: score by loss, 2 points + 2 points; 1 model left out: want all scores above 0.72
}

func ExampleFeatureImportance() {
	names := []string{"age", "height", "weight"}
	importances := [][]float64{{0.1, 0.2, 0.15}, {0.01, 0.02, 0}, {0.3, 0.35, 0.2}}
	fmt.Println(plots.FeatureImportance(names, importances, 2))
	// Output: box chart: importance, 2 boxes; the 2 of 3 columns with the greatest median
}

func ExampleConfidence() {
	fmt.Println(plots.Confidence([]float64{0.989, 0.010, 0.001}, []string{"setosa", "versicolor", "virginica"}))
	fmt.Println(plots.Confidence([]float64{0.2, 0.8}, []string{"rock", "mine"}))
	// Output:
	// pie chart, 3 slices in 3 series; setosa, 98.9%
	// chart: probability of mine by log odds, 1 point
}

func ExampleResiduals() {
	fmt.Println(plots.Residuals([]float64{3, 5, 9}, []float64{2, 6, 8.5}))
	// Output: concat chart, 2 panels
}

func ExampleCalibration() {
	labels := []int{0, 1, 0, 1, 1, 1}
	fmt.Println(plots.Calibration(labels, []float64{0.1, 0.3, 0.2, 0.6, 0.8, 1}, 2))
	// Output: concat chart, 2 panels
}

func ExampleActivations() {
	fmt.Println(plots.Activations("gelu"))
	fmt.Println(plots.Activations("relu", "leaky_relu", "elu").With(plots.Title("Rectifiers")))
	fmt.Println(plots.Activations("rleu"))
	// Output:
	// func chart "gelu": y by x, 100 points
	// concat chart "Rectifiers", 3 panels
	// plots: activations: no activation "rleu"; did you mean "relu"?
}

func ExampleOverview() {
	t := tables.New(tables.Floats("height", 1.62, 1.80, 1.75), tables.Strings("team", "red", "blue", "red"))
	fmt.Println(plots.Overview(t))
	// Output: concat chart, 2 panels; 3 rows, 2 columns
}
