package plots

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/internal/pace"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/tables"
)

// A LiveChart is a display that changes while a cell runs: curves that grow by
// [LiveChart.Add] or [LiveChart.Epoch], or any value by [LiveChart.Show]. It is
// displayed where the first of them is called, at most ten times a second (after
// some seconds twice a second, so that pages keep up) and, where drawing takes
// long, for no more than a tenth of the time; a goroutine draws it, so that nobody
// waits. What came last is always shown: a little later, by [LiveChart.Flush], or
// when the cell ends, however it ends.
//
// In a program, compiled or run by sheaf exec, only Flush shows it, as one line
// of text.
//
// It keeps all points, and is safe for concurrent use.
type LiveChart struct {
	mu      sync.Mutex
	pace    *pace.Pace
	metrics []string // that are drawn; nil: all
	opts    []Option
	err     error

	curves []*curve // in the order in which they are drawn
	index  map[string]*curve
	xName  string
	before int    // epochs of trainings before this one
	epoch  int    // the last one of this training
	cell   uint64 // how many cells had ended when it began

	other  any // shown in place of the curves
	fresh  bool
	handle *show.Handle // for draw only
}

// A curve is the values of one metric.
type curve struct {
	name string
	x, y []float64
}

// Live is a chart of metrics that grow while a cell runs; without names, of all
// that come. A metric and its twin of validation, as "loss" and "val_loss",
// share a panel, and every other metric has its own. Given to a training as a
// callback it draws the learning curves:
//
//	net.Fit(x, y, model.Epochs(50), model.Callbacks(plots.Live("loss", "val_loss")))
func Live(metrics ...string) *LiveChart {
	l := &LiveChart{metrics: metrics}
	if slices.Contains(metrics, "") {
		l.err = errors.New("plots: live: the name of a metric is empty")
	}
	return l
}

// With sets options, such as [Title], [LogY] or [Width], and returns the chart
// itself. Where it has several panels, [Title], [Subtitle], [Columns] and
// [Theme] are for the whole and other options for each panel.
func (l *LiveChart) With(opts ...Option) *LiveChart {
	l.mu.Lock()
	_, err := config{}.with(drawnChart, opts)
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("plots: live: %w", err)
	}
	l.opts = append(l.opts[:len(l.opts):len(l.opts)], opts...)
	shown := len(l.curves) > 0
	l.mu.Unlock()
	if shown {
		l.changed()
	}
	return l
}

// Add adds a point to the curve of each metric. Values that are not finite are
// left out, and the caption counts them.
func (l *LiveChart) Add(x float64, values map[string]float64) {
	l.mu.Lock()
	if len(l.curves) == 0 {
		l.cell = pace.Settled()
	}
	l.add(x, values)
	l.xName = cmp.Or(l.xName, "x")
	l.mu.Unlock()
	l.changed()
}

// Epoch adds the metrics of an epoch, counted from 1; it never wants training to
// stop. With it a live chart is a callback of package model's Fit.
//
// In one cell, a training after another goes on where that has ended. One that
// begins after the cell has ended begins anew, in a display of its own.
func (l *LiveChart) Epoch(n int, metrics map[string]float64) (stop bool) {
	l.mu.Lock()
	if n <= l.epoch {
		if l.cell == pace.Settled() {
			l.before += l.epoch
		} else {
			l.curves, l.index, l.before, l.fresh = nil, nil, 0, true
		}
	}
	if len(l.curves) == 0 {
		l.cell = pace.Settled()
	}
	l.epoch = n
	l.add(float64(l.before+n), metrics)
	l.xName = "epoch"
	l.mu.Unlock()
	l.changed()
	return false
}

// add appends to the curves. l.mu is held.
func (l *LiveChart) add(x float64, values map[string]float64) {
	l.other = nil
	known := 0
	for name, y := range values {
		if c := l.index[name]; c != nil {
			c.x, c.y = append(c.x, x), append(c.y, y)
			known++
		}
	}
	if known == len(values) {
		return
	}
	if l.index == nil {
		l.index = map[string]*curve{}
	}
	for _, name := range slices.SortedFunc(maps.Keys(values), lossFirst) {
		if l.index[name] == nil {
			c := &curve{name, []float64{x}, []float64{values[name]}}
			l.index[name], l.curves = c, append(l.curves, c)
		}
	}
}

