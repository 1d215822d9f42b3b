package model_test

import (
	"fmt"
	"testing"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
)

var _ model.Callback = (*plots.LiveChart)(nil)

// texts is an output that keeps the texts of what is displayed.
type texts struct{ all []string }

func (o *texts) Display(d show.Display)             { o.all = append(o.all, d.Bundle.PlainText()) }
func (o *texts) Clear(bool)                         {}
func (o *texts) Render(v any) show.Bundle           { return v.(show.Bundle) }
func (o *texts) Input(string, bool) (string, error) { return "", nil }

// A live chart has shown the last epoch when Fit returns, and when an interrupt
// ends it.
func TestLiveChart(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		out := &texts{}
		show.Connect(out)
		m, x, y := straight(t, 40, model.SGD(0.1))
		live := plots.Live("loss", "mae")
		stop := model.EpochFunc(func(n int, _ map[string]float64) bool {
			if n == 7 && interrupted {
				panic(interrupt.Err)
			}
			return n == 7
		})
		func() {
			defer func() {
				if v := recover(); (v == any(interrupt.Err)) != interrupted {
					t.Errorf("interrupted %v: panicked with %v", interrupted, v)
				}
			}()
			m.Fit(x, y, model.Epochs(100), model.Callbacks(live, stop))
		}()
		show.Connect(nil)
		h := m.History()
		want := fmt.Sprintf("epoch 7: loss %.4g, mae %.4g", h.Last("loss"), h.Last("mae"))
		if got := out.all[len(out.all)-1]; got != want || live.String() != want {
			t.Errorf("interrupted %v: shown is %q, the chart says %q, want %q", interrupted, got, live, want)
		}
		if c := live.Chart().String(); c != "concat chart, 2 panels" {
			t.Error(c)
		}
	}
}

// BenchmarkLiveChart is small epochs with and without a chart: what telling it
// costs.
func BenchmarkLiveChart(b *testing.B) {
	for _, how := range []string{"without", "with"} {
		b.Run(how, func(b *testing.B) {
			show.Connect(&texts{})
			defer show.Connect(nil)
			m, x, y := straight(b, 40, model.SGD(0.1))
			opts := []model.FitOption{model.Epochs(b.N), model.Batch(40)}
			if how == "with" {
				opts = append(opts, model.Callbacks(plots.Live()))
			}
			b.ResetTimer()
			if _, err := m.Fit(x, y, opts...); err != nil {
				b.Fatal(err)
			}
		})
	}
}
