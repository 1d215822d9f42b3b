package plots_test

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// screen is a session's output that keeps what is displayed.
type screen struct {
	mu  sync.Mutex
	got []show.Display
}

func (s *screen) Display(d show.Display) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, d)
}

func (s *screen) Clear(bool) {}

func (s *screen) Render(v any) show.Bundle {
	switch v := v.(type) {
	case show.Bundle:
		return v
	case show.Displayer:
		return v.Display()
	}
	return show.Plain(fmt.Sprint(v))
}

func (s *screen) Input(string, bool) (string, error) { return "", nil }

func (s *screen) displays() []show.Display {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]show.Display(nil), s.got...)
}

// stands is the text of each display as it stands at the end.
func (s *screen) stands() []string {
	var ids []string
	texts := map[string]string{}
	for _, d := range s.displays() {
		if !d.Update {
			ids = append(ids, d.ID)
		}
		texts[d.ID] = d.Bundle.PlainText()
	}
	for i, id := range ids {
		ids[i] = texts[id]
	}
	return ids
}

// onScreen runs a test in a bubble of time, its displays on a screen.
func onScreen(t *testing.T, f func(t *testing.T, s *screen)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &screen{}
		show.Connect(s)
		defer show.Connect(nil)
		f(t, s)
		time.Sleep(time.Second) // what waits to draw ends
	})
}

func losses(epoch int) map[string]float64 {
	loss := math.Exp(-float64(epoch) / 200)
	return map[string]float64{"loss": loss, "val_loss": loss + 0.1, "accuracy": 1 - loss}
}

// TestLive: a training of four seconds is one display that is drawn ten times a
// second, is a whole chart each time, and ends with the last epoch.
func TestLive(t *testing.T) {
	onScreen(t, func(t *testing.T, s *screen) {
		live := plots.Live()
		for epoch := 1; epoch <= 400; epoch++ {
			if live.Epoch(epoch, losses(epoch)) {
				t.Fatal("it wants training to stop")
			}
			time.Sleep(10 * time.Millisecond)
		}
		show.Settle()
		got := s.displays()
		if len(got) < 35 || len(got) > 43 {
			t.Errorf("drawn %d times in four seconds", len(got))
		}
		for i, d := range got {
			if d.ID != got[0].ID || d.Update != (i > 0) {
				t.Fatalf("display %d is %q, update %v", i, d.ID, d.Update)
			}
			if d.Bundle.Data[show.MIMEVegaLite] == nil || d.Bundle.Data[show.MIMESVG] == nil && d.Bundle.Data[show.MIMEPNG] == nil {
				t.Fatalf("display %d has only %v", i, d.Bundle.PlainText())
			}
		}
		last := got[len(got)-1].Bundle
		if want := "epoch 400: loss 0.1353, val_loss 0.2353, accuracy 0.8647"; last.PlainText() != want {
			t.Errorf("the last text is %q, want %q", last.PlainText(), want)
		}
		if fmt.Sprintf("%s", last.Data[show.MIMEVegaLite]) != live.Chart().Spec() {
			t.Error("what is shown last is not the chart as it stands")
		}
		checkBundle(t, live.Chart())
		time.Sleep(time.Minute)
		if n := len(s.displays()); n != len(got) {
			t.Errorf("%d more draws after the end", n-len(got))
		}
	})
}

// TestLivePanels: pairs share a panel, the loss comes first, named metrics come
// in their order.
func TestLivePanels(t *testing.T) {
	for _, c := range []struct {
		metrics []string
		epochs  int
		want    string
	}{
		{nil, 40, "concat chart, 2 panels"},
		{[]string{"loss", "val_loss"}, 40, "chart: loss by epoch, 80 points in 2 series"},
		{[]string{"val_loss"}, 40, "chart: val_loss by epoch, 40 points"},
		{[]string{"accuracy", "loss"}, 1, "concat chart, 2 panels"},
		{[]string{"accuracy"}, 1, "chart: accuracy by epoch, 1 point"},
		{[]string{"accuracy", "los"}, 2, `chart: accuracy by epoch, 2 points; no metric "los"; did you mean "loss"?`},
		{[]string{"mae"}, 2, `plots: live: no metric "mae"; there are loss, val_loss, accuracy`},
		{[]string{""}, 2, "plots: live: the name of a metric is empty"},
	} {
		live := plots.Live(c.metrics...)
		for epoch := range c.epochs {
			live.Epoch(epoch+1, losses(epoch+1))
		}
		if got := live.Chart().String(); got != c.want {
			t.Errorf("%q: %s, want %s", c.metrics, got, c.want)
		}
	}
}

