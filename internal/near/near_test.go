package near

import (
	"slices"
	"testing"
)

func TestName(t *testing.T) {
	known := []string{"Contains", "ContainsAny", "copy", "Name", "name2", "Pi", "Print", "Println", "Printf", "xs", "température", "price", "tier", "time"}
	for name, want := range map[string]string{
		"Contians":   "Contains", // swapped
		"Contans":    "Contains",
		"contains":   "Contains",
		"nope":       "", // two away from copy
		"cpy":        "copy",
		"Nmae":       "Name",
		"xss":        "xs",
		"Pix":        "Pi",
		"nam":        "Name",
		"pi":         "Pi",
		"p":          "",
		"x":          "",
		"ys":         "",
		"Printn":     "Println",
		"Prnit":      "Print",
		"temprature": "température",
		"prize":      "price",
		"tiem":       "time", // swapped, not wrong
		"Contains":   "",     // it is known
		"":           "",
	} {
		if got := Name(name, slices.Values(known)); got != want {
			t.Errorf("Name(%q) is %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"ab", "ba", 1}, {"abc", "abd", 1}, {"abcd", "acbd", 1}, {"kitten", "sitting", 3}, {"abc", "abcdef", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q is %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("%q to %q is %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestPart(t *testing.T) {
	known := []string{"Box", "BoxOf", "Histogram", "HistogramX", "Repeat", "Replace", "Scatter", "ScatterXY", "Pi"}
	for name, want := range map[string]string{
		"Hist":        "Histogram", // all that it begins begin with that
		"Boxplot":     "Box",
		"boxOfBoxes":  "BoxOf",
		"ScatterPlot": "Scatter",
		"Rep":         "", // Repeat or Replace
		"Re":          "", // too short
		"Pie":         "", // Pi says too little
		"Plot":        "",
	} {
		if got := Part(name, slices.Values(known)); got != want {
			t.Errorf("Part(%q) is %q, want %q", name, got, want)
		}
	}
}
