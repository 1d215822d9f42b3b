package plots_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// energy is the power of three sources over 24 hours; the sun has no rows at
// night, the wind misses one.
func energy() *tables.Table {
	var hour []int
	var power []float64
	var source []string
	add := func(h int, name string, p float64) {
		hour, source, power = append(hour, h), append(source, name), append(power, p)
	}
	for h := range 25 {
		add(h, "water", 12+2*math.Sin(float64(h)/5))
		if h != 9 {
			add(h, "wind", 10+6*math.Cos(float64(h)/4))
		}
		if h >= 6 && h <= 20 {
			add(h, "sun", 25*math.Sin(math.Pi*float64(h-6)/14))
		}
	}
	return tables.New(tables.Ints("hour", hour...), tables.Strings("source", source...), tables.Floats("power (MW)", power...))
}

// trials are the losses of eight runs of two models over 20 epochs.
func trials() *tables.Table {
	rng := rand.New(rand.NewPCG(11, 3))
	var epoch []int
	var loss []float64
	var model []string
	for k, name := range []string{"linear", "network"} {
		for range 8 {
			bias := 0.08 * rng.NormFloat64()
			for e := range 20 {
				epoch, model = append(epoch, e+1), append(model, name)
				loss = append(loss, (0.5-0.2*float64(k))+math.Exp(-float64(e)/(8-3*float64(k)))+bias+0.03*rng.NormFloat64())
			}
		}
	}
	return tables.New(tables.Ints("epoch", epoch...), tables.Floats("loss", loss...), tables.Strings("model", model...))
}

// waits are skewed waiting times at four counters, mornings and evenings.
func waits(n int) *tables.Table {
	rng := rand.New(rand.NewPCG(12, 4))
	var counter, time []string
	var wait []float64
	for i := range n {
		k := i % 4
		counter = append(counter, []string{"tickets", "luggage", "information desk", "lost property"}[k])
		half := i / 4 % 2
		time = append(time, []string{"morning", "evening"}[half])
		wait = append(wait, math.Round(100*math.Exp(1+0.3*float64(k)+0.4*float64(half)+0.5*rng.NormFloat64()))/100)
	}
	return tables.New(tables.Strings("counter", counter...), tables.Strings("time of day", time...), tables.Floats("wait (min)", wait...))
}

