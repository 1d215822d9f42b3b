package plots_test

import (
	"math"
	"math/rand/v2"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// rides is how many bicycles are hired at each hour of a week.
func rides() *tables.Table {
	days := []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	rng := rand.New(rand.NewPCG(12, 1))
	var day []string
	var hour []int
	var hired []float64
	for k, name := range days {
		for h := range 24 {
			at := func(peak, width float64) float64 { return math.Exp(-(float64(h) - peak) * (float64(h) - peak) / width) }
			v := 20 + 260*at(8, 3) + 300*at(17.5, 6)
			if k > 4 {
				v = 30 + 220*at(14, 25)
			}
			day, hour, hired = append(day, name), append(hour, h), append(hired, math.Round(v*(0.9+0.2*rng.Float64())))
		}
	}
	return tables.New(tables.Strings("day", day...), tables.Ints("hour", hour...), tables.Floats("hired", hired...))
}

// cloud is n points around two centres that overlap, and a value for each.
func cloud(n int) *tables.Table {
	rng := rand.New(rand.NewPCG(21, 3))
	x, y, z := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range x {
		side := float64(i % 2)
		x[i] = 2*side + rng.NormFloat64()
		y[i] = 1.2*side + 0.5*x[i] + 0.6*rng.NormFloat64()
		z[i] = x[i]*y[i] + rng.NormFloat64()
	}
	return tables.New(tables.Floats("x", x...), tables.Floats("y", y...), tables.Floats("energy", z...))
}

// incomes are log-normal.
func incomes(n int) *tables.Table {
	rng := rand.New(rand.NewPCG(22, 3))
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		u := rng.NormFloat64()
		x[i], y[i] = 3e4*math.Exp(0.7*u), 8e4*math.Exp(1.1*u+0.6*rng.NormFloat64())
	}
	return tables.New(tables.Floats("income", x...), tables.Floats("wealth", y...))
}

func browsers() *tables.Table {
	return tables.New(tables.Strings("browser", "Chrome", "Safari", "Edge", "Firefox", "Opera", "others"),
		tables.Floats("users", 64.1, 19.3, 5.4, 3.2, 2.6, 5.4))
}

func init() {
	gallery = append(gallery,
		sample{"heatmap", func() *plots.Chart {
			return plots.Heatmap(rides(), "hour", "day", "hired", plots.Title("Bicycles hired"), plots.Height(180))
		}},
		sample{"heatmap_annotated", func() *plots.Chart {
			return plots.Heatmap(sales(), "region", "product", "revenue", plots.Annotated(), plots.Title("Revenue"))
		}},
		sample{"heatmap_counts", func() *plots.Chart {
			return plots.Heatmap(cloud(20_000), "x", "y", "", plots.Title("Where the points are"))
		}},
		sample{"heatmap_of", func() *plots.Chart {
			return plots.HeatmapOf([]string{"cat", "dog", "bird"}, []string{"cat", "dog", "bird"},
				[][]float64{{50, 3, 0}, {5, 44, 1}, {0, math.NaN(), 48}}, plots.Annotated(), plots.XLabel("predicted"), plots.YLabel("true"))
		}},
		sample{"heatmap_large", func() *plots.Chart {
			z := make([][]float64, 40)
			for i := range z {
				z[i] = make([]float64, 45)
				for j := range z[i] {
					z[i][j] = math.Sin(float64(i)/5) * math.Cos(float64(j)/6)
				}
			}
			return plots.HeatmapOf(nil, nil, z, plots.Diverging(), plots.Title("A field"))
		}},
		sample{"heatmap_dark", func() *plots.Chart {
			return plots.Heatmap(rides(), "day", "hour", "hired", plots.Theme("dark"), plots.Annotated())
		}},
		sample{"correlation", func() *plots.Chart {
			return plots.Correlation(flowers(150)).With(plots.Title("Correlations"))
		}},
		sample{"hexbin", func() *plots.Chart {
			return plots.Hexbin(cloud(50_000), "x", "y", plots.Title("Fifty thousand points"))
		}},
		sample{"hexbin_layer", func() *plots.Chart {
			return plots.Layer(plots.Hexbin(cloud(5000), "x", "y"),
				plots.Func(func(x float64) float64 { return 0.9*x + 0.1 }, -8, 12, plots.Name("fit"))).
				With(plots.HLine(-9, "no point below"), plots.Title("Hexagons and a line on wider axes"))
		}},
		sample{"hexbin_value", func() *plots.Chart {
			return plots.Hexbin(cloud(5_000), "x", "y", plots.Color("energy"), plots.Bins(15), plots.Diverging())
		}},
		sample{"hexbin_log", func() *plots.Chart {
			return plots.Hexbin(incomes(20_000), "income", "wealth", plots.LogX(), plots.LogY(), plots.Width(320))
		}},
		sample{"pie", func() *plots.Chart {
			return plots.Pie(browsers(), "browser", "users", plots.Title("Browsers"))
		}},
		sample{"pie_many", func() *plots.Chart {
			return plots.Pie(categories(100), "item", "sold", plots.Title("A long tail"))
		}},
		sample{"pie_thin", func() *plots.Chart {
			return plots.PieOf([]string{"a", "b", "c", "d", "e", "f"}, []float64{900, 8, 7, 9, 6, 30}, plots.Theme("dark"))
		}},
		sample{"ring", func() *plots.Chart {
			return plots.Ring(sales(), "product", "revenue", plots.Title("Revenue"))
		}},
		sample{"ring_one", func() *plots.Chart { return plots.RingOf([]string{"all of it"}, []float64{3}) }},
		sample{"pairs", func() *plots.Chart {
			return plots.Pairs(flowers(150), []string{"sepal_length", "petal_length", "petal_width"}, plots.Color("class"), plots.Title("Flowers, in pairs"))
		}},
		sample{"pairs_plain", func() *plots.Chart {
			return plots.Pairs(cloud(20_000), []string{"x", "y"}, plots.Title("Many rows"))
		}},
		sample{"pairs_shade", func() *plots.Chart {
			return plots.Pairs(quartet(300), []string{"a", "b", "c", "d"}, plots.Color("d"))
		}},
	)
}

// quartet is four columns that depend on one another more and less.
func quartet(n int) *tables.Table {
	rng := rand.New(rand.NewPCG(31, 7))
	v := make([][]float64, 4)
	for i := range n {
		u := rng.NormFloat64()
		for k := range v {
			v[k] = append(v[k], u*float64(3-k)/2+rng.NormFloat64()+float64(100*k))
		}
		v[3][i] = math.Round(math.Exp(v[0][i]) * 1000)
	}
	return tables.New(tables.Floats("a", v[0]...), tables.Floats("b", v[1]...), tables.Floats("c", v[2]...), tables.Floats("d", v[3]...))
}
