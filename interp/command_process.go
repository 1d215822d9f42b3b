package interp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// runEnv shows or sets environment variables, for the session and the programs
// that it starts.
func runEnv(_ context.Context, c *Call) error {
	if c.Args == "" {
		vars := os.Environ()
		slices.Sort(vars)
		for i, v := range vars {
			vars[i] = hidden(v)
		}
		c.print(strings.Join(vars, "\n"))
		return nil
	}
	i := strings.IndexAny(c.Args, "= \t")
	if i < 0 {
		value, ok := os.LookupEnv(c.Args)
		if !ok {
			return fmt.Errorf("%s is not set", c.Args)
		}
		c.print(value)
		return nil
	}
	name, value := c.Args[:i], c.Session.expand(strings.TrimSpace(c.Args[i+1:]))
	if err := os.Setenv(name, value); err != nil {
		return err
	}
	c.print("env: " + name + "=" + value)
	return nil
}

var secret = pattern(`(?i)key|token|secret|passw`)

// hidden keeps what looks like a secret out of a notebook, as IPython does.
func hidden(nameValue string) string {
	if name, _, _ := strings.Cut(nameValue, "="); secret().MatchString(name) {
		return name + "=<hidden>"
	}
	return nameValue
}

func runPwd(_ context.Context, c *Call) error {
	dir, err := os.Getwd()
	if err == nil {
		c.print(dir)
	}
	return err
}

func runCd(ctx context.Context, c *Call) error {
	was, err := os.Getwd()
	if err != nil {
		was = ""
	}
	dir := c.Args
	switch dir {
	case "":
		dir = "~"
	case "-":
		if dir = c.Session.extra.previous; dir == "" {
			return errors.New("there is no folder before this one")
		}
	}
	if dir, err = fileName(c.Session.expand(dir)); err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil {
		return err
	}
	c.Session.extra.previous = was
	return runPwd(ctx, c)
}

// fileName is a path as a person writes it: perhaps quoted, perhaps from home.
func fileName(path string) (string, error) {
	path = strings.TrimSpace(path)
	if n := len(path); n > 1 && (path[0] == '"' || path[0] == '\'') && path[n-1] == path[0] {
		path = path[1 : n-1]
	}
	if path == "" {
		return "", errors.New("wants the name of a file")
	}
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return path, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, path[1:]), err
}

var sizeRE = pattern(`(?i)^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b?)$`)

// parseSize reads a number of bytes: 8GB, 512 MiB, 1.5g.
func parseSize(text string) (int64, error) {
	m := sizeRE().FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("wants a size such as 8GB or 512MiB, got %q", text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, err
	}
	base := 1000.0
	if strings.HasPrefix(strings.ToLower(m[3]), "i") {
		base = 1024
	}
	if m[2] != "" {
		n *= math.Pow(base, float64(1+strings.Index("kmgt", strings.ToLower(m[2]))))
	}
	if n < 1 || n >= math.MaxInt64 {
		return 0, fmt.Errorf("%s is no size of a memory", text)
	}
	return int64(n), nil
}

// SizeText writes a number of bytes as people say it.
func SizeText(n int64) string {
	v := float64(n)
	for _, unit := range []string{"bytes", "kB", "MB", "GB"} {
		if v < 1000 {
			return strconv.FormatFloat(v, 'g', 4, 64) + " " + unit
		}
		v /= 1000
	}
	return strconv.FormatFloat(v, 'g', 4, 64) + " TB"
}

// runLimit shows or sets what the session may use.
func runLimit(_ context.Context, c *Call) error {
	s := c.Session
	what, size, _ := strings.Cut(c.Args, " ")
	n := int64(math.MaxInt64)
	if size = strings.TrimSpace(size); size != "" && size != "off" {
		var err error
		if n, err = parseSize(size); err != nil {
			return err
		}
	}
	switch {
	case what != "" && what != "mem" && what != "output":
		return fmt.Errorf("can limit mem and output, not %q", what)
	case size == "":
	case what == "mem":
		s.setMemoryLimit(n)
	default:
		s.SetOutputLimit(n)
		if s.cfg.LimitOutput != nil {
			s.cfg.LimitOutput(n)
		}
	}
	for _, l := range []struct {
		name  string
		bytes int64
	}{{"mem", s.memoryLimit.Load()}, {"output", s.outputLimit.Load()}} {
		text := "no limit"
		if l.bytes < math.MaxInt64 {
			text = SizeText(l.bytes)
		}
		if what == "" || what == l.name {
			c.print(l.name + ": " + text)
		}
	}
	return nil
}

// SetOutputLimit says how many bytes a cell may print before the rest is
// dropped, as whoever keeps its output has it: %limit shows it.
func (s *Session) SetOutputLimit(bytes int64) { s.outputLimit.Store(bytes) }
