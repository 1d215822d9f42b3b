package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// shell is the program that !lines are for, with the flag before the line.
func shell() []string {
	if runtime.GOOS == "windows" {
		return []string{envOr("COMSPEC", "cmd"), "/c"}
	}
	return []string{envOr("SHELL", "sh"), "-c"}
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// variable is what a line writes for a variable of the session: {name} or
// $name. $$ stands for one mark, and ${name} is the shell's.
var variable = pattern(`\$\$|\$\{[^}]*\}|\{([\pL_][\pL\d_]*)\}|\$([\pL_][\pL\d_]*)`)

// expand puts the session's variables into a line. What is none of its names
// stays as it is.
func (s *Session) expand(line string) string {
	return variable().ReplaceAllStringFunc(line, func(m string) string {
		if m == "$$" {
			return "$"
		}
		name := strings.Trim(m, "${}")
		if strings.HasPrefix(m, "${") {
			return m
		}
		if b := s.names[name]; b == nil || !isVar(b) {
			return m
		}
		if v, ok := s.Lookup(name); ok {
			return fmt.Sprint(v)
		}
		return m
	})
}

var onlyCd = pattern(`^cd(\s+[^\s;&|]+)?$`)

// shellLine runs the text of a !line.
func (c *Call) shellLine(ctx context.Context, text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return errors.New("wants a line for the shell behind it")
	}
	if onlyCd().MatchString(text) {
		return errors.New("a shell line changes only its own folder; %cd changes the session's")
	}
	sh := shell()
	err := c.Session.program(ctx, append(sh, c.Session.expand(text))...)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 127 && c.Session.names[strings.Fields(text)[0]] != nil {
		return fmt.Errorf("%w; for the Go value write (!%s)", err, text)
	}
	return err
}

// scriptArg is the longest script that is passed as an argument.
const scriptArg = 100 << 10

// runScript runs the cell by the shell that the command is named for.
func runScript(ctx context.Context, c *Call) error {
	if !c.Cell {
		return errors.New("stands above a whole cell: %%bash; a line for the shell is !LINE")
	}
	args, err := c.Words()
	if err != nil {
		return err
	}
	if len(c.Text) > scriptArg {
		f, err := os.CreateTemp("", "sheaf*.sh")
		if err != nil {
			return err
		}
		defer os.Remove(f.Name())
		_, err = f.WriteString(c.Text)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return c.Session.program(ctx, append([]string{c.name, f.Name()}, args...)...)
	}
	return c.Session.program(ctx, append([]string{c.name, "-c", c.Text, c.name}, args...)...)
}

// program runs a program and passes on what it prints as it comes. Its end is
// waited for, that of programs it leaves behind is not.
func (s *Session) program(ctx context.Context, args ...string) error {
	if s.cfg.NoShell {
		return errors.New("this session runs nothing by a shell (--no-shell)")
	}
	cmd := exec.Command(args[0], args[1:]...)
	groupOf(cmd)
	out, err := relayTo(s.cfg.Stdout)
	if err != nil {
		return err
	}
	errs, err := relayTo(s.cfg.Stderr)
	if err != nil {
		out.w.Close()
		return err
	}
	cmd.Stdout, cmd.Stderr = out.w, errs.w
	err = cmd.Start()
	out.w.Close()
	errs.w.Close()
	if err != nil {
		return err
	}
	if s.cfg.Started != nil {
		ended := s.cfg.Started(cmd.Process.Pid)
		go func() { // programs that it left behind and that still print are its own
			<-out.done
			<-errs.done
			ended()
		}()
	}
	stopped := make(chan struct{})
	go stopWith(ctx, cmd, stopped)
	s.apart(func() {
		err = cmd.Wait()
		out.finish()
		errs.finish()
	})
	close(stopped)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// stopWith ends the program and its children when the cell is interrupted:
// first it is asked to.
func stopWith(ctx context.Context, cmd *exec.Cmd, stopped <-chan struct{}) {
	select {
	case <-stopped:
		return
	case <-ctx.Done():
	}
	endProgram(cmd, false)
	select {
	case <-stopped:
	case <-time.After(300 * time.Millisecond):
	}
	endProgram(cmd, true)
}

// A relay passes on what a program writes to a pipe. It goes on when the
// program has ended, for those that it left behind.
type relay struct {
	r, w   *os.File
	to     io.Writer
	ending atomic.Bool
	quiet  chan struct{} // closed when, after the program's end, nothing more comes
	done   chan struct{} // closed when nobody has the pipe open any more
}

func relayTo(to io.Writer) (*relay, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &relay{r: r, w: w, to: to, quiet: make(chan struct{}), done: make(chan struct{})}
	go p.copy()
	return p, nil
}

// quietFor is how long a pipe without a writer's end must be quiet.
const quietFor = 50 * time.Millisecond

func (p *relay) copy() {
	defer close(p.done)
	defer p.r.Close()
	buf := make([]byte, 32<<10)
	woken, quiet := false, false
	for {
		if p.ending.Load() && !quiet {
			p.r.SetReadDeadline(time.Now().Add(quietFor))
		}
		n, err := p.r.Read(buf)
		if n > 0 {
			p.to.Write(buf[:n])
		}
		switch {
		case err == nil:
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return
		case !woken: // by finish; from now on there is a deadline
			woken = true
		default:
			quiet = true
			p.r.SetReadDeadline(time.Time{})
			close(p.quiet)
		}
	}
}

// finish waits until what the program has written has been passed on.
func (p *relay) finish() {
	p.ending.Store(true)
	p.r.SetReadDeadline(time.Now())
	select {
	case <-p.quiet:
	case <-p.done:
	}
}

// words splits a line at blanks, outside single and double quotes; a word may
// begin with the home folder's ~/.
func words(line string) ([]string, error) {
	var out []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, inWord = r, true
		case r == ' ' || r == '\t':
			if inWord {
				out = append(out, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a %c is not closed", quote)
	}
	if inWord {
		out = append(out, word.String())
	}
	for i, w := range out {
		if rest, ok := strings.CutPrefix(w, "~/"); ok {
			if home, err := os.UserHomeDir(); err == nil {
				out[i] = filepath.Join(home, rest)
			}
		}
	}
	return out, nil
}
