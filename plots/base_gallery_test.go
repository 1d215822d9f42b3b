package plots_test

import (
	"math"
	"time"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

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
		sample{"notes_bars", func() *plots.Chart {
			data := tables.New(tables.Strings("team", "red", "blue", "green", "black"), tables.Floats("points", 3, 9, 5, 7))
			small := []plots.Option{plots.Width(200), plots.Height(150)}
			upright := append([]plots.Option{plots.HLine(4, "enough"), plots.HBand(6, 8, "good")}, small...)
			return plots.Concat(
				plots.Bar(data, "team", "points").With(upright...),
				plots.Bar(data, "team", "points", plots.Annotated()).With(upright...),
				plots.Line(data, "team", "points").With(upright...),
				plots.Scatter(data, "points", "team", plots.VLine(4, "enough"), plots.VBand(6, 8, "good")).With(small...),
			).With(plots.Columns(2))
		}},
		sample{"theme_dark", func() *plots.Chart {
			return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Color("class"), plots.Theme("dark"), plots.Title("On dark blue"), plots.Subtitle("whatever the page"))
		}},
		sample{"theme_print", func() *plots.Chart {
			return plots.Line(training(), "epoch", "loss", plots.Y("val_loss"), plots.Theme("print"), plots.Title("For a printer"))
		}},
		sample{"shapes_print", func() *plots.Chart {
			return plots.Scatter(countries(), "GDP per head", "life expectancy", plots.Color("continent"), plots.Shape("continent"), plots.LogX(), plots.Theme("print"))
		}},
		sample{"sizes_dark", func() *plots.Chart {
			return plots.Scatter(countries(), "GDP per head", "life expectancy", plots.Color("continent"), plots.Size("population"), plots.LogX(), plots.Theme("dark"))
		}},
		sample{"time_fine", func() *plots.Chart { return plots.Line(signal(), "time", "amplitude") }},
		sample{"time_days", func() *plots.Chart { return plots.Line(load(), "time", "load") }},
		sample{"long_word", func() *plots.Chart {
			return plots.HistogramX(normal(200), plots.Width(240), plots.Title("Pneumonoultramicroscopicsilicovolcanoconiosis and other words"))
		}},
		sample{"no_legend", func() *plots.Chart {
			return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Color("class"), plots.NoLegend())
		}},
	)
}

// countries are wealth, health and size of 60 of them.
func countries() *tables.Table {
	const rows = 60
	continent := make([]string, rows)
	gdp, life, people := make([]float64, rows), make([]float64, rows), make([]float64, rows)
	for i := range rows {
		continent[i] = []string{"Africa", "Asia", "Americas", "Europe", "Oceania"}[i%5]
		people[i] = 1e6 * float64(1+(i*37%60)*(i*37%60)/20)
		gdp[i] = 700 * math.Exp(float64(i)/18)
		life[i] = 52 + 30*float64(i)/float64(rows) + 4*math.Sin(float64(i))
	}
	return tables.New(tables.Floats("GDP per head", gdp...), tables.Floats("life expectancy", life...),
		tables.Floats("population", people...), tables.Strings("continent", continent...))
}

// signal is a tenth of a second of a sensor.
func signal() *tables.Table {
	start := time.Date(2025, 3, 30, 12, 0, 0, 0, time.UTC)
	var at []time.Time
	var v []float64
	for i := range 400 {
		at, v = append(at, start.Add(time.Duration(i)*250*time.Microsecond)), append(v, math.Sin(float64(i)/10))
	}
	return tables.New(tables.Times("time", at...), tables.Floats("amplitude", v...))
}

// load is nine days over the end of a year, hour by hour.
func load() *tables.Table {
	start := time.Date(2024, 12, 27, 0, 0, 0, 0, time.UTC)
	var at []time.Time
	var v []float64
	for i := range 9 * 24 {
		at, v = append(at, start.Add(time.Duration(i)*time.Hour)), append(v, 50+30*math.Sin(float64(i)*math.Pi/12))
	}
	return tables.New(tables.Times("time", at...), tables.Floats("load", v...))
}
