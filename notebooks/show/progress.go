package show

import (
	"fmt"
	"html"
	"io"
	"iter"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/internal/pace"
)

// A Bar shows how far work has come, how fast it goes, and how long the rest
// will take. It is safe for concurrent use.
type Bar struct {
	mu     sync.Mutex
	total  int // 0: not known
	done   int
	title  string
	began  time.Time
	ended  time.Time // the zero Time: it goes on
	handle *Handle
	paint  func(b *Bar) // of a compiled program; nil: displays
	pace   *pace.Pace
}

// Progress shows a bar for n pieces of work, which Add counts; for n < 1 it
// counts without knowing where the end is. It is drawn at most ten times a
// second, and a last time when all is done.
func Progress(n int) *Bar {
	var paint func(*Bar)
	if !Connected() {
		paint = paintOn(os.Stderr, term.IsTerminal(int(os.Stderr.Fd())))
	}
	return newBar(n, paint)
}

func newBar(n int, paint func(*Bar)) *Bar {
	b := &Bar{total: max(n, 0), began: time.Now(), paint: paint}
	b.pace = pace.New(b.draw)
	b.pace.Changed()
	return b
}

// Title puts a text before the bar.
func (b *Bar) Title(s string) *Bar {
	b.change(func() bool {
		b.title = s
		return false
	})
	return b
}

// Add counts n more pieces.
func (b *Bar) Add(n int) {
	b.change(func() bool {
		b.done += n
		return b.all()
	})
}

// Set says how many pieces are done.
func (b *Bar) Set(n int) {
	b.change(func() bool {
		b.done = n
		return b.all()
	})
}

// Close ends the bar where it stands; one whose work is all done has ended by
// itself.
func (b *Bar) Close() { b.change(func() bool { return true }) }

// all reports that all work is done. b.mu is held.
func (b *Bar) all() bool { return b.total > 0 && b.done >= b.total }

// String is the bar as text.
func (b *Bar) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text()
}

// change changes the bar, with b.mu held, and has it drawn: at once, and a last
// time, if that ends it.
func (b *Bar) change(f func() (ends bool)) {
	b.mu.Lock()
	ends, ended := f(), !b.ended.IsZero()
	if ends && !ended {
		b.ended = time.Now()
	}
	b.mu.Unlock()
	switch {
	case ended:
	case ends:
		b.pace.Mark()
		b.pace.Flush()
	default:
		b.pace.Changed()
	}
}

// Settle draws what has changed since it was drawn: bars, live charts. Sessions
// call it when a cell ends; cells need not.
func Settle() { pace.Settle() }

func (b *Bar) draw() {
	b.mu.Lock()
	if b.paint != nil {
		defer b.mu.Unlock()
		b.paint(b)
		return
	}
	v := Bundle{Data: map[string]any{MIMEHTML: b.html(), MIMEText: b.text()}}
	b.mu.Unlock()
	if b.handle == nil {
		b.handle = Live(v)
	} else {
		b.handle.Update(v)
	}
}

// paintOn draws where there are no displays: over itself on a terminal, in a
// file once, when it has ended.
func paintOn(w io.Writer, terminal bool) func(*Bar) {
	return func(b *Bar) {
		end := ""
		if !b.ended.IsZero() {
			end = "\n"
		}
		if terminal {
			fmt.Fprintf(w, "\r\x1b[K%s%s", b.text(), end)
		} else if end != "" {
			fmt.Fprint(w, b.text()+end)
		}
	}
}

// share is the part that is done, from 0 to 1.
func (b *Bar) share() float64 {
	if b.total == 0 {
		return 0
	}
	return min(1, max(0, float64(b.done)/float64(b.total)))
}

// state is the bar in numbers: "37 % 37/100, 12.3/s, 5 s left".
func (b *Bar) state() string {
	end := b.ended
	if end.IsZero() {
		end = time.Now()
	}
	took := end.Sub(b.began)
	var s strings.Builder
	if b.total > 0 {
		fmt.Fprintf(&s, "%.0f %% %s/%s", math.Floor(100*b.share()), grid.Group(b.done), grid.Group(b.total))
	} else {
		s.WriteString(grid.Group(b.done))
	}
	rate := float64(b.done) / took.Seconds()
	if b.done > 0 && took > 0 {
		fmt.Fprintf(&s, ", %s/s", speed(rate))
	}
	switch {
	case !b.ended.IsZero():
		fmt.Fprintf(&s, ", %s", short(took))
	case b.total > b.done && b.done > 0:
		fmt.Fprintf(&s, ", %s left", short(time.Duration(float64(b.total-b.done)/rate*float64(time.Second))))
	}
	return s.String()
}

// speed is a rate to three digits.
func speed(r float64) string {
	switch {
	case r >= 1e6:
		return fmt.Sprintf("%.3gM", r/1e6)
	case r >= 1000:
		return fmt.Sprintf("%.3gk", r/1e3)
	}
	return fmt.Sprintf("%.3g", r)
}

// short is a duration as people say it.
func short(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// barWidth is how many characters a bar takes in text.
const barWidth = 30

func (b *Bar) text() string {
	s := b.state()
	if b.total > 0 {
		n := int(b.share() * barWidth)
		s = strings.Repeat("█", n) + strings.Repeat("░", barWidth-n) + " " + s
	}
	if b.title != "" {
		s = b.title + " " + s
	}
	return s
}

func (b *Bar) html() string {
	value := ""
	if b.total > 0 {
		value = fmt.Sprintf(` value="%.4f"`, b.share())
	} else if !b.ended.IsZero() {
		value = ` value="1"`
	}
	title := ""
	if b.title != "" {
		title = html.EscapeString(b.title) + " "
	}
	return `<div style="font-size:13px;font-variant-numeric:tabular-nums">` + title +
		`<progress max="1"` + value + ` style="width:18em;vertical-align:middle"></progress> ` + html.EscapeString(b.state()) + `</div>`
}

// Count counts from 0 to n-1 with a bar.
func Count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		b := Progress(n)
		defer b.Close()
		for i := range n {
			if !yield(i) {
				return
			}
			b.Add(1)
		}
	}
}

// Each goes through a list with a bar.
func Each[T any](list []T) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		b := Progress(len(list))
		defer b.Close()
		for i, x := range list {
			if !yield(i, x) {
				return
			}
			b.Add(1)
		}
	}
}
