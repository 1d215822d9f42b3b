package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// limit is how long an example may take.
const limit = 30 * time.Second

// build builds sheaf from the module into dir.
func build(ctx context.Context, root, dir string) (string, error) {
	file := filepath.Join(dir, "sheaf")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", file, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building sheaf: %w\n%s", err, out)
	}
	return file, nil
}

// all runs the examples and says of each why it fails, or nothing.
func (o options) all(ctx context.Context, temp string, list []example) ([]string, error) {
	failures := make([]string, len(list))
	next := make(chan int)
	var wg sync.WaitGroup
	for range o.jobs {
		wg.Go(func() {
			for i := range next {
				failures[i] = o.one(ctx, filepath.Join(temp, fmt.Sprint(i)), list[i])
			}
		})
	}
	for i := range list {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return failures, context.Cause(ctx)
}

// one runs an example and says why it fails.
func (o options) one(ctx context.Context, dir string, e example) string {
	file := filepath.Join(dir, "prog.go")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(file, e.source, 0o644)); err != nil {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, o.sheaf, "exec", file)
	cmd.Dir = e.dir
	cmd.WaitDelay = time.Second
	if strings.HasPrefix(e.name, "time.") {
		cmd.Env = append(os.Environ(), "TZ=America/Los_Angeles") // as the package's tests set it
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "still busy when its time was over"
	case err != nil:
		return o.short(err.Error() + ": " + stderr.String())
	}
	got, want := strings.TrimSpace(stdout.String()), strings.TrimSpace(e.output)
	if e.unordered {
		got, want = sorted(got), sorted(want)
	}
	if got != want {
		return o.short(difference(want, got))
	}
	return ""
}

func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// difference is the first line in which the outputs differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d: want %q, got %q", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("want %d lines, got %d", len(w), len(g))
}

// short is the beginning of a text, in one line unless all is wanted.
func (o options) short(text string) string {
	if o.verbose {
		return text
	}
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}
