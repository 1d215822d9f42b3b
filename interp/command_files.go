package interp

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// flags parses the command's flags, which declare makes known, and returns the
// words behind them.
func (c *Call) flags(declare func(*flag.FlagSet)) ([]string, error) {
	args, err := c.Words()
	if err != nil {
		return nil, err
	}
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	declare(fs)
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	return fs.Args(), nil
}

// oneFile is the only word of args, as the name of a file.
func oneFile(args []string) (string, error) {
	if len(args) != 1 {
		return "", fmt.Errorf("wants the name of one file, got %d words", len(args))
	}
	return fileName(args[0])
}

// runWritefile writes the cell to a file.
func runWritefile(_ context.Context, c *Call) error {
	if !c.Cell {
		return errors.New("stands above a whole cell: %%writefile FILE")
	}
	var add bool
	args, err := c.flags(func(fs *flag.FlagSet) { fs.BoolVar(&add, "a", false, "append") })
	if err != nil {
		return err
	}
	name, err := oneFile(args)
	if err != nil {
		return err
	}
	text := c.Text
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err = os.Stat(name)
	exists := err == nil
	mode, verb := os.O_TRUNC, "Writing "
	switch {
	case add && exists:
		mode, verb = os.O_APPEND, "Appending to "
	case exists:
		verb = "Overwriting "
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|mode, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	c.print(verb + name)
	return nil
}

// readSource reads a file of text; a name without its ending means a Go file.
func readSource(name string) (string, []byte, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) && filepath.Ext(name) == "" {
		if more, e := os.ReadFile(name + ".go"); e == nil {
			name, data, err = name+".go", more, nil
		}
	}
	if err == nil && !utf8.Valid(data) {
		err = fmt.Errorf("%s is not text in UTF-8", name)
	}
	return name, data, err
}

// runLoad puts the text of a file in place of the cell's source, the command
// above it as a comment; where the cell has more than the command, it shows the
// text.
func runLoad(_ context.Context, c *Call) error {
	args, err := c.Words()
	if err != nil {
		return err
	}
	name, err := oneFile(args)
	if err != nil {
		return err
	}
	_, data, err := readSource(name)
	switch {
	case err != nil:
		return err
	case c.Session.alone && c.Session.nested == 0:
		c.Session.next = "// %load " + c.Args + "\n" + strings.TrimSuffix(string(data), "\n")
	default:
		c.print(string(data))
	}
	return nil
}

// runRun runs a Go file in the session.
func runRun(ctx context.Context, c *Call) error { return c.RunFile(ctx) }

// RunFile runs the Go file that the command's first word names in the session:
// its declarations stay, and a func main of package main is called. The words
// behind it are its os.Args. It is %run for files of Go.
func (c *Call) RunFile(ctx context.Context) error {
	args, err := c.Words()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return errors.New("wants the name of a Go file")
	}
	name, err := fileName(args[0])
	if err != nil {
		return err
	}
	name, data, err := readSource(name)
	if err != nil {
		return err
	}
	if filepath.Ext(name) != ".go" {
		return fmt.Errorf("%q is no Go file", name)
	}
	was := os.Args
	os.Args = append([]string{name}, args[1:]...)
	defer func() { os.Args = was }()
	return c.Run(ctx, filepath.Base(name), string(data))
}

// runSave writes cells that succeeded to a Go file.
func runSave(_ context.Context, c *Call) error {
	var add, force bool
	args, err := c.flags(func(fs *flag.FlagSet) {
		fs.BoolVar(&add, "a", false, "append")
		fs.BoolVar(&force, "f", false, "replace an existing file")
	})
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return errors.New("wants the name of a file, and perhaps cells: %save FILE 1-3 5")
	}
	name, err := fileName(args[0])
	if err != nil {
		return err
	}
	if filepath.Ext(name) == "" {
		name += ".go"
	}
	cells, err := c.Session.past(args[1:], succeeded)
	if err != nil {
		return err
	}
	if len(cells) == 0 {
		return errors.New("no cell has succeeded yet")
	}
	var b strings.Builder
	for _, p := range cells {
		fmt.Fprintf(&b, "// cell[%d]\n%s\n\n", p.Count, strings.TrimRight(commented(p.Source), "\n"))
	}
	mode := os.O_EXCL
	switch {
	case add:
		mode = os.O_APPEND
	case force:
		mode = os.O_TRUNC
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|mode, 0o666)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists; -f replaces it, -a adds to it", name)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(b.String())
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	c.print(fmt.Sprintf("wrote %s to %s", count(len(cells), "cell"), name))
	return nil
}

// runsAlone are the commands whose cells do much the same without them.
var runsAlone = map[string]bool{"%%time": true, "%%prun": true, "%%capture": true, "%%native": true, "%%interp": true}

// commented is a cell with its commands as comments, as a Go file has it.
func commented(src string) string {
	heads, _ := commandLines(src)
	rows := map[int]bool{}
	lines := strings.Split(src, "\n")
	for _, h := range heads {
		last := strings.Count(src[:h.end], "\n")
		if h.whole() && !runsAlone[strings.Fields(h.text)[0]] || !strings.HasSuffix(src[:h.end], "\n") {
			last = len(lines)
		}
		for i := h.row; i < last; i++ {
			rows[i] = true
		}
	}
	for i := range lines {
		if rows[i] {
			lines[i] = "//" + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}
