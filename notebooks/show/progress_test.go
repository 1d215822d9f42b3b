package show

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sheaf-go/sheaf/internal/pace"
)

// A bar is drawn ten times a second at most, at its end too, and never after.
func TestProgress(t *testing.T) {
	r := &recorder{}
	Connect(r)
	defer Connect(nil)
	const n = 100_000
	began := time.Now()
	b := Progress(n).Title("work <1>")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range n / 4 {
				b.Add(1)
			}
		})
	}
	wg.Wait()
	most := int(time.Since(began)/pace.Between) + 2
	b.Add(1)
	b.Close()
	if n := len(r.displays()); n < 2 || n > most {
		t.Fatalf("drawn %d times in %v", n, time.Since(began))
	}
	first, last := r.got[0], r.got[len(r.got)-1]
	if first.ID == "" || first.Update || !last.Update || last.ID != first.ID {
		t.Errorf("%+v %+v", first, last)
	}
	if got := last.Bundle.PlainText(); !strings.HasPrefix(got, "work <1> "+strings.Repeat("█", barWidth)+" 100 % 100,000/100,000, ") || !strings.HasSuffix(got, " s") {
		t.Error(got)
	}
	if h := last.Bundle.Data[MIMEHTML].(string); !strings.Contains(h, `<progress max="1" value="1.0000"`) || !strings.Contains(h, "work &lt;1&gt; ") {
		t.Error(h)
	}
}

func TestProgressStates(t *testing.T) {
	r := &recorder{}
	Connect(r)
	defer Connect(nil)
	b := Progress(200)
	b.began = b.began.Add(-10 * time.Second)
	b.Set(50)
	if got := b.text(); !strings.HasPrefix(got, strings.Repeat("█", 7)+strings.Repeat("░", 23)+" 25 % 50/200, 5/s, ") || !strings.HasSuffix(got, "30 s left") {
		t.Error(got)
	}
	b.Close()
	if got := b.text(); !strings.HasSuffix(got, "5/s, 10 s") {
		t.Error(got)
	}
	u := Progress(0)
	u.began = u.began.Add(-time.Hour)
	u.Set(7_200_000)
	if got := u.text(); got != "7,200,000, 2k/s" {
		t.Error(got)
	}
	u.Close()
	if got := u.text(); got != "7,200,000, 2k/s, 1 h 0 min" || !strings.Contains(u.html(), `value="1"`) {
		t.Error(got)
	}
	over := Progress(2)
	over.Set(5)
	if got := over.text(); !strings.Contains(got, " 100 % 5/2") {
		t.Error(got)
	}
}

// What a bar has not drawn for having drawn a moment before, it draws later, or
// when the cell ends.
func TestProgressSettles(t *testing.T) {
	for name, rest := range map[string]func(){"later": func() { time.Sleep(2 * pace.Between) }, "at the end": Settle} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &recorder{}
				Connect(r)
				defer Connect(nil)
				b := Progress(100).Title("half")
				b.Set(50)
				b.Set(49)
				if got := r.displays(); len(got) != 1 {
					t.Fatalf("drawn %d times at once", len(got))
				}
				rest()
				time.Sleep(5 * pace.Between)
				if got := r.displays(); len(got) != 2 || !strings.Contains(got[1].Bundle.PlainText(), "49/100") {
					t.Errorf("%d draws, last %q", len(got), got[len(got)-1].Bundle.PlainText())
				}
			})
		})
	}
}

// Outside of sessions a terminal's line is drawn over, and a file gets the end.
func TestProgressInPrograms(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		var out strings.Builder
		b := newBar(2, paintOn(&out, terminal))
		b.Set(2)
		got := out.String()
		if lines := strings.Count(got, "\n"); lines != 1 || !strings.Contains(got, "100 % 2/2") || strings.Contains(got, "\r") != terminal || strings.Contains(got, "0/2") != terminal {
			t.Errorf("terminal %v: %q", terminal, got)
		}
	}
}

func TestIterators(t *testing.T) {
	r := &recorder{}
	Connect(r)
	defer Connect(nil)
	sum := 0
	for i := range Count(10) {
		sum += i
	}
	for i, s := range Each([]string{"a", "b", "c"}) {
		sum += i + len(s)
		if i == 1 {
			break
		}
	}
	if sum != 45+1+2 {
		t.Error(sum)
	}
	if got := r.got[1].Bundle.PlainText(); !strings.Contains(got, "100 % 10/10") {
		t.Error(got)
	}
	if got := r.got[len(r.got)-1].Bundle.PlainText(); !strings.Contains(got, "33 % 1/3") {
		t.Error(got)
	}
}
