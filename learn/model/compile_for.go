package model

import (
	"maps"
	"slices"
)

// tasks are what CompileFor knows, with the loss of each.
var tasks = map[string]func() *Loss{
	"regression":            MeanAbsoluteError,
	"classification_binary": BinaryCrossEntropy,
	"classification_multi":  CategoricalCrossEntropy,
}

// CompileFor is [Model.Compile] with what suits a task: "regression" takes the
// mean absolute error, "classification_binary", of 0 and 1, binary
// cross-entropy, "classification_multi", of one-hot classes, categorical
// cross-entropy; the optimizer is Adamax with a rate of 0.01. What a model then
// predicts for a classification is told by [Model.Classify], for a regression by
// [Model.Predict]. (QC-113)
func (m *Model) CompileFor(task string, opts ...CompileOption) error {
	loss := tasks[task]
	if loss == nil {
		return m.failf("compile", "%w", unknown("task", task, slices.Collect(maps.Keys(tasks))))
	}
	return m.Compile(Adamax(0.01), loss(), opts...)
}
