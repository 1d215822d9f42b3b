package model

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A history knows its metrics, the best epoch of each, and why it ended.
func TestHistory(t *testing.T) {
	h := newHistory("loss", "val_accuracy")
	if e, v := h.Best("loss"); e != 0 || !math.IsNaN(v) || !math.IsNaN(h.Last("loss")) {
		t.Errorf("an empty history has the best epoch %d, %v", e, v)
	}
	for i, v := range [][]float64{{math.NaN(), 0.5}, {0.4, 0.9}, {0.00001, 0.9}, {0.7, 0.8}} {
		h.add(v, time.Duration(i)*time.Second)
	}
	h.stop("enough")
	h.stop("later")
	if h.Epochs() != 4 || h.Took() != 6*time.Second || h.Stopped() != "enough" || h.Last("loss") != 0.7 || h.Metric("gain") != nil {
		t.Errorf("epochs %d, took %v, stopped %q, last %v", h.Epochs(), h.Took(), h.Stopped(), h.Last("loss"))
	}
	if e, v := h.Best("loss"); e != 3 || v != 0.00001 {
		t.Errorf("the best loss is %v in epoch %d", v, e)
	}
	if e, v := h.Best("val_accuracy"); e != 2 || v != 0.9 {
		t.Errorf("the best accuracy is %v in epoch %d", v, e)
	}
	const want = `4 epochs in 6s; enough
epoch        loss  val_accuracy
─────  ──────────  ────────────
    1         NaN        0.5000
    2      0.4000        0.9000
    3  1.0000e-05        0.9000
    4      0.7000        0.8000`
	if got := h.String(); got != want {
		t.Errorf("the text is\n%s\nwant\n%s", got, want)
	}
	b := h.Display()
	if html, _ := b.Data[show.MIMEHTML].(string); !strings.Contains(html, "val_accuracy") || b.PlainText() != want {
		t.Errorf("the display is %q", html)
	}
	table := h.Table()
	if table.Err() != nil || !slices.Equal(table.Float64s("seconds"), []float64{0, 1, 2, 3}) || table.Float64s("val_accuracy")[1] != 0.9 {
		t.Errorf("the table is\n%v", table)
	}
}

// A long history shows its ends.
func TestLongHistory(t *testing.T) {
	h := newHistory("loss")
	for range 5000 {
		h.add([]float64{1}, time.Millisecond)
	}
	if s := h.String(); strings.Count(s, "\n") > 15 || !strings.Contains(s, "5,000") || !strings.Contains(s, "…") {
		t.Errorf("the text is\n%s", s)
	}
}

// Which way a metric gets better follows from its name.
func TestLowerIsBetter(t *testing.T) {
	for name, want := range map[string]bool{
		"loss": true, "val_loss": true, "mae": true, "val_mse": true, "log_loss": true, "huber": true, "my_own": true,
		"accuracy": false, "val_acc": false, "auc": false, "val_auc_pr": false, "f1_macro": false, "r2": false, "cosine_similarity": false,
	} {
		if lowerIsBetter(name) != want {
			t.Errorf("%s: lower is better is %v", name, !want)
		}
	}
}
