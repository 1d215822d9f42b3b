package main

import (
	"fmt"
	"time"
)

// flat runs cells that leave nothing behind, and tells the memory as it goes.
func (s *soak) flat(cells int) error {
	defer s.close()
	if err := s.open(); err != nil {
		return err
	}
	begin := time.Now()
	for i := range cells {
		if err := s.play(plainCell(i)); err != nil {
			return fmt.Errorf("cell %d: %w", i, err)
		}
		if n := i + 1; n%1000 == 0 || n == 100 {
			fmt.Fprintf(s.out, "%6d cells, %v: %v\n", n, time.Since(begin).Round(time.Second), s.kernel.memory())
		}
	}
	return nil
}

// plainCell is the nth of what people run again and again.
func plainCell(n int) cell {
	switch n % 5 {
	case 0:
		return cell{source: fmt.Sprintf("v0 := %d", n)}
	case 1:
		return cell{source: fmt.Sprintf("fmt.Println(\"cell\", %d)", n), events: []event{{"stdout", fmt.Sprintln("cell", n)}}}
	case 2:
		return cell{source: fmt.Sprintf("func f0(x int) int { return x + %d }\nf0(1)", n), events: []event{{"execute_result text/plain", fmt.Sprint(n + 1)}}}
	case 3:
		return cell{source: fmt.Sprintf("show.Show(show.HTML(\"<i>%d</i>\"))", n), events: []event{{"display_data text/html", fmt.Sprintf("<i>%d</i>", n)}}}
	}
	return cell{source: fmt.Sprintf("panic(%d)", n), events: []event{{"error", "panic"}}, failed: "panic"}
}
