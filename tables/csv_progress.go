package tables

import (
	"sync"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// patience is how long work goes on before it shows how far it has come.
var patience = time.Second

// A meter counts work and shows a bar in a session once that takes long. It is
// safe for concurrent use.
type meter struct {
	title string
	total int
	began time.Time

	mu   sync.Mutex
	done int
	bar  *show.Bar
}

func startMeter(title string, total int) *meter {
	return &meter{title: title, total: total, began: time.Now()}
}

func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	if m.bar == nil {
		if time.Since(m.began) < patience || !show.Connected() {
			return
		}
		m.bar = show.Progress(m.total).Title(m.title)
	}
	m.bar.Set(m.done)
}

// end ends the bar, where the work has ended before its time too.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bar != nil {
		m.bar.Close()
	}
}
