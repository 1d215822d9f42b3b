package plots_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
)

// TestQC187Numbers: the numbers behind the evaluation charts, with what
// scikit-learn's roc_curve (drop_intermediate=False), precision_recall_curve
// (which counts thresholds upward and ends with 1 and 0) and confusion_matrix
// say of the same rows.
func TestQC187Numbers(t *testing.T) {
	s := plots.Split{Labels: []int{0, 0, 1, 1, 0}, Scores: []float64{0.1, 0.4, 0.35, 0.8, 0.4}}
	fpr, tpr, at, err := s.ROCCurve()
	third := 1.0 / 3
	same(t, "fpr", fpr, []float64{0, 0, 2 * third, 2 * third, 1}, err)
	same(t, "tpr", tpr, []float64{0, 0.5, 0.5, 1, 1}, err)
	same(t, "thresholds", at, []float64{math.Inf(1), 0.8, 0.4, 0.35, 0.1}, err)
	precision, recall, at, err := s.PrecisionRecallCurve()
	same(t, "precision", precision, []float64{1, third, 0.5, 0.4}, err)
	same(t, "recall", recall, []float64{0.5, 0.5, 1, 1}, err)
	same(t, "thresholds", at, []float64{0.8, 0.4, 0.35, 0.1}, err)
	names, counts, err := plots.ConfusionCounts([]string{"b", "a", "b", "c"}, []string{"b", "b", "a", "c"})
	if err != nil || !reflect.DeepEqual(names, []string{"a", "b", "c"}) || !reflect.DeepEqual(counts, [][]int{{0, 1, 0}, {1, 1, 0}, {0, 0, 1}}) {
		t.Errorf("%v %v %v", names, counts, err)
	}
}

func same(t *testing.T, what string, got, want []float64, err error) {
	t.Helper()
	if err != nil || len(got) != len(want) {
		t.Fatalf("%s: %v, %v; want %v", what, got, err, want)
	}
	for i := range got {
		if got[i] != want[i] && math.Abs(got[i]-want[i]) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
}

func TestNumbersErrors(t *testing.T) {
	for want, get := range map[string]func() error{
		"plots: ROC: want some negative rows, got none": func() error {
			_, _, _, err := plots.Split{Labels: []bool{true}, Scores: []float64{1}}.ROCCurve()
			return err
		},
		"plots: precision recall: want some positive rows": func() error {
			_, _, _, err := plots.Split{Labels: []bool{false}, Scores: []float64{1}}.PrecisionRecallCurve()
			return err
		},
		"plots: confusion matrix: ": func() error {
			_, _, err := plots.ConfusionCounts([]int{1, 2}, []int{1})
			return err
		},
		`class "a" twice`: func() error {
			_, _, err := plots.ConfusionCounts([]int{1}, []int{1}, "a", "a")
			return err
		},
		"plots: confusion matrix: want at most 5,000 classes, got 100,000": func() error {
			ids := make([]int, 100_000)
			for i := range ids {
				ids[i] = i
			}
			_, _, err := plots.ConfusionCounts(ids, ids)
			return err
		},
	} {
		if err := get(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestConfusionOfNumbers: whole numbers of any type are classes in their order,
// however far apart.
func TestConfusionOfNumbers(t *testing.T) {
	far := []int64{math.MaxInt64, -5, 3}
	names, counts, err := plots.ConfusionCounts(far, far)
	if got := fmt.Sprint(names, counts, err); got != "[-5 3 9223372036854775807] [[1 0 0] [0 1 0] [0 0 1]] <nil>" {
		t.Error(got)
	}
	for _, labels := range []any{[]uint8{2, 10}, []uint16{2, 10}, []uint32{2, 10}, []int8{2, 10}, []int16{2, 10}, []int32{2, 10},
		[]int64{2, 10}, []int{2, 10}, []float32{2, 10}, []float64{2, 10}, []string{"2", "10"}} {
		names, _, err := plots.ConfusionCounts(labels, []float64{2, 10})
		if got := strings.Join(names, " "); err != nil || got != "2 10" && got != "10 2" {
			t.Errorf("%T: %s, %v", labels, got, err)
		}
	}
}

func ExampleSplit_ROCCurve() {
	fpr, tpr, _, _ := plots.Split{Labels: []bool{false, true, true}, Scores: []float64{0.2, 0.1, 0.9}}.ROCCurve()
	fmt.Println(fpr, tpr)
	// Output: [0 0 1 1] [0 0.5 0.5 1]
}

func ExampleSplit_PrecisionRecallCurve() {
	precision, recall, _, _ := plots.Split{Labels: []bool{false, true, true}, Scores: []float64{0.2, 0.5, 0.9}}.PrecisionRecallCurve()
	fmt.Println(precision[:2], recall[:2])
	// Output: [1 1] [0.5 1]
}

func ExampleConfusionCounts() {
	names, counts, _ := plots.ConfusionCounts([]string{"cat", "dog", "dog"}, []string{"cat", "dog", "cat"})
	fmt.Println(names, counts)
	// Output: [cat dog] [[1 0] [1 1]]
}
