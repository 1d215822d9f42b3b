package profile_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp/internal/profile"
)

// example is a cell that calls f, which calls itself, and sort.Slice.
func example() *profile.Profile {
	cell := profile.Frame{Func: "cell[3]", File: "cell[3]", Line: 9}
	f := func(line int) profile.Frame {
		return profile.Frame{Func: "f", File: "cell[3]", Line: line, Start: 1}
	}
	sort := profile.Frame{Func: "a.b/sort.Slice", Compiled: true}
	less := profile.Frame{Func: "f.func1[a/<T>]", File: "cell[3]", Line: 5, Start: 5}
	return &profile.Profile{
		Start: time.Unix(1e9, 0), Wall: 200 * time.Millisecond, Period: time.Millisecond,
		Samples: []profile.Sample{
			{Stack: []profile.Frame{f(3), f(4), cell}, Time: 60 * time.Millisecond, Count: 60},
			{Stack: []profile.Frame{f(2), cell}, Time: 10 * time.Millisecond, Count: 10},
			{Stack: []profile.Frame{sort, f(5), cell}, Time: 20 * time.Millisecond, Count: 20},
			{Stack: []profile.Frame{less, sort, f(5), cell}, Time: 10 * time.Millisecond, Count: 10},
		},
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		order profile.Order
		want  string
	}{
		{profile.Order{}, `
100ms of processor time in 100 samples, 200ms on the wall
     flat  flat%       cum   cum%  function       line
     70ms  70.0%     100ms 100.0%  f              cell[3]:3
     20ms  20.0%      30ms  30.0%  a.b/sort.Slice (compiled)
     10ms  10.0%      10ms  10.0%  f.func1[a/<T>] cell[3]:5
       0s   0.0%     100ms 100.0%  cell[3]        cell[3]:9
`},
		{profile.Order{Cum: true, Limit: 2}, `
100ms of processor time in 100 samples, 200ms on the wall
     flat  flat%       cum   cum%  function line
       0s   0.0%     100ms 100.0%  cell[3]  cell[3]:9
     70ms  70.0%     100ms 100.0%  f        cell[3]:3
and 2 more; -l N shows N rows
`},
		{profile.Order{Lines: true, Limit: 3}, `
100ms of processor time in 100 samples, 200ms on the wall
     flat  flat%       cum   cum%  function       line
     60ms  60.0%      60ms  60.0%  f              cell[3]:3
     20ms  20.0%      30ms  30.0%  a.b/sort.Slice (compiled)
     10ms  10.0%      10ms  10.0%  f              cell[3]:2
and 4 more; -l N shows N rows
`},
	} {
		if got := "\n" + example().Text(c.order); got != c.want {
			t.Errorf("%+v:%s", c.order, got)
		}
	}
	empty := &profile.Profile{Wall: time.Second}
	if got := empty.Text(profile.Order{}); !strings.Contains(got, "0s of processor time in 0 samples, 1s on the wall\ntoo short") {
		t.Error(got)
	}
	if got := empty.Flame(); got != "" {
		t.Error(got)
	}
}

// TestPprof has Go's own tool read what is written.
func TestPprof(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cpu.pprof")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(example().WritePprof(f), f.Close()); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string][]string{
		"-top":    {"Duration: 200ms, Total samples = 100ms", "70ms 70.00% 70.00%      100ms   100%  f", "20ms 20.00% 90.00%       30ms 30.00%  a.b/sort.Slice"},
		"-lines":  {"60ms", "f cell[3]:3", "f cell[3]:2"},
		"-traces": {"60ms   f", "sort.Slice"},
		"-raw":    {"PeriodType: cpu nanoseconds", "Period: 1000000", "samples/count cpu/nanoseconds"},
	} {
		args := []string{"tool", "pprof", arg, name}
		if arg == "-lines" {
			args = []string{"tool", "pprof", "-top", arg, name}
		}
		out, err := exec.Command("go", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("go tool pprof %s: %v\n%s", arg, err, out)
		}
		for _, w := range want {
			if !strings.Contains(string(out), w) {
				t.Errorf("go tool pprof %s says nothing of %q:\n%s", arg, w, out)
			}
		}
	}
}

func TestFlame(t *testing.T) {
	svg := example().Flame()
	type group struct {
		Title string `xml:"title"`
		Rect  struct {
			X     float64 `xml:"x,attr"`
			Y     float64 `xml:"y,attr"`
			Width float64 `xml:"width,attr"`
		} `xml:"rect"`
		Text string `xml:"text"`
	}
	var doc struct {
		Groups []group `xml:"g"`
	}
	if err := xml.Unmarshal([]byte(svg), &doc); err != nil {
		t.Fatal(err, svg)
	}
	bars := map[string]group{}
	for _, g := range doc.Groups {
		title, _, _ := strings.Cut(g.Title, "\n")
		bars[title] = g
	}
	f, again, sort, less := bars["f (cell[3]:4)"], bars["f (cell[3]:3)"], bars["a.b/sort.Slice"], bars["f.func1[a/<T>] (cell[3]:5)"]
	if len(doc.Groups) != 6 || sort.Text != "sort.Slice" || sort.Title != "a.b/sort.Slice\n30ms, 30.0 %" || less.Text != "f.func1[a/<T…" {
		t.Errorf("%d bars: %q, %q", len(doc.Groups), sort.Title, less.Text)
	}
	if f.Rect.Width < 959 || again.Rect.Width < 570 || again.Rect.Width > 580 || sort.Rect.X < 575 || sort.Rect.Y != again.Rect.Y || less.Rect.Y <= sort.Rect.Y {
		t.Errorf("%+v", doc.Groups)
	}
	if strings.Contains(svg, "<script") || strings.Contains(svg, "href") {
		t.Error("not a static picture")
	}
}

// A profile of many functions makes a picture of bounded size.
func TestFlameIsBounded(t *testing.T) {
	p := &profile.Profile{}
	for i := range 20_000 {
		var stack []profile.Frame
		for d := range 40 {
			stack = append(stack, profile.Frame{Func: strings.Repeat("x", 30) + string(rune('a'+(i>>(d%15))%26)) + string(rune('a'+d%26))})
		}
		p.Samples = append(p.Samples, profile.Sample{Stack: stack, Time: time.Duration(1+i%1000) * time.Microsecond, Count: 1})
	}
	if n := len(p.Flame()); n > 300<<10 {
		t.Errorf("%d bytes", n)
	}
	if err := p.WritePprof(io.Discard); err != nil {
		t.Error(err)
	}
}
