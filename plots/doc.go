// Package plots draws charts from a table, from slices, or from a function on an
// interval. A chart is a value: a constructor such as [Scatter], [Line], [Bar],
// [Histogram], [Box] or [Heatmap] makes it, options such as [Color], [Title] or
// [LogY] describe it, and the last expression of a cell shows it.
//
// The constructors, most of which have twins for slices, as [ScatterXY],
// [HistogramX] and [BoxOf]:
//
//   - points, lines and areas: [Scatter], [Line], [Func], [Area], [ErrorBand]
//   - how values lie: [Histogram], [Density], [ECDF], [Box], [Violin], [Strip]
//   - amounts and shares: [Bar], [Count], [Pie], [Ring]
//   - two dimensions: [Heatmap], [Correlation], [Hexbin], [Pairs]
//   - several charts: [Layer], [Concat], [Facet], [Overview]
//   - how good a model is: [LearningCurve], [Curves], [BestSoFar], [Boomerang],
//     [ROC], [PrecisionRecall], [ConfusionMatrix], [Calibration], [Residuals],
//     [FeatureImportance], [Confidence]
//   - networks and graphs: [Network], [NetworkWeights], [Graph], [Activations]
//   - pictures: [Images]
//   - what changes while a cell runs: [Live]
//
// Columns that are in no table go into one: tables.New(a, b), which copies
// nothing.
//
// A constructor returns a *[Chart] at once:
//
//	plots.Scatter(t, "sepal_length", "petal_length", plots.Color("class"), plots.Title("Iris"))
//
// A chart that cannot be drawn carries its error: [Chart.Err] has it, and the
// display shows it as text in place of a picture.
//
// Every chart is shown twice in one bundle: as a Vega-Lite v5 specification
// with its data inside, which JupyterLab draws with hover, zoom and pan, and with
// a legend whose names pick what is shown, and as a static twin that is readable
// on its own wherever no Vega runs: SVG, or PNG where above 2,000 marks the SVG
// takes more than 100 kB. Both come from one resolved figure, so they agree in
// axes, colours and captions. The twin has a white background and dark text; the
// specification sets neither, because JupyterLab gives a Vega chart the
// background and the text colour of its own theme, and a white background set
// here would leave the dark theme's white labels on white. [Theme] sets both.
//
// Big data is thinned for the picture only: lines keep the extremes of every
// pixel column (about 2,000 points in all), scatters above 5,000 points are
// sampled with a fixed seed, bars keep the largest categories, hexagons and heat
// maps count in bins. Coordinates are rounded to what the picture and its tooltips can show. Whenever something is
// left out, the caption under the title says what and how much.
//
// The package is for pictures. It is not a place to compute statistics that a
// program goes on to use: the data inside a chart may be thinned and rounded.
package plots
