package interp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

// runTest runs the session's test functions as `go test -v` does; it fails
// when one of them does.
func runTest(ctx context.Context, c *Call) error {
	var run, bench string
	var mem bool
	args, err := c.flags(func(fs *flag.FlagSet) {
		fs.StringVar(&run, "run", "", "the tests to run")
		fs.StringVar(&bench, "bench", "", "the benchmarks to run")
		fs.BoolVar(&mem, "benchmem", false, "count allocations")
	})
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return fmt.Errorf("wants -run REGEXP and -bench REGEXP, got %q", args[0])
	}
	suite := &suite{s: c.Session, run: c.Session.run, ctx: ctx}
	if err := suite.collect(); err != nil {
		return err
	}
	if len(suite.tests)+len(suite.benchmarks)+len(suite.examples) == 0 {
		return errors.New("no cell has declared a function TestXxx(t *testing.T), BenchmarkXxx(b *testing.B) or ExampleXxx() with an output")
	}
	var code int
	settings := map[string]string{"v": "true", "run": run, "bench": bench, "benchmem": fmt.Sprint(mem), "count": "1"}
	err = c.Session.unplaced(func() (err error) {
		c.Session.apart(func() { code, err = suite.perform(settings) })
		return err
	})
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case len(suite.failed) > 0:
		return fmt.Errorf("failed: %s", strings.Join(suite.failed, ", "))
	case code != 0:
		return errors.New("failed: what an example prints")
	}
	return nil
}

// A suite is the test functions of a session.
type suite struct {
	s          *Session
	run        *engine.Run
	ctx        context.Context
	tests      []testing.InternalTest
	benchmarks []testing.InternalBenchmark
	examples   []testing.InternalExample

	mu     sync.Mutex
	failed []string // their names
}

// collect finds the test functions, in the order of their cells and in them.
func (to *suite) collect() error {
	s := to.s
	list := s.listed(func(b *binding) bool {
		return b.kind == token.FUNC && (isTestName(b.user, "Test") || isTestName(b.user, "Benchmark") || isTestName(b.user, "Example"))
	})
	line := func(b *binding) int {
		if e := s.ledger.entries[b.internal]; e != nil {
			return e.from.line
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b *binding) int {
		return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(line(a), line(b)))
	})
	for _, b := range list {
		v, _ := s.Lookup(b.user)
		switch f := v.(type) {
		case func(*testing.T):
			to.tests = append(to.tests, testing.InternalTest{Name: b.user, F: func(t *testing.T) {
				to.watched(t, func() { f(t) })
			}})
		case func(*testing.B):
			to.benchmarks = append(to.benchmarks, testing.InternalBenchmark{Name: b.user, F: func(t *testing.B) {
				to.watched(t, func() { f(t) })
			}})
		case func():
			if isTestName(b.user, "Example") {
				to.example(b, f)
				continue
			}
			return wrongSignature(b.user, v)
		default:
			if b.user != "TestMain" {
				return wrongSignature(b.user, v)
			}
		}
	}
	return nil
}

func wrongSignature(name string, v any) error {
	want := "func(t *testing.T)"
	switch {
	case isTestName(name, "Benchmark"):
		want = "func(b *testing.B)"
	case isTestName(name, "Example"):
		want = "func()"
	}
	return fmt.Errorf("%s has the wrong signature: want %s, got %s", name, want, plain(fmt.Sprintf("%T", v)))
}

// watched runs a test function and notes whether it has failed, when its
// subtests are over. A panic fails it and not the process.
func (to *suite) watched(t testing.TB, f func()) {
	t.Cleanup(func() {
		to.mu.Lock()
		defer to.mu.Unlock()
		if t.Failed() && !slices.Contains(to.failed, t.Name()) { // a benchmark is called several times
			to.failed = append(to.failed, t.Name())
		}
	})
	to.run.GuardTest(t, f)
}

// example adds an example function; one that does not say what it prints is
// not run.
func (to *suite) example(b *binding, f func()) {
	e := to.s.ledger.entries[b.internal]
	if e == nil {
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+e.from.text, parser.ParseComments)
	if err != nil {
		return
	}
	for _, x := range doc.Examples(file) {
		if x.Output == "" && !x.EmptyOutput {
			continue
		}
		to.examples = append(to.examples, testing.InternalExample{
			Name: b.user, F: func() { to.printing(b.user, f) }, Output: x.Output, Unordered: x.Unordered,
		})
	}
}

// printing runs an example, whose output package testing takes from the
// process's standard output. How it has ended, if not well, is output too.
func (to *suite) printing(name string, f func()) {
	s := to.s
	if out, ok := s.cfg.Stdout.(*stdoutSwitch); ok {
		defer out.lead(out.lead(os.Stdout))
	}
	p := s.machine.Guard(to.run, f)
	if p == nil {
		return
	}
	to.failed = append(to.failed, name)
	fmt.Fprintln(os.Stdout, to.run.Word(p.Value, p.Trace))
}

// ourPlace is where package testing believes that a cell's t.Log was called:
// in our code.
var ourPlace = pattern(`(?m)^( +)\S+\.go:\d+: `)

// An unplaced is a writer for the output of package testing without places.
type unplaced struct {
	to     io.Writer
	inLine bool // the line has begun
}

