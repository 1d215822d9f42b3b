package tables

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A shown collects what a session would show.
type shown struct {
	mu    sync.Mutex
	texts []string
}

func (s *shown) Display(d show.Display) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, d.Bundle.PlainText())
}
func (s *shown) Clear(bool)                         {}
func (s *shown) Render(v any) show.Bundle           { b, _ := v.(show.Bundle); return b }
func (s *shown) Input(string, bool) (string, error) { return "", nil }

// TestCSVProgress reads and writes with a bar at once, with none because it is
// quick, and with none because nobody looks.
func TestCSVProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv.gz")
	table := New(Floats("a", make([]float64, 300_000)...))
	defer func(d time.Duration) { patience = d }(patience)
	work := func() []string {
		var s shown
		show.Connect(&s)
		defer show.Connect(nil)
		if err := table.WriteCSV(path); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadCSV(path); err != nil {
			t.Fatal(err)
		}
		return s.texts
	}
	patience = time.Hour
	if texts := work(); len(texts) > 0 {
		t.Errorf("quick work shows %q", texts)
	}
	patience = 0
	all := strings.Join(work(), "\n")
	for _, want := range []string{"writing CSV, rows ██████████████████████████████ 100 % 300,000/300,000",
		"unpacking, bytes ██████████████████████████████ 100 %", "reading CSV, bytes ██████████████████████████████ 100 % 1,200,000/1,200,000"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in:\n%s", want, all)
		}
	}
	if _, err := ReadCSV(path); err != nil || show.Connected() {
		t.Errorf("without a session: %v", err)
	}
}
