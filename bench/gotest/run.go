package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A runner runs programs one after another or several at a time.
type runner struct {
	dir     string        // GOROOT/test, where programs run
	command []string      // what a program's path and arguments are added to
	limit   time.Duration // for a program whose recipe asks for none
	memory  int64         // resident bytes of a program and what it started; 0: no limit
	env     []string      // of all programs
	native  bool          // command is go run, which takes all flags of a program
}

// A result is how one program ended.
type result struct {
	Path    string  `json:"path"`
	Folder  string  `json:"folder"`
	Feature string  `json:"feature"`
	Class   string  `json:"class"` // "pass" or the way it failed
	Reason  string  `json:"reason,omitempty"`
	Exit    int     `json:"exit"`
	Seconds float64 `json:"seconds"`
	Output  string  `json:"output,omitempty"` // of a failed one, its beginning

	want string
	sure bool // a timeout that an idle machine would not have changed
}

// keptOutput is how much of a program's output is held.
const keptOutput = 4 << 20

// all runs programs, at most jobs at a time, and tells done of each. Programs
// that doubtful picks are run again, alone, and the second run counts.
func (r *runner) all(ctx context.Context, programs []program, jobs int, doubtful func(result) bool, done func(result)) ([]result, error) {
	results := make([]result, len(programs))
	next := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range jobs {
		wg.Go(func() {
			for i := range next {
				res := r.run(ctx, programs[i])
				mu.Lock()
				results[i] = res
				done(res)
				mu.Unlock()
			}
		})
	}
feed:
	for i := range programs {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for i, res := range results {
		if doubtful(res) {
			results[i] = r.run(ctx, programs[i])
		}
	}
	return results, context.Cause(ctx)
}

// run runs one program and judges it.
func (r *runner) run(ctx context.Context, p program) result {
	res := result{Path: p.Path, Folder: p.Folder, Feature: p.Feature}
	want, err := os.ReadFile(filepath.Join(r.dir, strings.TrimSuffix(filepath.FromSlash(p.Path), ".go")+".out"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		res.Class, res.Reason = died, err.Error()
		return res
	}
	begin := time.Now()
	e, cpu, err := r.start(ctx, p)
	res.Seconds = float64(time.Since(begin).Milliseconds()) / 1000
	if err != nil {
		res.Class, res.Reason = died, err.Error()
		return res
	}
	res.Exit, res.want = e.exit, string(want)
	res.Class, res.Reason = judge(e, res.want)
	if res.Class != pass {
		res.Output = e.output[:min(len(e.output), 8<<10)]
	}
	res.sure = e.timeout && (e.hung || cpu > r.limitOf(p)*3/4)
	return res
}

func (r *runner) limitOf(p program) time.Duration { return max(r.limit, p.Limit) }

// start runs a program to its end, or until it exceeds a limit. cpu is the
// processor time that was seen of it.
func (r *runner) start(ctx context.Context, p program) (e ending, cpu time.Duration, err error) {
	args := slices.Clone(r.command)
	args = append(args, p.flags(r.native)...)
	args = append(append(args, p.Path), p.Args...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = r.dir
	cmd.Env = append(append(os.Environ(), "GOENV=off", "GOFLAGS=", "PWD="+r.dir), append(r.env, p.Env...)...)
	out := &capped{}
	cmd.Stdout, cmd.Stderr = out, out // one pipe: the order of both streams is kept
	cmd.WaitDelay = 2 * time.Second
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return ending{}, 0, fmt.Errorf("gotest: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	limit := time.NewTimer(r.limitOf(p))
	defer limit.Stop()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	still := stillness{since: time.Now()}
	for running := true; running; {
		select {
		case <-ended:
			running = false
			continue
		case <-limit.C:
			e.timeout = true
		case <-ctx.Done():
			e.killed = "interrupted"
		case <-look.C:
			t := tree(cmd.Process.Pid)
			cpu = max(cpu, t.cpu)
			switch {
			case r.memory > 0 && t.resident > r.memory:
				e.killed = fmt.Sprintf("took more than %d MB of memory", r.memory>>20)
			case treesKnown && still.lasts(t.cpu) > r.limitOf(p)*2/5:
				e.timeout, e.hung = true, true
			default:
				continue
			}
		}
		tree(cmd.Process.Pid).kill()
		<-ended
		running = false
	}
	e.exit, e.output = cmd.ProcessState.ExitCode(), out.String()
	return e, cpu, nil
}

// A stillness is a time in which a program takes next to no processor time: it
// waits for what will not come.
type stillness struct {
	since time.Time
	cpu   time.Duration
}

// lasts takes note of the processor time so far and says how long it has not
// risen, but for what the runtime's own housekeeping takes.
func (s *stillness) lasts(cpu time.Duration) time.Duration {
	if cpu-s.cpu > 50*time.Millisecond {
		s.since, s.cpu = time.Now(), cpu
	}
	return time.Since(s.since)
}

// capped keeps the beginning of what is written.
type capped struct{ b bytes.Buffer }

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	if room := keptOutput - c.b.Len(); room > 0 {
		c.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// String implements fmt.Stringer.
func (c *capped) String() string { return c.b.String() }
