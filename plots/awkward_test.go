package plots_test

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// moments is n rows of a column of times, a step apart.
func momentsApart(n int, step time.Duration) *plots.Chart {
	from := time.Date(2024, 2, 27, 22, 50, 7, 0, time.UTC)
	when, y := make([]time.Time, n), make([]float64, n)
	for i := range n {
		when[i], y[i] = from.Add(time.Duration(i)*step), math.Sin(float64(i)/5)
	}
	return plots.Line(tables.New(tables.Times("when", when...), tables.Floats("y", y...)), "when", "y")
}

// longNames is n names of many letters.
func longNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("a name with many letters, the %dth of them", i+1)
	}
	return names
}

func upTo(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i + 1)
	}
	return out
}

const longText = "a label that takes much more room than there is along a small chart, units included (m/s²)"

// awkward is charts whose texts are hard to fit into their room.
var awkward = []sample{
	{"small", func() *plots.Chart {
		return plots.Scatter(flowers(30), "sepal_length", "petal_length", plots.Width(120), plots.Height(90), plots.Title("Small"), plots.Color("class"))
	}},
	{"tiny", func() *plots.Chart { return plots.Line(training(), "epoch", "loss", plots.Width(60), plots.Height(50)) }},
	{"tiny_log", func() *plots.Chart {
		return plots.LineXY([]float64{1, 1e3, 1e6}, []float64{1e-5, 1, 1e5}, plots.LogX(), plots.LogY(), plots.Width(80), plots.Height(60))
	}},
	{"labels_long", func() *plots.Chart {
		return plots.LineXY(upTo(5), upTo(5), plots.XLabel(longText), plots.YLabel(longText), plots.Width(200), plots.Height(120), plots.Title("Long labels"))
	}},
	{"title_one_word", func() *plots.Chart {
		return plots.LineXY(upTo(5), upTo(5), plots.Title(strings.Repeat("Donaudampf", 6)), plots.Subtitle(strings.Repeat("schifffahrt", 6)), plots.Width(160))
	}},
	{"title_wide", func() *plots.Chart {
		return plots.LineXY(upTo(5), upTo(5), plots.Title(strings.Repeat("漢字 ", 20)+strings.Repeat("WWW MMM ", 6)), plots.Subtitle(strings.Repeat("WWW MMM ", 12)), plots.Width(220))
	}},
	{"bar_long_names", func() *plots.Chart { return plots.BarXY(longNames(6), upTo(6), plots.Width(200)) }},
	{"bar_wide_letters", func() *plots.Chart {
		return plots.BarXY([]string{"WWWWWWWWWWWWWW", "MMMMMMMMMMMMM", "漢字漢字漢字漢字", "Ω"}, upTo(4), plots.Width(260))
	}},
	{"bar_long_horizontal", func() *plots.Chart { return plots.BarXY(longNames(6), upTo(6), plots.Horizontal(), plots.Height(90)) }},
	{"bar_crowd", func() *plots.Chart { return plots.Bar(categories(45), "item", "sold", plots.Width(160)) }},
	{"bar_crowd_horizontal", func() *plots.Chart {
		return plots.Bar(categories(45), "item", "sold", plots.Horizontal(), plots.Height(160))
	}},
	{"legend_long", func() *plots.Chart {
		return plots.Curves(longNames(6), nil, [][]float64{upTo(3), upTo(4), upTo(5), upTo(6), upTo(7), upTo(8)}, plots.Height(60), plots.Width(120))
	}},
	{"legend_title_long", func() *plots.Chart {
		t := tables.New(tables.Floats("x", upTo(6)...), tables.Floats("y", upTo(6)...), tables.Strings("the name of a column that is much too long for a legend", "a", "b", "a", "b", "a", "b"), tables.Floats("another name of a column, of numbers, that is too long", 1, 2, 3, 4, 5, 6e9))
		return plots.Concat(
			plots.Scatter(t, "x", "y", plots.Color("the name of a column that is much too long for a legend"), plots.Size("another name of a column, of numbers, that is too long"), plots.Height(80), plots.Width(90)),
			plots.Scatter(t, "x", "y", plots.Color("another name of a column, of numbers, that is too long"), plots.Height(80), plots.Width(90)))
	}},
	{"legend_many", func() *plots.Chart {
		t := stations(9)
		return plots.Line(t, "hour", "load", plots.Color("station"), plots.Height(60), plots.Width(120))
	}},
	{"numbers_huge", func() *plots.Chart {
		return plots.ScatterXY([]float64{-1e15, 2e15, 3e15}, []float64{1e30, 2e30, 9e30}, plots.Width(180))
	}},
	{"numbers_tiny", func() *plots.Chart {
		return plots.ScatterXY([]float64{-1e-15, 2e-15, 3e-15}, []float64{1e-30, 2e-30, 9e-30}, plots.Width(180))
	}},
	{"numbers_close", func() *plots.Chart {
		return plots.ScatterXY([]float64{123456.001, 123456.002, 123456.003}, []float64{1e9 + 1, 1e9 + 2, 1e9 + 3}, plots.Width(180), plots.Height(150))
	}},
	{"numbers_thousands", func() *plots.Chart {
		return plots.ScatterXY([]float64{-250_000, 250_000, 999_999}, []float64{12_345, 54_321, 99_999}, plots.Width(150), plots.Height(100))
	}},
	{"time_ms", func() *plots.Chart { return momentsApart(20, 7*time.Millisecond) }},
	{"time_seconds", func() *plots.Chart { return momentsApart(20, time.Second) }},
	{"time_minutes", func() *plots.Chart { return momentsApart(20, 7*time.Minute).With(plots.Width(160)) }},
	{"time_hours", func() *plots.Chart { return momentsApart(60, time.Hour).With(plots.Width(160)) }},
	{"time_days", func() *plots.Chart { return momentsApart(20, 24*time.Hour) }},
	{"time_years", func() *plots.Chart { return momentsApart(50, 24*400*time.Hour).With(plots.Width(160)) }},
	{"log_one_decade", func() *plots.Chart { return plots.LineXY(upTo(8), []float64{2, 3, 4, 5, 6, 7, 8, 9}, plots.LogY()) }},
	{"log_many_decades", func() *plots.Chart {
		return plots.LineXY([]float64{1e-12, 1, 1e12}, []float64{1e-12, 1, 1e12}, plots.LogX(), plots.LogY(), plots.Width(200), plots.Height(120))
	}},
	{"box_long_names", func() *plots.Chart {
		return plots.BoxOf(longNames(5), [][]float64{upTo(9), upTo(5), upTo(7), upTo(8), upTo(4)}, plots.Width(160))
	}},
	{"box_long_horizontal", func() *plots.Chart {
		return plots.BoxOf(longNames(5), [][]float64{upTo(9), upTo(5), upTo(7), upTo(8), upTo(4)}, plots.Horizontal(), plots.Height(60))
	}},
	{"pie_thin_slices", func() *plots.Chart {
		return plots.PieOf(longNames(8), []float64{50, 1, 1, 1.5, 2, 1, 0.7, 0.3}, plots.Width(120), plots.Height(120))
	}},
	{"facet_long", func() *plots.Chart {
		x := upTo(12)
		names := append(append([]string{}, longNames(4)...), append(longNames(4), longNames(4)...)...)
		return plots.Scatter(tables.New(tables.Floats("x", x...), tables.Floats("y", x...), tables.Strings("of", names...)), "x", "y",
			plots.Facet("of"), plots.Columns(4), plots.Width(90), plots.Height(70), plots.YLabel(longText), plots.XLabel(longText))
	}},
	{"heatmap_wide_numbers", func() *plots.Chart {
		return plots.HeatmapOf([]string{"a", "b", "c", "d"}, []string{"e", "f", "g"},
			[][]float64{{123456.5, 2, 3, -1e6}, {1e-7, 55555, 66666, 1e9}, {1, 2, 3, 4}}, plots.Annotated(), plots.Width(120), plots.Height(60))
	}},
	{"confusion_long_names", func() *plots.Chart {
		n := longNames(3)
		return plots.ConfusionMatrix([]string{n[0], n[1], n[2], n[0]}, []string{n[0], n[2], n[2], n[1]}, plots.Width(120), plots.Height(100))
	}},
	{"notes_at_edges", func() *plots.Chart {
		return plots.LineXY(upTo(5), upTo(5), plots.Note(1, 1, "the lowest point there is"), plots.Note(5, 5, "the highest point there is"),
			plots.VLine(5, "the last of them"), plots.HLine(5, "a line of which much can be said"), plots.VBand(4.8, 5, "a narrow band"), plots.Width(220), plots.Height(160))
	}},
	{"notes_close", func() *plots.Chart {
		return plots.LineXY(upTo(5), upTo(5), plots.VLine(2, "one"), plots.VLine(2.1, "other"), plots.HLine(3, "three"), plots.HLine(3.05, "a bit more"))
	}},
	{"network_small", func() *plots.Chart {
		return plots.Network([]int{3, 5, 5, 2}, plots.LayerNames(longNames(4)...), plots.Width(200), plots.Height(100))
	}},
	{"graph_long", func() *plots.Chart {
		return plots.Graph(longNames(4), [][2]int{{0, 2}, {1, 2}, {2, 3}}, plots.Width(160))
	}},
	{"importance_long", func() *plots.Chart {
		return plots.FeatureImportance(longNames(4), [][]float64{upTo(3), upTo(4), upTo(5), upTo(4)}, 4, plots.Height(60))
	}},
	{"letters_of_the_world", func() *plots.Chart {
		return plots.BarXY([]string{"Ελληνικά", "Русский", "العربية", "עברית", "日本語", "👩‍🚀🚀", "a\tb\nc"}, upTo(7), plots.Title("العنوان, 題名, заголовок"), plots.YLabel("\u202eturned"))
	}},
	{"correlation_long", func() *plots.Chart {
		n := longNames(3)
		return plots.Correlation(tables.New(tables.Floats(n[0], 1, 2, 3, 5), tables.Floats(n[1], 3, 1, 2, 5), tables.Floats(n[2], 9, 8, 1, 2)))
	}},
	{"pairs_long", func() *plots.Chart {
		n := longNames(3)
		return plots.Pairs(tables.New(tables.Floats(n[0], 1e9, 2e9, 3e9, 5e9), tables.Floats(n[1], 3, 1, 2, 5), tables.Floats(n[2], 9, 8, 1, 2)), n)
	}},
}
