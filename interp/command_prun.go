package interp

import (
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/interp/internal/profile"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A prun is what %prun is asked for.
type prun struct {
	file  string // to write for go tool pprof, or ""
	order profile.Order

	instead bool // what would run compiled is interpreted
}

var prunFlag = pattern(`^-(lines|[a-z]+)(?:[ \t=]+("[^"]*"|'[^']*'|[^ \t]+))?(?:[ \t]+|$)`)

// prunFlags takes the flags off the argument.
func (c *Call) prunFlags() (p prun, err error) {
	p.order.Limit = 15
	for {
		m := prunFlag().FindStringSubmatch(c.Args)
		if m == nil {
			return p, nil
		}
		taken := len(m[0])
		switch name, value := m[1], m[2]; name {
		case "lines":
			p.order.Lines = true
			taken = len("-lines")
			taken += len(c.Args[taken:]) - len(strings.TrimLeft(c.Args[taken:], " \t"))
		case "o":
			if p.file, err = fileName(c.Session.expand(value)); err != nil {
				return p, fmt.Errorf("-o %w", err)
			}
		case "l":
			if p.order.Limit, err = strconv.Atoi(value); err != nil || p.order.Limit < 1 {
				return p, fmt.Errorf("-l wants a number of rows above 0, got %q", value)
			}
		case "s":
			if value != "cum" && value != "flat" {
				return p, fmt.Errorf("-s wants cum or flat, got %q", value)
			}
			p.order.Cum = value == "cum"
		default:
			return p, fmt.Errorf("there is no flag -%s; there are -o FILE, -l ROWS, -s cum and -lines", name)
		}
		c.Args = c.Args[taken:]
		c.col += taken
	}
}

// runPrun runs the code while the engine samples it, and shows where the time
// went, also of code that has failed or was interrupted.
func runPrun(ctx context.Context, c *Call) error {
	opts, err := c.prunFlags()
	switch {
	case err != nil:
		return err
	case c.Cell && c.Args != "":
		return fmt.Errorf("takes the cell below it, got %q on its line", c.Args)
	}
	src := c.source()
	if strings.TrimSpace(src) == "" {
		return errors.New("wants Go code behind it, or %%prun above the cell's code")
	}
	used := cpuTime
	if cpuTime() == 0 {
		used = nil
	}
	n := c.Session.native
	if was := n.tier; was != Interp { // the samples of compiled code tell no functions
		n.set(Interp)
		defer n.set(was)
		opts.instead = n.start() == nil
	}
	sampler := c.Session.machine.StartProfile(c.Session.run, used)
	if sampler == nil {
		return errors.New("is running already")
	}
	begin := time.Now()
	failed := c.Run(ctx, "", src)
	list, ran := sampler.Stop()
	p := &profile.Profile{Start: begin, Wall: ran, Period: engine.Period, Samples: c.Session.samples(list)}
	if _, n := p.Total(); failed != nil && n == 0 { // nothing ran
		return failed
	}
	return errors.Join(failed, c.showProfile(p, opts))
}

// showProfile shows a profile, and writes its file.
func (c *Call) showProfile(p *profile.Profile, opts prun) error {
	text := p.Text(opts.order)
	if opts.instead {
		text = strings.TrimSuffix(text, "\n") + "\ncells are interpreted while they are profiled: compiled, loops and calls weigh less\n"
	}
	var err error
	if opts.file != "" {
		if err = writeProfile(p, opts.file); err == nil {
			text += "wrote " + opts.file + ", which go tool pprof reads\n"
		}
	}
	text = strings.TrimSuffix(text, "\n")
	b := show.Plain(text)
	if svg := p.Flame(); svg != "" {
		b.Data[show.MIMEHTML] = `<pre style="margin:0 0 8px;font-size:var(--jp-code-font-size,13px);line-height:var(--jp-code-line-height,1.3)">` + html.EscapeString(text) + "</pre>\n" + svg
		b.Data[show.MIMESVG] = svg
	}
	c.Show(b)
	return err
}

func writeProfile(p *profile.Profile, name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(p.WritePprof(f), f.Close())
}

// samples gives the engine's samples the names that people see.
func (s *Session) samples(list []engine.Sample) []profile.Sample {
	out := make([]profile.Sample, len(list))
	for i, from := range list {
		out[i] = profile.Sample{Time: from.Time, Count: from.Ticks}
		for _, call := range from.Stack {
			out[i].Stack = append(out[i].Stack, s.frame(call))
		}
	}
	return out
}

// modulePath is what the paths of our packages begin with.
var modulePath = strings.TrimSuffix(reflect.TypeFor[Session]().PkgPath(), "interp")

// frame is a call as a profile shows it: functions of cells without their
// package, a cell's statements under its title.
func (s *Session) frame(call engine.Call) profile.Frame {
	f := profile.Frame{Func: plain(call.Func), Compiled: call.Compiled}
	if at := s.place(call.Pos); at.line > 0 {
		f.File, f.Line = plain(at.name), at.line
	}
	if at := s.place(call.Start); at.line > 0 {
		f.Start = at.line
	}
	if call.Compiled { // ours by the names that cells have for them
		f.Func = strings.TrimPrefix(f.Func, modulePath)
		return f
	}
	name, cell := strings.CutPrefix(f.Func, sessionPath+".")
	switch lit, statements := strings.CutPrefix(name, "init.func"); {
	case cell && call.Cell:
		f.Func = f.File
	case cell && statements:
		f.Func = f.File + ".func" + lit
	default:
		f.Func = name
	}
	return f
}
