package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// FeatureImportance draws how much each column matters to a model, as boxes one
// under the other, the greatest median first: importances has the values of
// each name, such as the rise of the loss in each repetition when the column is
// shuffled (permutation importance; Breiman, "Random Forests", 2001). At most
// the topN columns with the greatest medians are drawn; values that are not
// finite are left out.
func FeatureImportance(names []string, importances [][]float64, topN int, opts ...Option) *Chart {
	chosen, values, left, err := importantFeatures(names, importances, topN)
	if err != nil {
		return refused("feature importance", err)
	}
	own := []Option{Horizontal(), NoOutliers(), YLabel(""), XLabel("importance"), Height(math.Min(maxSize, 60+25*float64(len(chosen))))}
	if left > 0 {
		own = append(own, Subtitle(fmt.Sprintf("the %d of %s columns with the greatest median", len(chosen), group(left+len(chosen)))))
	}
	return calledAs("feature importance", BoxOf(chosen, values, append(own, opts...)...))
}

// importantFeatures are the columns with the greatest medians, and how many
// others there are.
func importantFeatures(names []string, importances [][]float64, topN int) (chosen []string, values [][]float64, left int, err error) {
	if topN < 1 {
		return nil, nil, 0, fmt.Errorf("want topN of at least 1, got %d", topN)
	}
	if err := sameLength(len(importances), len(names), "slices of importances", "names"); err != nil {
		return nil, nil, 0, err
	}
	if len(names) == 0 {
		return nil, nil, 0, errors.New("want at least one column, got none")
	}
	if err := different("column", names); err != nil {
		return nil, nil, 0, err
	}
	type feature struct {
		name   string
		values []float64
		median float64
	}
	var all []feature
	for i, n := range names {
		if v := finiteOf(importances[i]); len(v) > 0 {
			all = append(all, feature{n, importances[i], median(v)})
		}
	}
	if len(all) == 0 {
		return nil, nil, 0, errors.New("no column has an importance; want at least one finite number for each")
	}
	slices.SortStableFunc(all, func(a, b feature) int { return cmp.Compare(b.median, a.median) })
	for _, f := range all[:min(topN, len(all))] {
		chosen, values = append(chosen, f.name), append(values, f.values)
	}
	return chosen, values, len(names) - len(chosen), nil
}

// finiteOf are the values that can be drawn.
func finiteOf(values []float64) []float64 {
	var out []float64
	for i, v := range values {
		poll(i)
		if finite(v) {
			out = append(out, v)
		}
	}
	return out
}
