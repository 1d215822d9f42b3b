package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// proof is what a program prints when its function main ends.
const proof = "gotest: main has ended"

// prove runs programs that passed once more, changed so that they say when
// their function main ends, and returns those that do not say it: many programs
// print nothing when all is well, and so would one that did not run. Some end
// on purpose by os.Exit.
func (r *runner) prove(ctx context.Context, temp string, programs []program, jobs int) ([]string, error) {
	silentlyEnded := make([]bool, len(programs))
	next := make(chan int)
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	for range jobs {
		wg.Go(func() {
			for i := range next {
				seen, err := r.provesItself(ctx, temp, programs[i])
				if err != nil {
					once.Do(func() { failed = err })
				}
				silentlyEnded[i] = !seen
			}
		})
	}
	for i := range programs {
		next <- i
	}
	close(next)
	wg.Wait()
	var out []string
	for i, p := range programs {
		if silentlyEnded[i] {
			out = append(out, p.Path)
		}
	}
	return out, failed
}

func (r *runner) provesItself(ctx context.Context, temp string, p program) (bool, error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	src, err := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(p.Path)))
	if err != nil {
		return false, fmt.Errorf("gotest: %w", err)
	}
	file := filepath.Join(temp, filepath.FromSlash(p.Path))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return false, fmt.Errorf("gotest: %w", err)
	}
	if err := os.WriteFile(file, []byte(speaking(string(src))), 0o666); err != nil {
		return false, fmt.Errorf("gotest: %w", err)
	}
	p.Path = file
	e, _, err := r.start(ctx, p)
	return strings.Contains(e.output, proof), err
}

var mainRE = regexp.MustCompile(`(?m)^func\s+main\(\)\s*{`)

// speaking makes the function main of a program say that it ends.
func speaking(src string) string {
	at := mainRE.FindStringIndex(src)
	if at == nil {
		return src
	}
	return src[:at[1]] + ` defer println("` + proof + `");` + src[at[1]:]
}

// writeUnseen says which programs passed without a sign that they ran.
func (o options) writeUnseen(ctx context.Context, r *runner, programs []program, results []result, w io.Writer) error {
	var passed []program
	for i, res := range results {
		if res.Class == pass {
			passed = append(passed, programs[i])
		}
	}
	temp, err := os.MkdirTemp("", "gotest")
	if err != nil {
		return fmt.Errorf("gotest: %w", err)
	}
	defer os.RemoveAll(temp)
	unseen, err := r.prove(ctx, temp, passed, o.jobs)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d of %d passing programs were seen to end their function main; these were not:\n", len(passed)-len(unseen), len(passed))
	for _, path := range unseen {
		fmt.Fprintf(w, "unseen      %s\n", path)
	}
	return nil
}
