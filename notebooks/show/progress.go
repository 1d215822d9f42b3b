package show

import (
	"fmt"
	"html"
	"io"
	"iter"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/sheaf-go/sheaf/internal/grid"
)

// betweenUpdates is how often a bar is drawn at most.
const betweenUpdates = 100 * time.Millisecond

// A Bar shows how far work has come, how fast it goes, and how long the rest
// will take. It is safe for concurrent use.
type Bar struct {
	mu     sync.Mutex
	total  int // 0: not known
	done   int
	title  string
	began  time.Time
	ended  time.Time // the zero Time: it goes on
	drawn  time.Time
	stale  bool // it has changed since
	waits  bool // a goroutine will draw what is stale
	handle *Handle
	paint  func(b *Bar) // of a compiled program; nil: displays
}

// Progress shows a bar for n pieces of work, which Add counts; for n < 1 it
// counts without knowing where the end is. It is drawn at most ten times a
// second, and a last time when all is done.
func Progress(n int) *Bar {
	b := &Bar{total: max(n, 0), began: time.Now()}
	if _, plain := connected().(printer); plain {
		b.paint = paintOn(os.Stderr, term.IsTerminal(int(os.Stderr.Fd())))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.draw()
	return b
}

// Title puts a text before the bar.
func (b *Bar) Title(s string) *Bar {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.title = s
	b.update(false)
	return b
}

// Add counts n more pieces.
func (b *Bar) Add(n int) { b.change(func() { b.done += n }) }

// Set says how many pieces are done.
func (b *Bar) Set(n int) { b.change(func() { b.done = n }) }

// Close ends the bar where it stands; one whose work is all done has ended by
// itself.
func (b *Bar) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update(true)
}

// String is the bar as text.
func (b *Bar) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text()
}

func (b *Bar) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	b.update(b.total > 0 && b.done >= b.total)
}

// update draws the bar if it is time to. b.mu is held.
func (b *Bar) update(last bool) {
	if !b.ended.IsZero() {
		return
	}
	now := time.Now()
	if last {
		b.ended = now
	} else if wait := betweenUpdates - now.Sub(b.drawn); wait > 0 {
		b.later(wait)
		return
	}
	b.draw()
}

// later has the bar drawn in a while, unless that happens before. It takes a
// goroutine and no timer, so that the display is still that of the cell. b.mu
// is held.
func (b *Bar) later(wait time.Duration) {
	b.stale = true
	if b.waits {
		return
	}
	b.waits = true
	held.Lock()
	held.bars[b] = true
	held.Unlock()
	go func() {
		for wait > 0 {
			time.Sleep(wait)
			wait = b.release()
		}
	}()
}

// release ends a wait: it draws the bar if that is still to be done, or says
// how long to wait on, as the bar has been drawn meanwhile and changed again.
func (b *Bar) release() (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait = betweenUpdates - time.Since(b.drawn); b.stale && wait > 0 {
		return wait
	}
	held.Lock()
	delete(held.bars, b)
	held.Unlock()
	b.waits = false
	b.catchUp()
	return 0
}

// catchUp draws the bar if it has changed since it was drawn. b.mu is held.
func (b *Bar) catchUp() {
	if b.stale {
		b.draw()
	}
}

// held has the bars that wait for their turn to be drawn.
var held = struct {
	sync.Mutex
	bars map[*Bar]bool
}{bars: map[*Bar]bool{}}

// Settle draws bars that have changed since they were drawn last. Sessions
// call it when a cell ends; cells need not.
func Settle() {
	held.Lock()
	bars := slices.Collect(maps.Keys(held.bars))
	held.Unlock()
	for _, b := range bars {
		b.mu.Lock()
		b.catchUp()
		b.mu.Unlock()
	}
}

func (b *Bar) draw() {
	b.drawn, b.stale = time.Now(), false
	if b.paint != nil {
		b.paint(b)
		return
	}
	v := Bundle{Data: map[string]any{MIMEHTML: b.html(), MIMEText: b.text()}}
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