// lossFirst orders names of metrics: the loss, others, and of a pair that of
// validation last.
func lossFirst(a, b string) int {
	key := func(s string) (bool, string, string) { base := ofTraining(s); return base != "loss", base, s }
	otherA, baseA, a := key(a)
	otherB, baseB, b := key(b)
	switch {
	case otherA != otherB && otherB:
		return -1
	case otherA != otherB:
		return 1
	}
	return cmp.Or(cmp.Compare(baseA, baseB), cmp.Compare(len(a), len(b)))
}

// ofTraining is the metric of training that a metric of validation belongs to.
func ofTraining(name string) string { return strings.TrimPrefix(name, "val_") }

// Show displays a value in place of the curves, until Add or Epoch bring those
// back: a chart, a table, whatever a cell can show. A chart or a table is
// drawn when its time comes, another value now.
func (l *LiveChart) Show(v any) {
	switch v.(type) {
	case *Chart, *tables.Table, show.Bundle:
	default:
		v = show.Render(v) // it may change later
	}
	l.mu.Lock()
	l.other = v
	l.mu.Unlock()
	l.changed()
}

// Flush shows what has changed since it was shown last. A training calls it when
// it ends.
func (l *LiveChart) Flush() { l.pacer().Flush() }

// Err returns why the curves cannot be drawn, or nil; before the first point
// that is no error.
func (l *LiveChart) Err() error {
	if s := l.state(); s.err != nil || len(s.curves) == 0 {
		return s.err
	}
	return l.Chart().Err()
}

// Chart is the chart as it stands: the curves, or the last chart given to Show.
func (l *LiveChart) Chart() *Chart {
	s := l.state()
	if c, ok := s.other.(*Chart); ok {
		return c
	}
	return s.chart()
}

// String is the last point of each curve in one line.
func (l *LiveChart) String() string { s := l.state(); return s.text() }

// Display shows the chart as it stands.
func (l *LiveChart) Display() show.Bundle { s := l.state(); return s.bundle() }

var _ show.Displayer = (*LiveChart)(nil)

// changed has the chart drawn, soon.
func (l *LiveChart) changed() {
	if p := l.pacer(); show.Connected() {
		p.Changed()
	} else {
		p.Mark()
	}
}

func (l *LiveChart) pacer() *pace.Pace {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pace == nil {
		l.pace = pace.Slowing(l.draw)
	}
	return l.pace
}

// draw displays the present state.
func (l *LiveChart) draw() {
	s := l.state()
	var b show.Bundle
	undisturbed(func() { b = s.bundle() })
	l.mu.Lock()
	fresh := l.fresh || l.handle == nil
	l.fresh = false
	l.mu.Unlock()
	if fresh {
		l.handle = show.Live(b)
	} else {
		l.handle.Update(b)
	}
}

// undisturbed runs f where it is not told of interrupts: what an interrupted
// cell has got to is to be shown yet.
func undisturbed(f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		pprof.SetGoroutineLabels(context.Background()) // they say whose work it is
		f()
	}()
	<-done
}

// A liveState is what a live chart shows at a moment.
type liveState struct {
	curves  []curve
	metrics []string
	opts    []Option
	xName   string
	other   any
	err     error
}

// state is that of now. Points are only ever appended, so that it can be drawn
// while others come.
func (l *LiveChart) state() liveState {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := liveState{metrics: l.metrics, opts: l.opts, xName: l.xName, other: l.other, err: l.err}
	for _, c := range l.curves {
		s.curves = append(s.curves, *c)
	}
	return s
}

func (s *liveState) bundle() show.Bundle {
	switch v := s.other.(type) {
	case show.Bundle:
		return v
	case show.Displayer:
		return v.Display()
	}
	if len(s.curves) == 0 && s.err == nil {
		return show.Plain(s.text())
	}
	c := s.chart()
	b := c.Display()
	if c.Err() == nil {
		b.Data[show.MIMEText] = s.text()
	}
	return b
}

