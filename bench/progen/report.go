package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/bench/progen/internal/diff"
	"github.com/sheaf-go/sheaf/bench/progen/internal/gen"
)

// A finding is one program that differs.
type finding struct {
	program       gen.Program
	class         diff.Class
	reason        string
	native, sheaf diff.Outcome
	shrunk        string
}

// A report gathers what the programs of one run did.
type report struct {
	options
	mu       sync.Mutex
	counts   map[diff.Class]int
	ended    map[string]int // how the programs end when compiled
	findings []finding
}

func newReport(o options) *report {
	return &report{options: o, counts: map[diff.Class]int{}, ended: map[string]int{}}
}

func (r *report) agreed() bool { return len(r.findings) == 0 }

// all compares the programs batch by batch, then shrinks some that differ.
func (r *report) all(ctx context.Context, programs []gen.Program) error {
	for part := range slices.Chunk(programs, r.batch) {
		if err := r.chunk(ctx, part); err != nil {
			return err
		}
	}
	slices.SortFunc(r.findings, func(a, b finding) int { return int(a.program.Seed) - int(b.program.Seed) })
	return r.keep(ctx)
}

// chunk compares the programs of one native build.
func (r *report) chunk(ctx context.Context, programs []gen.Program) error {
	sources := make([]string, len(programs))
	for i, p := range programs {
		sources[i] = p.Source
	}
	batch, err := diff.Build(ctx, sources)
	if err != nil {
		return err
	}
	defer batch.Close()
	var wg sync.WaitGroup
	errs := make([]error, len(programs))
	slots := make(chan struct{}, r.jobs)
	for i, p := range programs {
		wg.Go(func() {
			slots <- struct{}{}
			errs[i] = r.one(ctx, batch, i, p)
			<-slots
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// one compares one program. Before a difference counts, the program is built
// alone: a batch spells the names of its types in another way inside.
func (r *report) one(ctx context.Context, batch *diff.Batch, i int, p gen.Program) error {
	native, err := batch.Run(ctx, i)
	if err != nil {
		return err
	}
	if native.Timeout {
		return fmt.Errorf("seed %d: the compiled program does not end; that is a defect of the generator", p.Seed)
	}
	sheaf, err := diff.Sheaf(ctx, r.sheaf, p.Source)
	if err != nil {
		return err
	}
	class := diff.Compare(native, sheaf)
	if class != diff.Equal {
		if native, err = diff.Alone(ctx, p.Source); err != nil {
			return err
		}
		class = diff.Compare(native, sheaf)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[class]++
	r.ended[fmt.Sprintf("exit %d", native.Exit)]++
	if class != diff.Equal {
		r.findings = append(r.findings, finding{program: p, class: class, reason: reason(class, p, native, sheaf), native: native, sheaf: sheaf})
	}
	return nil
}

// reason groups findings: what sheaf complained about, or in which part of the
// program its output is another.
func reason(c diff.Class, p gen.Program, native, sheaf diff.Outcome) string {
	if c == diff.Silent {
		return "other output in " + part(p, native.Stdout, sheaf.Stdout)
	}
	return sheaf.Reason()
}

// part is the feature whose section two outputs differ in, as far as the
// sections say their names.
func part(p gen.Program, native, sheaf string) string {
	same := 0
	for same < min(len(native), len(sheaf)) && native[same] == sheaf[same] {
		same++
	}
	_, after, ok := cutLast(native[:same], "-- section")
	var n int
	if _, err := fmt.Sscanf(after, "%d\n", &n); !ok || err != nil || n < 1 || n > len(p.Features) {
		return "an unknown part"
	}
	return p.Features[n-1]
}

// cutLast is strings.Cut around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// keep writes every finding into the folder, and shrinks some.
func (r *report) keep(ctx context.Context) error {
	if len(r.findings) == 0 {
		return nil
	}
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	seen := map[string]int{} // programs of a reason that were shrunk
	// Silent differences first: they are the worst.
	order := slices.Clone(r.findings)
	slices.SortStableFunc(order, func(a, b finding) int { return int(a.class) - int(b.class) })
	left := r.shrink
	for i := range order {
		f := &order[i]
		key := f.class.String() + f.reason
		if left > 0 && seen[key] == 0 && f.class != diff.Timeout {
			seen[key]++
			left--
			f.shrunk = r.smaller(ctx, *f)
		}
		if err := r.save(*f); err != nil {
			return err
		}
	}
	r.findings = order
	return nil
}

// smaller shrinks a finding's program while it differs in the same way.
func (r *report) smaller(ctx context.Context, f finding) string {
	ctx, cancel := context.WithTimeout(ctx, r.shrinkTime)
	defer cancel()
	return diff.Shrink(ctx, f.program.Source, func(candidates []string) int {
		batch, err := diff.Build(ctx, candidates)
		if err != nil {
			return -1
		}
		defer batch.Close()
		for i, src := range candidates {
			native, err := batch.Run(ctx, i)
			if err != nil || native.Timeout {
				continue
			}
			sheaf, err := diff.Sheaf(ctx, r.sheaf, src)
			if err != nil || ctx.Err() != nil {
				continue
			}
			if r.alike(f, native, sheaf) {
				return i
			}
		}
		return -1
	})
}

// alike tells whether a smaller program differs as the finding does. Where it
// differs may move; how compiled Go ends may not, or every slip would count.
func (r *report) alike(f finding, native, sheaf diff.Outcome) bool {
	c := diff.Compare(native, sheaf)
	if c != f.class || native.Exit != f.native.Exit {
		return false
	}
	return c == diff.Silent || sheaf.Reason() == f.reason
}

// save writes a finding's program, both runs and the shrunken program.
func (r *report) save(f finding) error {
	base := filepath.Join(r.out, fmt.Sprintf("%s-%06d", f.class, f.program.Seed))
	files := map[string]string{
		".go.txt":         f.program.Source,
		".compiled.txt":   outcome(f.native),
		".sheaf.txt":      outcome(f.sheaf),
		".shrunk.go.txt":  f.shrunk,
		".difference.txt": f.reason + "\n" + diff.Difference(f.native.Stdout, f.sheaf.Stdout) + "\n",
	}
	for ext, text := range files {
		if text == "" {
			continue
		}
		if err := os.WriteFile(base+ext, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func outcome(o diff.Outcome) string {
	return fmt.Sprintf("exit %d, timeout %v\n--- stdout\n%s--- stderr\n%s", o.Exit, o.Timeout, o.Stdout, o.Stderr)
}

// write prints the report.
func (r *report) write(w io.Writer) {
	total := 0
	for _, n := range r.counts {
		total += n
	}
	fmt.Fprintf(w, "%d programs from seed %d:", total, r.seed)
	for _, c := range []diff.Class{diff.Equal, diff.Silent, diff.Loud, diff.Panic, diff.Timeout} {
		fmt.Fprintf(w, " %d %s", r.counts[c], c)
	}
	fmt.Fprintf(w, "\ncompiled, they end with: %v\n", r.ended)
	if len(r.findings) == 0 {
		return
	}
	fmt.Fprintf(w, "\nreasons:\n")
	for _, line := range tally(r.findings, func(f finding) []string { return []string{f.class.String() + ": " + f.reason} }) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	fmt.Fprintf(w, "\nparts of the programs that differ:\n")
	for _, line := range tally(r.findings, func(f finding) []string { return f.program.Features }) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	for _, f := range r.findings {
		if f.shrunk != "" {
			fmt.Fprintf(w, "\nseed %d, %s: %s\n%s\n%s", f.program.Seed, f.class, f.reason, diff.Difference(f.native.Stdout, f.sheaf.Stdout), indent(f.shrunk))
		}
	}
	fmt.Fprintf(w, "\nprograms and outputs: %s\n", r.out)
}

func indent(src string) string {
	return "\t" + strings.ReplaceAll(strings.TrimRight(src, "\n"), "\n", "\n\t") + "\n"
}

// tally counts what the findings share, the most frequent first.
func tally(fs []finding, of func(finding) []string) []string {
	counts := map[string]int{}
	for _, f := range fs {
		seen := map[string]bool{}
		for _, s := range of(f) {
			if !seen[s] {
				seen[s] = true
				counts[s]++
			}
		}
	}
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	lines := make([]string, 0, len(keys))
	for _, k := range keys[:min(len(keys), 40)] {
		lines = append(lines, fmt.Sprintf("%4d  %s", counts[k], k))
	}
	return lines
}
