package interp

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"go/token"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// record keeps a cell for later; silent ones are no person's.
func (s *Session) record(cell show.Cell, res *show.Result) {
	if !cell.Silent && strings.TrimSpace(cell.Source) != "" {
		s.extra.cells.Add(Past{cell.Count, cell.Source, res.Err == nil})
	}
}

// Recall tells the session of cells that succeeded before it began, in the
// process of a session that has died: %rerun can run them.
func (s *Session) Recall(cells []Past) {
	for _, p := range cells {
		s.extra.cells.Add(p)
	}
}

func succeeded(p Past) bool { return p.OK }

// past are the cells before that keep accepts: all, or those that ranges name,
// as in "1-3", "5" and "7-".
func (s *Session) past(ranges []string, keep func(Past) bool) ([]Past, error) {
	type span struct{ from, to int }
	var spans []span
	for _, r := range ranges {
		from, to, isRange := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(r, "]"), "cell["), "-")
		a, err := strconv.Atoi(from)
		b := a
		switch {
		case isRange && to == "":
			b = 1 << 62
		case isRange && err == nil:
			b, err = strconv.Atoi(to)
		}
		if err != nil || b < a {
			return nil, fmt.Errorf("wants numbers of cells, as in 1-3 5, got %q", r)
		}
		spans = append(spans, span{a, b})
	}
	var out []Past
	for _, p := range s.extra.cells.All() {
		if !keep(p) {
			continue
		}
		in := len(spans) == 0
		for _, sp := range spans {
			in = in || sp.from <= p.Count && p.Count <= sp.to
		}
		if in {
			out = append(out, p)
		}
	}
	if len(spans) > 0 && len(out) == 0 {
		return nil, fmt.Errorf("there is no such cell: %s", strings.Join(ranges, " "))
	}
	return out, nil
}

// runHistory prints what ran before.
func runHistory(_ context.Context, c *Call) error {
	var numbers bool
	var last int
	args, err := c.flags(func(fs *flag.FlagSet) {
		fs.BoolVar(&numbers, "n", false, "number the cells")
		fs.IntVar(&last, "l", 0, "the last cells only")
	})
	if err != nil {
		return err
	}
	cells, err := c.Session.past(args, func(Past) bool { return true })
	if err != nil {
		return err
	}
	if last > 0 && last < len(cells) {
		cells = cells[len(cells)-last:]
	}
	var b strings.Builder
	for _, p := range cells {
		text := strings.TrimRight(p.Source, "\n")
		if numbers {
			head := fmt.Sprintf("%4d: ", p.Count)
			text = head + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", len(head)))
		}
		b.WriteString(text + "\n")
	}
	c.print(b.String())
	return nil
}

// runRerun runs the cells before again, as they ran: with their numbers and
// their commands, but without those that only ran cells again.
func runRerun(ctx context.Context, c *Call) error {
	args, err := words(c.Args)
	if err != nil {
		return err
	}
	if c.Cell {
		return errors.New("is a line: %rerun")
	}
	cells, err := c.Session.past(args, func(p Past) bool { return p.OK && strings.TrimSpace(withoutRerun(p.Source)) != "" })
	if err != nil {
		return err
	}
	s := c.Session
	was := s.count
	defer func() { s.count = was }()
	for _, p := range cells {
		s.count = p.Count
		if err := c.Run(ctx, fmt.Sprintf("cell[%d]", p.Count), withoutRerun(p.Source)); err != nil {
			return err
		}
	}
	c.print(fmt.Sprintf("ran %s again", count(len(cells), "cell")))
	return nil
}

// withoutRerun blanks the %rerun lines of a cell.
func withoutRerun(src string) string {
	heads, _ := commandLines(src)
	lines := strings.Split(src, "\n")
	for _, h := range heads {
		if f := strings.Fields(h.text); f[0] == "%rerun" {
			lines[h.row] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// runFmt shows a cell as gofmt would write it.
func runFmt(_ context.Context, c *Call) error {
	if c.Cell {
		text, err := formatCell(c.Text)
		if err == nil {
			c.print(text)
		}
		return err
	}
	args, err := words(c.Args)
	if err != nil {
		return err
	}
	cells, err := c.Session.past(args, func(Past) bool { return true })
	if err != nil {
		return err
	}
	if len(cells) == 0 {
		return errors.New("there is no cell before; %%fmt above a cell formats that")
	}
	text, err := formatCell(cells[len(cells)-1].Source)
	if err == nil {
		c.print(text)
	}
	return err
}

// formatCell formats the Go code of a cell; its commands stay as they are.
func formatCell(src string) (string, error) {
	heads, _ := commandLines(src)
	head := ""
	if n := len(heads); n > 0 {
		head, src = src[:heads[n-1].end], src[heads[n-1].end:]
	}
	if out, err := format.Source([]byte(src)); err == nil {
		return head + string(out), nil
	}
	// format.Source takes declarations or statements, a cell has both.
	if _, err := split(token.NewFileSet(), "cell", src); err != nil {
		return "", err
	}
	chunks, err := cut("cell", src)
	if err != nil {
		return "", err
	}
	var parts []string
	begin := 0
	for i, c := range chunks {
		if i+1 < len(chunks) && chunks[i+1].decl == c.decl {
			continue
		}
		end := lineEnd(src, c.end)
		if i+1 == len(chunks) {
			end = len(src)
		} else {
			end = min(end, chunks[i+1].start)
		}
		out, err := format.Source([]byte(src[begin:end]))
		if err != nil {
			return "", err
		}
		blanks := ""
		if strings.HasPrefix(strings.TrimLeft(src[begin:end], " \t"), "\n\n") {
			blanks = "\n"
		}
		parts = append(parts, blanks+strings.Trim(string(out), "\n")+"\n")
		begin = end
	}
	return head + strings.Join(parts, ""), nil
}

// lineEnd is the end of the line that the offset is in.
func lineEnd(src string, off int) int {
	if i := strings.IndexByte(src[off:], '\n'); i >= 0 {
		return off + i
	}
	return len(src)
}
