// Command soak uses a Sheaf kernel as people do, for as long as it is told, and
// knows what must come of everything: it declares, redefines, prints, shows,
// fails, sleeps, loops, interrupts, kills the worker, restarts, and uses
// subshells, comms and stdin, with two clients on real sockets. It ends with 1,
// the seed and the last steps at the first difference.
//
//	go run ./bench/kernel/soak -for 10m           random steps for ten minutes
//	go run ./bench/kernel/soak -seed 17           the steps of a seed, for a minute
//	go run ./bench/kernel/soak -cells 10000       the same cells again and again, with the memory every thousand
//	go run ./bench/kernel/soak -cells 10000 -kind panic
//	                                              and of one kind only
//
// Moments of interrupts are random too, so a seed gives the same steps and not
// always the same difference.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	var (
		binary = flag.String("sheaf", "", "the sheaf binary (default: built from this module)")
		limit  = flag.Duration("for", time.Minute, "how long")
		seed   = flag.Uint64("seed", rand.Uint64(), "seed of the steps")
		age    = flag.Int("age", warm, "how many steps a kernel makes before it may be restarted")
		cells  = flag.Int("cells", 0, "run so many cells that leave nothing behind and tell the memory, instead")
		kind   = flag.String("kind", "", "of -cells: one of "+plainKinds()+" (default: all in turns)")
	)
	flag.Parse()
	s := newSoak(*binary, *seed, os.Stdout)
	s.age = *age
	if err := s.all(*limit, *cells, *kind); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// all makes the run that the flags ask for, and reports on it.
func (s *soak) all(limit time.Duration, cells int, kind string) error {
	if s.binary == "" {
		dir, err := os.MkdirTemp("", "soak")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if s.binary, err = build(dir); err != nil {
			return err
		}
	}
	var err error
	if s.binary, err = filepath.Abs(s.binary); err != nil {
		return err
	}
	begin := time.Now()
	if cells > 0 {
		return s.flat(cells, kind)
	}
	err = s.run(limit)
	s.report()
	if err != nil {
		fmt.Fprintf(s.out, "the last steps:\n%s\n", strings.Join(s.last, "\n"))
		return fmt.Errorf("after %v, with the seed %d: %w", time.Since(begin).Round(time.Second), s.seed, err)
	}
	fmt.Fprintf(s.out, "no difference in %v\n", time.Since(begin).Round(time.Second))
	return nil
}

// build builds sheaf from this module.
func build(dir string) (string, error) {
	binary := filepath.Join(dir, "sheaf")
	out, err := exec.Command("go", "build", "-o", binary, "github.com/sheaf-go/sheaf").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("soak: building sheaf: %w\n%s", err, out)
	}
	return binary, nil
}
