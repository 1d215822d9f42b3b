package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/nbtest"
)

func start(t *testing.T, out *strings.Builder) *soak {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds sheaf and uses it for a minute")
	}
	return newSoak(nbtest.Binary(t), rand.Uint64(), out)
}

// TestSample is a minute of the soak with a seed that is new every time.
func TestSample(t *testing.T) {
	var out strings.Builder
	s := start(t, &out)
	err := s.all(time.Minute, 0, "")
	t.Log("\n" + out.String())
	if err != nil {
		t.Error(err)
	}
}

// What a session does not do as the model says is found.
func TestDifferenceIsFound(t *testing.T) {
	for name, spoil := range map[string]func(*model){
		"a variable":           func(m *model) { m.texts["s0"] = "b" },
		"what a function does": func(m *model) { m.lines["f0"] = line{2, 2, "v0"} },
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			s := start(t, &out)
			defer s.close()
			if err := s.open(); err != nil {
				t.Fatal(err)
			}
			spoil(s.model)
			f := s.model.lines["f0"]
			text := fmt.Sprintln(s.model.texts["s0"], f.by+f.plus+s.model.ints[f.via])
			c := cell{source: "fmt.Println(s0, f0(1))", events: []event{{"stdout", text}}}
			if err := s.play(c); err == nil || !strings.Contains(err.Error(), `event 2 is stdout "a 4\n", want stdout`) {
				t.Errorf("play: %v", err)
			}
		})
	}
}