// text is the last values: "epoch 5: loss 0.0123, val_loss 0.0211".
func (s *liveState) text() string {
	switch {
	case s.other != nil:
		return s.bundle().PlainText()
	case s.err != nil:
		return s.err.Error()
	case len(s.curves) == 0:
		return "live chart without points"
	}
	drawn, _ := s.drawn()
	if len(drawn) == 0 {
		return s.chart().String()
	}
	at := 0.0
	var values []string
	for i, c := range drawn {
		if x := c.x[len(c.x)-1]; i == 0 || x > at {
			at = x
		}
		values = append(values, fmt.Sprintf("%s %.4g", c.name, c.y[len(c.y)-1]))
	}
	return fmt.Sprintf("%s %.6g: %s", s.xName, at, strings.Join(values, ", "))
}

// drawn are the curves that are asked for, and a note on those that are not
// there.
func (s *liveState) drawn() (curves []curve, note string) {
	if len(s.metrics) == 0 {
		return s.curves, ""
	}
	var names []string
	for _, c := range s.curves {
		names = append(names, c.name)
	}
	for _, want := range s.metrics {
		if i := slices.Index(names, want); i >= 0 {
			curves = append(curves, s.curves[i])
		} else if note == "" {
			note = noMetric(want, names)
		}
	}
	return curves, note
}

func noMetric(want string, names []string) string {
	if meant := nearest(want, names); meant != "" {
		return fmt.Sprintf("no metric %q; did you mean %q?", want, meant)
	}
	return fmt.Sprintf("no metric %q; there are %s", want, strings.Join(names, ", "))
}

// chart draws the curves, in panels.
func (s *liveState) chart() *Chart {
	if s.err != nil {
		return &Chart{kind: drawnChart, err: s.err}
	}
	if len(s.curves) == 0 {
		return refused("live", errors.New("no points yet"))
	}
	curves, note := s.drawn()
	if len(curves) == 0 {
		return refused("live", errors.New(note))
	}
	var panels []livePanel
	for _, c := range curves {
		i := slices.IndexFunc(panels, func(p livePanel) bool { return p.metric == ofTraining(c.name) })
		if i < 0 {
			i = len(panels)
			panels = append(panels, livePanel{metric: ofTraining(c.name), x: s.xName})
		}
		panels[i].curves = append(panels[i].curves, c)
	}
	panels[0].note = note
	return panelled("live", s.opts, func(_ config, each []Option) ([]*Chart, error) {
		if len(panels) > 1 {
			each = append([]Option{Width(260), Height(190)}, each...)
		}
		charts := make([]*Chart, len(panels))
		for i, p := range panels {
			charts[i] = p.chart(each)
		}
		return charts, nil
	})
}

// A livePanel is a metric of training and that of validation.
type livePanel struct {
	metric, x, note string
	curves          []curve
}

func (p livePanel) chart(opts []Option) *Chart {
	if len(p.curves) == 1 {
		opts = append([]Option{NoLegend()}, opts...)
	}
	c := drawn("live", p.build, opts)
	if c.err != nil {
		return refused("live", fmt.Errorf("%s: %w", p.metric, errors.Unwrap(c.err)))
	}
	return c
}

// fewPoints is up to how many points a curve shows where each of them is.
const fewPoints = 30

func (p livePanel) build(d *drawing) error {
	f := filter{logX: d.logX, logY: d.logY}
	var all []series
	total, longest := 0, 0
	for _, c := range p.curves {
		total += len(c.x)
		longest = max(longest, len(c.x))
		all = append(all, d.split(c.x, c.y, grouping{names: []string{c.name}, other: -1}, &f)...)
	}
	if p.note != "" {
		d.note("%s", p.note)
	}
	d.report(f, "point")
	d.x, d.y = axis{label: p.x}, axis{label: p.metric}
	if len(p.curves) == 1 {
		d.y.label = p.curves[0].name
	}
	d.layer = layer{mark: lineMark, opacity: 1, xTitle: p.x, yTitle: d.y.label}
	d.thinLines(all)
	if len(d.layer.series) == 0 {
		return errNothing(total, d.notes)
	}
	if longest <= fewPoints {
		dots := d.layer
		dots.mark, dots.area, dots.silent = pointMark, 28, true
		d.over = append(d.over, dots)
	}
	return nil
}
