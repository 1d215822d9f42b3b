package plots_test

import "github.com/sheaf-go/sheaf/plots"

// The ways in which every chart can be described further.
func init() {
	gallery = append(gallery,
		sample{"facet", func() *plots.Chart {
			return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Facet("class"), plots.Title("Small multiples"))
		}},
		sample{"facet_colours", func() *plots.Chart {
			return plots.Histogram(flowers(300), "petal_length", plots.Facet("class"), plots.Color("class"), plots.Columns(2))
		}},
		sample{"concat", func() *plots.Chart {
			return plots.Concat(
				plots.Line(training(), "epoch", "loss", plots.Y("val_loss"), plots.YLabel("loss"), plots.Width(300)),
				plots.Count(flowers(150), "class", plots.Width(200)),
			).With(plots.Title("Two charts"), plots.Subtitle("beside one another"))
		}},
		sample{"shapes", func() *plots.Chart {
			return plots.Scatter(flowers(90), "sepal_length", "petal_length", plots.Color("class"), plots.Shape("class"), plots.Tooltip("petal_width"))
		}},
		sample{"shapes_apart", func() *plots.Chart {
			return plots.Scatter(flowers(90), "sepal_length", "petal_length", plots.Color("petal_width"), plots.Shape("class"), plots.OpacityBy("sepal_length"))
		}},
		sample{"notes", func() *plots.Chart {
			return plots.Line(training(), "epoch", "loss", plots.HLine(0.1, "good enough"), plots.VLine(20, "stopped"), plots.VBand(24, 28, "holiday"), plots.Note(8, 0.6, "steep"))
		}},
		sample{"theme_dark", func() *plots.Chart {
			return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Color("class"), plots.Theme("dark"), plots.Title("On dark blue"), plots.Subtitle("whatever the page"))
		}},
		sample{"theme_print", func() *plots.Chart {
			return plots.Line(training(), "epoch", "loss", plots.Y("val_loss"), plots.Theme("print"), plots.Title("For a printer"))
		}},
		sample{"no_legend", func() *plots.Chart {
			return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Color("class"), plots.NoLegend())
		}},
	)
}
