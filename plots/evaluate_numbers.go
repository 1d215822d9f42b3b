package plots

import (
	"fmt"
	"slices"
)

// maxCounts is how many classes can be counted against one another.
const maxCounts = 5000

// ROCCurve is the numbers behind [ROC], one for each threshold from above all
// scores down: the share of the negative and of the positive rows that score at
// least that. Nothing is thinned; the first threshold is +Inf.
func (s Split) ROCCurve() (fpr, tpr, thresholds []float64, err error) {
	r, err := rankings([]Split{s}, true)
	if err != nil {
		return nil, nil, nil, refused("ROC", err).err
	}
	r[0].down(func(at, tp, fp float64) {
		fpr, tpr, thresholds = append(fpr, fp/r[0].negative), append(tpr, tp/r[0].positive), append(thresholds, at)
	})
	return fpr, tpr, thresholds, nil
}

// PrecisionRecallCurve is the numbers behind [PrecisionRecall], one for each
// threshold from the greatest score down: among the rows that score at least
// that the share of positive ones, and of the positive rows the share that do.
func (s Split) PrecisionRecallCurve() (precision, recall, thresholds []float64, err error) {
	r, err := rankings([]Split{s}, false)
	if err != nil {
		return nil, nil, nil, refused("precision recall", err).err
	}
	r[0].down(func(at, tp, fp float64) {
		if rows := tp + fp; rows > 0 {
			precision, recall, thresholds = append(precision, tp/rows), append(recall, tp/r[0].positive), append(thresholds, at)
		}
	})
	return precision, recall, thresholds, nil
}

// ConfusionCounts is the numbers behind [ConfusionMatrix]: counts[i][j] rows are
// of class names[i] and predicted as names[j]. Without classes they are those that
// come, in order; classes also give whole numbers their names. Rows where either
// label is missing are left out. There are at most 5,000 classes.
func ConfusionCounts(actual, predicted any, classes ...string) (names []string, counts [][]int, err error) {
	if len(classes) > 0 {
		if err := different("class", classes); err != nil {
			return nil, nil, refused("confusion matrix", err).err
		}
	}
	names, a, p, err := classPairs(actual, predicted, classes)
	if err != nil {
		return nil, nil, refused("confusion matrix", err).err
	}
	if len(names) > maxCounts {
		return nil, nil, refused("confusion matrix", fmt.Errorf("want at most %s classes, got %s", group(maxCounts), group(len(names)))).err
	}
	counts = make([][]int, len(names))
	for i := range counts {
		counts[i] = make([]int, len(names))
	}
	for i, k := range a {
		poll(i)
		if k >= 0 && p[i] >= 0 {
			counts[k][p[i]]++
		}
	}
	return slices.Clone(names), counts, nil
}