func init() {
	gallery = append(gallery,
		sample{"area", func() *plots.Chart {
			return plots.Area(weather(), "day", "temperature (°C)", plots.Title("A winter, as an area"))
		}},
		sample{"area_stacked", func() *plots.Chart {
			return plots.Area(energy(), "hour", "power (MW)", plots.Color("source"), plots.Title("Power of a day"))
		}},
		sample{"area_overlaid", func() *plots.Chart {
			return plots.Area(training(), "epoch", "val_loss", plots.Y("loss"), plots.Overlaid(), plots.YLabel("loss"))
		}},
		sample{"error_band", func() *plots.Chart {
			return plots.ErrorBand(trials(), "epoch", "loss", plots.Color("model"), plots.Title("Eight runs of each model"))
		}},
		sample{"error_band_quartiles", func() *plots.Chart {
			return plots.ErrorBand(trials(), "epoch", "loss", plots.Interval("quartiles"))
		}},
		sample{"error_band_given", func() *plots.Chart {
			xs, ys := walk(300)
			lo, hi := make([]float64, len(ys)), make([]float64, len(ys))
			for i, y := range ys {
				lo[i], hi[i] = y-math.Sqrt(float64(i))/2, y+math.Sqrt(float64(i))
			}
			return plots.ErrorBandXY(xs, ys, lo, hi, plots.Title("A forecast"))
		}},
		sample{"error_band_log", func() *plots.Chart {
			return plots.ErrorBand(trials(), "epoch", "loss", plots.Color("model"), plots.Interval("range"), plots.LogY(), plots.Theme("print"))
		}},
		sample{"density", func() *plots.Chart {
			return plots.DensityX(normal(10_000), plots.XLabel("height (cm)"), plots.Title("Heights"))
		}},
		sample{"density_classes", func() *plots.Chart {
			return plots.Density(flowers(600), "petal_length", plots.Color("class"), plots.Title("Three species"))
		}},
		sample{"density_log", func() *plots.Chart {
			return plots.Density(waits(2000), "wait (min)", plots.LogX(), plots.Color("counter"))
		}},
		sample{"box", func() *plots.Chart {
			return plots.Box(waits(800), "counter", "wait (min)", plots.Title("Waiting"))
		}},
		sample{"box_colours", func() *plots.Chart {
			return plots.Box(waits(800), "counter", "wait (min)", plots.Color("time of day"), plots.LogY())
		}},
		sample{"box_horizontal", func() *plots.Chart {
			return plots.Box(waits(800), "counter", "wait (min)", plots.Color("time of day"), plots.Horizontal(), plots.NoOutliers(), plots.Title("Waiting"))
		}},
		sample{"box_one", func() *plots.Chart {
			return plots.Box(flowers(150), "", "petal_length", plots.Width(160))
		}},
		sample{"box_many", func() *plots.Chart {
			names, values := make([]string, 60), make([][]float64, 60)
			rng := rand.New(rand.NewPCG(1, 9))
			for i := range names {
				names[i] = fmt.Sprintf("item %02d", i)
				for range 40 {
					values[i] = append(values[i], math.Sin(float64(i)/8)+rng.NormFloat64()/3)
				}
			}
			return plots.BoxOf(names, values)
		}},
		sample{"violin", func() *plots.Chart {
			return plots.Violin(flowers(600), "class", "petal_length", plots.Color("class"), plots.Title("Three species"))
		}},
		sample{"violin_colours", func() *plots.Chart {
			return plots.Violin(waits(2000), "counter", "wait (min)", plots.Color("time of day"))
		}},
		sample{"violin_horizontal", func() *plots.Chart {
			return plots.Violin(waits(2000), "counter", "wait (min)", plots.Horizontal(), plots.LogX())
		}},
		sample{"strip", func() *plots.Chart {
			return plots.Strip(waits(800), "counter", "wait (min)", plots.Color("time of day"), plots.Grouped(), plots.Shape("time of day"))
		}},
		sample{"strip_horizontal", func() *plots.Chart {
			return plots.Strip(flowers(300), "class", "petal_length", plots.Color("petal_width"), plots.Horizontal(), plots.Tooltip("sepal_length"))
		}},
		sample{"strip_on_box", func() *plots.Chart {
			t := flowers(150)
			return plots.Layer(
				plots.Box(t, "class", "petal_length", plots.NoOutliers()),
				plots.Strip(t, "class", "petal_length", plots.Opacity(0.5)),
			).With(plots.Title("A strip on its boxes"))
		}},
		sample{"bar_horizontal", func() *plots.Chart {
			return plots.BarXY([]string{"gradient boosting", "random forest", "linear", "nearest neighbours"}, []float64{0.91, 0.88, 0.79, 0.84},
				plots.Horizontal(), plots.XLabel("accuracy"), plots.Title("Models"))
		}},
		sample{"bar_horizontal_stacked", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Horizontal())
		}},
		sample{"bar_horizontal_grouped", func() *plots.Chart {
			return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Horizontal(), plots.Grouped())
		}},
		sample{"count_horizontal", func() *plots.Chart { return plots.Count(flowers(150), "class", plots.Horizontal()) }},
		sample{"box_print", func() *plots.Chart {
			return plots.Box(waits(800), "counter", "wait (min)", plots.Color("time of day"), plots.Theme("print"))
		}},
		sample{"violin_dark", func() *plots.Chart {
			return plots.Violin(waits(800), "counter", "wait (min)", plots.Color("time of day"), plots.Theme("dark"))
		}},
		sample{"box_facet", func() *plots.Chart {
			return plots.Box(waits(800), "time of day", "wait (min)", plots.Facet("counter"), plots.Title("Waiting"))
		}},
	)
}
