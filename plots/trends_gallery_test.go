package plots_test

import (
	"math"
	"math/rand/v2"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// planets are made-up orbits: periods that grow as the power 3/2 of distances.
func planets() *tables.Table {
	rng := rand.New(rand.NewPCG(21, 5))
	var distance, period []float64
	for range 80 {
		d := math.Pow(10, 3*rng.Float64()-1)
		distance, period = append(distance, d), append(period, math.Pow(d, 1.5)*math.Exp(0.3*rng.NormFloat64()))
	}
	return tables.New(tables.Floats("distance (AU)", distance...), tables.Floats("period (years)", period...))
}

// Fits, stairs, shares, and colours of one's own.
func init() {
	steps := tables.New(tables.Ints("hour", 0, 6, 9, 12, 17, 20, 24), tables.Floats("price", 12, 18, 31, 24, 38, 22, 15))
	gallery = append(gallery,
		sample{"regression", func() *plots.Chart {
			return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Regression(1), plots.Title("A straight line"))
		}},
		sample{"regression_classes", func() *plots.Chart {
			return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Color("class"), plots.Regression(1))
		}},
		sample{"regression_cubic", func() *plots.Chart {
			xs, ys := walk(150)
			return plots.ScatterXY(xs, ys, plots.Regression(3), plots.Theme("dark"))
		}},
		sample{"regression_log", func() *plots.Chart {
			return plots.Scatter(planets(), "distance (AU)", "period (years)", plots.LogX(), plots.LogY(), plots.Regression(1))
		}},
		sample{"steps", func() *plots.Chart {
			return plots.Line(steps, "hour", "price", plots.Steps(), plots.Markers(), plots.Title("Each price until the next"))
		}},
		sample{"markers", func() *plots.Chart {
			return plots.Line(shop(), "month", "sold", plots.Color("kind"), plots.Markers())
		}},
		sample{"ecdf", func() *plots.Chart {
			return plots.ECDF(flowers(150), "petal_length", plots.Color("class"), plots.HLine(0.5, "median"))
		}},
		sample{"bars_sorted", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Sorted(), plots.Annotated(), plots.Title("The greatest first"))
		}},
		sample{"bars_stacked_values", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Annotated())
		}},
		sample{"bars_grouped_values", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Grouped(), plots.Annotated())
		}},
		sample{"bars_lying_values", func() *plots.Chart {
			return plots.BarXY([]string{"profit", "rent", "wages", "energy"}, []float64{420.5, -180, -310.25, -95}, plots.Horizontal(), plots.Annotated(), plots.Sorted())
		}},
		sample{"bars_shares", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Normalized(), plots.Annotated())
		}},
		sample{"bars_lying_shares", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Normalized(), plots.Annotated(), plots.Horizontal())
		}},
		sample{"area_shares", func() *plots.Chart {
			return plots.Area(energy(), "hour", "power (MW)", plots.Color("source"), plots.Normalized())
		}},
		sample{"percent", func() *plots.Chart {
			return plots.ScatterXY([]float64{0.012, 0.5, 0.43, 0.2}, []float64{1e-3, 0.01, 0.5, 0.02}, plots.XPercent(), plots.YPercent(), plots.LogY(), plots.XLabel("interest"), plots.YLabel("loss"))
		}},
		sample{"palette", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Palette("#4C3A8C", "#c85a9b", "#F5B041", "#1ABC9C", "#34495E"))
		}},
		sample{"ramp", func() *plots.Chart {
			return plots.Heatmap(rides(), "day", "hour", "hired", plots.Ramp("#FFF7EC", "#FC8D59", "#7F0000"))
		}},
	)
}