// Write implements io.Writer. Package testing writes a message at once.
func (w *unplaced) Write(p []byte) (int, error) {
	at := 0
	if w.inLine {
		if at = bytes.IndexByte(p, '\n') + 1; at == 0 {
			at = len(p)
		}
	}
	out := append(p[:at:at], ourPlace().ReplaceAll(p[at:], []byte("$1"))...)
	w.inLine = !bytes.HasSuffix(out, []byte("\n"))
	_, err := w.to.Write(out)
	return len(p), err
}

// unplaced runs f, which calls package testing, and passes on what is printed
// meanwhile without places in our code.
func (s *Session) unplaced(f func() error) error {
	out, ok := s.cfg.Stdout.(*stdoutSwitch)
	if !ok {
		return f()
	}
	p, err := relayTo(&unplaced{to: out.leads()})
	if err != nil {
		return err
	}
	stdout, was := os.Stdout, out.lead(p.w)
	os.Stdout = p.w
	defer func() {
		out.lead(was)
		os.Stdout = stdout
		p.w.Close()
		p.finish()
	}()
	return f()
}

// isTestName tells TestX and Test_x from Testify, as package testing does.
func isTestName(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLower(r))
}

// perform hands the suite to package testing, which prints as it goes, and returns
// its exit status.
func (s *suite) perform(settings map[string]string) (int, error) {
	initTesting()
	for name, value := range settings {
		if err := testFlag(name).Value.Set(value); err != nil {
			return 0, fmt.Errorf("-%s: %w", name, err)
		}
	}
	defer func() { // a later call of testing.Benchmark by a cell is silent
		testFlag("v").Value.Set("false")
	}()
	// The signature of MainStart may change from release to release, and a
	// build with another one has to work without %test.
	start := reflect.ValueOf(testing.MainStart)
	in := []reflect.Value{reflect.ValueOf(testDeps{}), reflect.ValueOf(s.tests), reflect.ValueOf(s.benchmarks),
		reflect.ValueOf([]testing.InternalFuzzTarget(nil)), reflect.ValueOf(s.examples)}
	fits := start.Type().NumIn() == len(in)
	for i := 0; fits && i < len(in); i++ {
		fits = in[i].Type().AssignableTo(start.Type().In(i))
	}
	if !fits {
		return 0, errors.New("does not work with the Go release that built this program")
	}
	m, ok := start.Call(in)[0].Interface().(interface{ Run() int })
	if !ok {
		return 0, errors.New("does not work with the Go release that built this program")
	}
	if !flag.Parsed() { // or Run would, and take this program's arguments
		flag.CommandLine.Parse(nil)
	}
	return m.Run(), nil
}

var (
	testingOnce sync.Once
	testFlags   *flag.FlagSet
)

// initTesting makes the flags of package testing, in a set of their own: a
// cell's flags are its own.
func initTesting() {
	testingOnce.Do(func() {
		was := flag.CommandLine
		testFlags = flag.NewFlagSet("test", flag.ContinueOnError)
		flag.CommandLine = testFlags
		testing.Init()
		flag.CommandLine = was
	})
}

// testFlag is one of package testing's flags, wherever they are.
func testFlag(name string) *flag.Flag {
	if f := testFlags.Lookup("test." + name); f != nil {
		return f
	}
	return flag.Lookup("test." + name)
}

// testDeps is what package testing wants of a test program.
type testDeps struct{}

// errNoFuzzing is for what %test does not offer.
var errNoFuzzing = errors.New("there is no fuzzing in a session")

type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

// ImportPath implements package testing's testDeps.
func (testDeps) ImportPath() string { return sessionPath }

// ModulePath implements package testing's testDeps.
func (testDeps) ModulePath() string { return sessionPath }

// MatchString implements package testing's testDeps.
func (testDeps) MatchString(pat, str string) (bool, error) { return regexp.MatchString(pat, str) }

// SetPanicOnExit0 implements package testing's testDeps.
func (testDeps) SetPanicOnExit0(bool) {}

// StartCPUProfile implements package testing's testDeps.
func (testDeps) StartCPUProfile(io.Writer) error { return nil }

// StopCPUProfile implements package testing's testDeps.
func (testDeps) StopCPUProfile() {}

// StartTestLog implements package testing's testDeps.
func (testDeps) StartTestLog(io.Writer) {}

// StopTestLog implements package testing's testDeps.
func (testDeps) StopTestLog() error { return nil }

// WriteProfileTo implements package testing's testDeps.
func (testDeps) WriteProfileTo(string, io.Writer, int) error { return nil }

// CoordinateFuzzing implements package testing's testDeps.
func (testDeps) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []corpusEntry, []reflect.Type, string, string) error {
	return errNoFuzzing
}

// RunFuzzWorker implements package testing's testDeps.
func (testDeps) RunFuzzWorker(func(corpusEntry) error) error { return errNoFuzzing }

// ReadCorpus implements package testing's testDeps.
func (testDeps) ReadCorpus(string, []reflect.Type) ([]corpusEntry, error) {
	return nil, errNoFuzzing
}

// CheckCorpus implements package testing's testDeps.
func (testDeps) CheckCorpus([]any, []reflect.Type) error { return errNoFuzzing }

// ResetCoverage implements package testing's testDeps.
func (testDeps) ResetCoverage() {}

// SnapshotCoverage implements package testing's testDeps.
func (testDeps) SnapshotCoverage() {}

// InitRuntimeCoverage implements package testing's testDeps.
func (testDeps) InitRuntimeCoverage() (mode string, tearDown func(coverprofile string, gocoverdir string) (string, error), snapcov func() float64) {
	return "", nil, nil
}