// TestLiveLong: a long run is thinned in the picture only, and soon drawn.
func TestLiveLong(t *testing.T) {
	live := plots.Live()
	const n = 200_000
	for i := range n {
		live.Add(float64(i), map[string]float64{"loss": math.Sin(float64(i) / 1000)})
	}
	c := live.Chart()
	if text := c.String(); !strings.Contains(text, "of 200,000 points drawn: the extremes of each pixel column") {
		t.Error(text)
	}
	if size := weight(live.Display()); size > 400_000 {
		t.Errorf("%d bytes", size)
	}
	if text := live.String(); text != "x 199999: loss -0.8738" {
		t.Error(text)
	}
}

// TestLiveTrainings: what follows in the same cell goes on, what comes in a
// later one begins anew.
func TestLiveTrainings(t *testing.T) {
	onScreen(t, func(t *testing.T, s *screen) {
		live := plots.Live("loss")
		train := func() {
			for epoch := 1; epoch <= 3; epoch++ {
				live.Epoch(epoch, losses(epoch))
				time.Sleep(time.Second)
			}
			live.Flush()
		}
		train()
		train()
		show.Settle()
		if got := fmt.Sprintf("%q", s.stands()); got != `["epoch 6: loss 0.9851"]` {
			t.Errorf("in one cell: %s", got)
		}
		train()
		show.Settle()
		if got := fmt.Sprintf("%q", s.stands()); got != `["epoch 6: loss 0.9851" "epoch 3: loss 0.9851"]` {
			t.Errorf("in a later cell: %s", got)
		}
	})
}

// TestLiveShow: any value can be shown, a value as it is now, and points bring
// the curves back.
func TestLiveShow(t *testing.T) {
	onScreen(t, func(t *testing.T, s *screen) {
		live := plots.Live()
		for n := range 1000 {
			live.Show(tables.New(tables.Ints("n", n)))
			time.Sleep(time.Millisecond)
		}
		live.Flush()
		got := s.displays()
		if last := got[len(got)-1].Bundle; len(got) > 13 || !strings.Contains(last.PlainText(), "999") || last.Data[show.MIMEHTML] == nil {
			t.Errorf("after %d draws: %v", len(got), last)
		}
		list := []int{1}
		live.Show(list)
		list[0] = 2
		live.Flush()
		live.Add(1, map[string]float64{"loss": 4})
		live.Flush()
		chart := plots.LineXY([]float64{1, 2}, []float64{3, 4})
		live.Show(chart)
		live.Flush()
		if live.Chart() != chart || live.Err() != nil {
			t.Errorf("the chart is %v, %v", live.Chart(), live.Err())
		}
		got = s.displays()
		var texts []string
		for _, d := range got[len(got)-3:] {
			texts = append(texts, d.Bundle.PlainText())
		}
		if fmt.Sprintf("%q", texts) != `["[1]" "x 1: loss 4" "line chart: y by x, 2 points"]` {
			t.Errorf("%q", texts)
		}
	})
}

// TestLiveInterrupt: what an interrupted cell has got to is shown, for drawing
// it is not that cell's work. TestLiveCharts of package clients has a real
// interrupt.
func TestLiveInterrupt(t *testing.T) {
	s := &screen{}
	show.Connect(s)
	defer show.Connect(nil)
	var asked atomic.Bool
	interrupt.Watch(func() bool {
		var stack [8 << 10]byte
		asked.Store(true)
		return !strings.Contains(string(stack[:runtime.Stack(stack[:], false)]), "plots.undisturbed")
	})
	defer interrupt.Watch(func() bool { return false })
	live := plots.Live("loss")
	live.Epoch(1, losses(1))
	live.Epoch(2, losses(2))
	show.Settle()
	if got := fmt.Sprintf("%q", s.stands()); got != `["epoch 2: loss 0.99"]` || !asked.Load() {
		t.Errorf("%s, asked: %v", got, asked.Load())
	}
}

