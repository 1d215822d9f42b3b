package tables

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// keyText is equal for equal keys.
func keyText(v any) string {
	switch x := v.(type) {
	case float64:
		if x == 0 {
			v = 0.0
		}
	case float32:
		if x == 0 {
			v = float32(0)
		}
	}
	return fmt.Sprintf("%T %v", v, v)
}

// slowGroups lists the rows of each group, in the order of first appearance.
func slowGroups(t *Table, keys []string) (groups [][]int) {
	place := map[string]int{}
	for r := range t.Len() {
		text := ""
		for _, k := range keys {
			text += keyText(t.Value(k, r)) + "\x00"
		}
		g, ok := place[text]
		if !ok {
			g = len(groups)
			place[text] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], r)
	}
	if len(keys) == 0 && len(groups) == 0 {
		groups = [][]int{nil}
	}
	return groups
}

// aggFloat is a cell as a float.
func aggFloat(v any) float64 {
	switch x := v.(type) {
	case bool:
		return float64(b2i(x))
	case time.Duration:
		return float64(x)
	}
	n, err := numOf(v, Float64)
	if err != nil {
		panic(err)
	}
	return n.toFloat64()
}

// less orders two cells of one type.
func less(a, b any) bool {
	switch x := a.(type) {
	case string:
		return x < b.(string)
	case time.Time:
		return x.Before(b.(time.Time))
	case uint64:
		return x < b.(uint64)
	case int64:
		return x < b.(int64)
	case float64:
		y := b.(float64)
		return x < y || x == 0 && y == 0 && math.Signbit(x) && !math.Signbit(y)
	case float32:
		return less(float64(x), float64(b.(float32)))
	}
	return aggFloat(a) < aggFloat(b)
}

func isNaN(v any) bool {
	switch x := v.(type) {
	case float64:
		return x != x
	case float32:
		return x != x
	}
	return false
}

// slowAgg is an aggregate of cells, one at a time.
func slowAgg(fn string, cells, weights []any) any {
	switch fn {
	case "first", "last":
		if len(cells) == 0 {
			return nil
		}
		return map[string]any{"first": cells[0], "last": cells[len(cells)-1]}[fn]
	}
	var there, with []any
	for i, v := range cells {
		if v != nil && (fn != "wavg" || weights[i] != nil) {
			there = append(there, v)
			with = append(with, weights[i])
		}
	}
	switch fn {
	case "count":
		return int64(len(there))
	case "countDistinct":
		seen := map[string]bool{}
		for _, v := range there {
			seen[keyText(v)] = true
		}
		return int64(len(seen))
	case "sum", "absSum":
		return slowSum(there, fn == "absSum")
	}
	if len(there) == 0 || (fn == "std" || fn == "var") && len(there) < 2 {
		return nil
	}
	if fn == "min" || fn == "max" {
		best := there[0]
		for _, v := range there {
			if isNaN(v) {
				return v
			}
			if fn == "min" && less(v, best) || fn == "max" && less(best, v) {
				best = v
			}
		}
		return best
	}
	x := make([]float64, len(there))
	for i, v := range there {
		x[i] = aggFloat(v)
	}
	r := slowMean(fn, x, with)
	if _, ok := there[0].(time.Duration); ok {
		return time.Duration(floatToInt64(math.RoundToEven(r)))
	}
	return r
}

func slowMean(fn string, x []float64, weights []any) float64 {
	n := float64(len(x))
	mean, squares := 0.0, 0.0
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	switch fn {
	case "avg":
		return mean
	case "var":
		return squares / (n - 1)
	case "std":
		return math.Sqrt(squares / (n - 1))
	case "wavg":
		sum, w := 0.0, 0.0
		for i, v := range x {
			sum, w = sum+v*aggFloat(weights[i]), w+aggFloat(weights[i])
		}
		return sum / w
	}
	q := map[string]float64{"median": 0.5, "percentile": 0.3}[fn]
	for _, v := range x {
		if v != v {
			return v
		}
	}
	slices.Sort(x)
	return slowQuantile(x, q)
}

func slowSum(cells []any, abs bool) any {
	ints, uints, floats := int64(0), uint64(0), 0.0
	for _, v := range cells {
		switch x := v.(type) {
		case float64:
			floats += map[bool]float64{false: x, true: math.Abs(x)}[abs]
		case float32:
			floats += map[bool]float64{false: float64(x), true: math.Abs(float64(x))}[abs]
		case uint64:
			uints += x
		case bool:
			ints += int64(b2i(x))
		default:
			n, _ := numOf(v, Int64)
			i := n.toInt64()
			if abs && i < 0 {
				i = -i
			}
			ints += i
		}
	}
	switch {
	case len(cells) == 0:
		return nil // the type is not known here
	case floats != 0 || isFloat(cells[0]):
		return floats
	}
	switch cells[0].(type) {
	case uint64:
		return uints
	case time.Duration:
		return time.Duration(ints)
	}
	return ints
}

func isFloat(v any) bool {
	switch v.(type) {
	case float64, float32:
		return true
	}
	return false
}

// nearCell is sameCell up to the rounding of what is computed from values of
// such a size.
func nearCell(got, want any, size float64) bool {
	if d, ok := got.(time.Duration); ok && want != nil {
		return math.Abs(float64(d-want.(time.Duration))) <= 1+1e-12*size
	}
	a, ok := got.(float64)
	b, also := want.(float64)
	if !ok || !also || size < 0 {
		return sameCell(got, want)
	}
	return a == b || a != a && b != b || math.Abs(a-b) <= 1e-12*size
}

// addedSize is how large the numbers are that an aggregate adds up; -1 if it adds
// none.
func addedSize(fn string, cells, weights []any) (size float64) {
	w := 0.0
	for i, v := range cells {
		if v == nil || fn == "wavg" && weights[i] == nil {
			continue
		}
		switch x := v.(type) {
		case string, time.Time:
			return -1
		default:
			size += math.Abs(aggFloat(x))
			if fn == "wavg" {
				size += math.Abs(aggFloat(x) * aggFloat(weights[i]))
				w += aggFloat(weights[i])
			}
		}
	}
	switch fn {
	case "var":
		return size * size
	case "wavg":
		return size / math.Abs(w)
	case "min", "max", "first", "last":
		return -1
	}
	return size
}
