package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// flat runs cells that leave nothing behind, of one kind or of all in turns,
// and tells the memory as it goes.
func (s *soak) flat(cells int, kind string) error {
	turns := len(plain)
	first := slices.IndexFunc(plain, func(p plainCell) bool { return p.kind == kind })
	switch {
	case kind == "":
		first = 0
	case first < 0:
		return fmt.Errorf("soak: there are no cells of the kind %q, want one of %s", kind, plainKinds())
	default:
		turns = 1
	}
	defer s.close()
	if err := s.open(); err != nil {
		return err
	}
	begin := time.Now()
	for i := range cells {
		if err := s.play(plain[first+i%turns].make(i)); err != nil {
			return fmt.Errorf("cell %d: %w", i, err)
		}
		if n := i + 1; n%1000 == 0 || n == 100 {
			fmt.Fprintf(s.out, "%6d cells, %v: %v\n", n, time.Since(begin).Round(time.Second), s.settled())
		}
	}
	return nil
}

// settled is the memory when the compiler that works behind cells has ended.
func (s *soak) settled() use {
	for end := time.Now().Add(5 * time.Second); len(s.kernel.family()) > 2 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	return s.kernel.memory()
}

// A plainCell is what people run again and again.
type plainCell struct {
	kind string
	make func(n int) cell // the nth
}

var plain = []plainCell{
	{"variable", func(n int) cell { return cell{source: fmt.Sprintf("v0 := %d", n)} }},
	{"print", func(n int) cell {
		return cell{source: fmt.Sprintf("fmt.Println(\"cell\", %d)", n), events: []event{{"stdout", fmt.Sprintln("cell", n)}}}
	}},
	{"function", func(n int) cell {
		return cell{source: fmt.Sprintf("func f0(x int) int { return x + %d }\nf0(1)", n), events: []event{{"execute_result text/plain", fmt.Sprint(n + 1)}}}
	}},
	{"display", func(n int) cell {
		return cell{source: fmt.Sprintf("show.Show(show.HTML(\"<i>%d</i>\"))", n), events: []event{{"display_data text/html", fmt.Sprintf("<i>%d</i>", n)}}}
	}},
	{"panic", func(n int) cell {
		return cell{source: fmt.Sprintf("panic(%d)", n), events: []event{{"error", "panic"}}, failed: "panic"}
	}},
	{"expression", func(n int) cell {
		return cell{source: fmt.Sprintf("len(s0) + %d", n), events: []event{{"execute_result text/plain", fmt.Sprint(n + 1)}}}
	}},
}

func plainKinds() string {
	var list []string
	for _, p := range plain {
		list = append(list, p.kind)
	}
	return strings.Join(list, ", ")
}