// TestLiveConcurrent: several goroutines add, look, and change options.
func TestLiveConcurrent(t *testing.T) {
	s := &screen{}
	show.Connect(s)
	defer show.Connect(nil)
	live := plots.Live()
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			name := fmt.Sprintf("worker %d", worker)
			for i := range 300 {
				live.Add(float64(i), map[string]float64{name: float64(worker)})
				if i%100 == 0 {
					live.With(plots.Title(name))
					live.Flush()
					_, _ = live.String(), live.Chart()
				}
			}
		})
	}
	wg.Wait()
	show.Settle()
	if got := s.stands(); len(got) != 1 || strings.Count(got[0], "worker") != 4 || !strings.HasPrefix(got[0], "x 299: ") {
		t.Errorf("%q", got)
	}
}

// TestLiveStrange: bad numbers, names and options are a chart or one clear line,
// and never stop a training.
func TestLiveStrange(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	many := map[string]float64{}
	for i := range 70 {
		many[fmt.Sprintf("m%02d", i)] = 1
	}
	for name, c := range map[string]struct {
		live *plots.LiveChart
		want string
	}{
		"nothing":      {feed(plots.Live()), "plots: live: no points yet"},
		"no metrics":   {feed(plots.Live(), nil), "plots: live: no points yet"},
		"all NaN":      {feed(plots.Live(), map[string]float64{"loss": nan}), "plots: live: loss: nothing to draw: 1 point left out: missing or not finite"},
		"some NaN":     {feed(plots.Live(), map[string]float64{"loss": nan}, map[string]float64{"loss": 1}), "chart: loss by epoch, 1 point; 1 point left out: missing or not finite"},
		"infinite":     {feed(plots.Live(), map[string]float64{"loss": 1}, map[string]float64{"loss": inf}), "chart: loss by epoch, 1 point; 1 point left out: missing or not finite"},
		"all equal":    {feed(plots.Live(), map[string]float64{"loss": 1}, map[string]float64{"loss": 1}), "chart: loss by epoch, 2 points"},
		"below zero":   {feed(plots.Live().With(plots.LogY()), map[string]float64{"loss": -1}), "plots: live: loss: nothing to draw: 1 point left out: not above 0 on a log scale"},
		"late metric":  {feed(plots.Live(), map[string]float64{"loss": 1}, map[string]float64{"loss": 1, "val_loss": 2}), "chart: loss by epoch, 3 points in 2 series"},
		"many metrics": {feed(plots.Live(), many), "plots: live: want at most 64 charts, got 70"},
		"bad option":   {feed(plots.Live().With(plots.Width(1)), map[string]float64{"loss": 1}), "plots: live: Width: want 40 to 4000 pixels, got 1"},
		"no option":    {feed(plots.Live().With(plots.Option{}), map[string]float64{"loss": 1}), "plots: live: an empty Option; options are made by functions such as plots.Title"},
		"facets":       {feed(plots.Live().With(plots.Facet("x")), map[string]float64{"loss": 1}), "plots: live: Facet does not apply here; want the values of one panel at a time"},
		"zero value":   {feed(&plots.LiveChart{}, map[string]float64{"loss": 1}), "chart: loss by epoch, 1 point"},
	} {
		if got := c.live.Chart().String(); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
		if b := c.live.Display(); b.PlainText() == "" || strings.Contains(b.PlainText(), "\n") {
			t.Errorf("%s: the text is %q", name, b.PlainText())
		}
	}
}

func feed(l *plots.LiveChart, epochs ...map[string]float64) *plots.LiveChart {
	for i, m := range epochs {
		l.Epoch(i+1, m)
	}
	return l
}

func init() {
	curves := func(opts ...plots.Option) *plots.Chart {
		live := plots.Live().With(opts...)
		for epoch := 1; epoch <= 12; epoch++ {
			m := losses(40 * epoch)
			m["val_accuracy"] = m["accuracy"] - 0.04
			live.Epoch(epoch, m)
		}
		return live.Chart()
	}
	gallery = append(gallery,
		sample{"live", func() *plots.Chart { return curves(plots.Title("Training")) }},
		sample{"live_one", func() *plots.Chart {
			live := plots.Live("loss", "val_loss").With(plots.LogY())
			for epoch := 1; epoch <= 200; epoch++ {
				live.Epoch(epoch, losses(4*epoch))
			}
			return live.Chart()
		}},
		sample{"live_first", func() *plots.Chart {
			live := plots.Live("loss")
			live.Epoch(1, losses(1))
			return live.Chart()
		}})
}
