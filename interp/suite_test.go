package interp_test

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// A suiteCase is a txtar file in testdata/suite: sections named "cell" (with a
// duration behind it, after which the cell is interrupted), each followed by
// an "out" section with what it prints, its value and, behind "!", its error.
// The text above the first section says what the case is about and has lines
//
//	rows: F01 F07    the rows of the interpreter's facts that it covers
//	program          the cells make up a program that prints the same
type suiteCase struct {
	name, file string
	about      string
	rows       []string
	program    bool
	archive    *txtar.Archive
}

func suiteCases(t *testing.T) []suiteCase {
	t.Helper()
	files, err := filepath.Glob("testdata/suite/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/suite/*.txtar", err)
	}
	var cases []suiteCase
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := suiteCase{name: strings.TrimSuffix(filepath.Base(f), ".txtar"), file: f, archive: a}
		for l := range strings.Lines(string(a.Comment)) {
			l = strings.TrimSpace(l)
			if rows, ok := strings.CutPrefix(l, "rows:"); ok {
				c.rows = strings.Fields(rows)
			} else if l == "program" {
				c.program = true
			} else {
				c.about += l
			}
		}
		cases = append(cases, c)
	}
	return cases
}

// TestSuite runs every case in a session of its own.
func TestSuite(t *testing.T) {
	for _, c := range suiteCases(t) {
		t.Run(c.name, func(t *testing.T) {
			if c.about == "" {
				t.Error("the case does not say what it is about")
			}
			got := txtar.Format(runSuiteCase(t, c.archive, interp.Interp))
			want, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, string(want), string(got))
		})
	}
}

// captureLog leads the standard logger to w, as a worker does, and leaves it as
// new.
func captureLog(t *testing.T, w io.Writer) {
	before := slog.Default()
	log.SetOutput(w)
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(os.Stderr)
		log.SetFlags(log.LstdFlags)
		log.SetPrefix("")
	})
}

// runSuiteCase runs the cells and returns them with what came out.
func runSuiteCase(t *testing.T, a *txtar.Archive, tier interp.Tier) *txtar.Archive {
	t.Helper()
	out := captureStreams(t)
	captureLog(t, out)
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: out, Stderr: out, Tier: tier})
	if err != nil {
		t.Fatal(err)
	}
	got := &txtar.Archive{Comment: a.Comment}
	count := 0
	for _, f := range a.Files {
		head, limit, _ := strings.Cut(f.Name, " ")
		switch head {
		case "out":
			continue
		case "cell":
		default:
			t.Fatalf("a section is called %q; want cell or out", f.Name)
		}
		count++
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		if limit != "" {
			d, err := time.ParseDuration(limit)
			if err != nil {
				t.Fatal(err)
			}
			if tier != interp.Interp {
				d += time.Second // the cell is compiled first
			}
			ctx, cancel = stopAfter(ctx, d)
		}
		res := s.Execute(ctx, show.Cell{Source: string(bytes.TrimSuffix(f.Data, []byte("\n"))), Count: count}, &streamSink{out})
		cancel()
		got.Files = append(got.Files, f)
		if text := suiteOutput(out.read(t), res); text != "" {
			got.Files = append(got.Files, txtar.File{Name: "out", Data: []byte(text)})
		}
	}
	return got
}

// stopAfter is a context that ends after d, or later where the process gets
// little of the machine: the cell has to have begun.
func stopAfter(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		const pieces = 10
		for range pieces {
			time.Sleep(d / pieces)
		}
		cancel()
	}()
	return ctx, cancel
}

// streams is a file that stands for both of the process's output streams, so
// that what cells print comes in its order whatever way it takes.
type streams struct {
	*os.File
	seen int64
}

func captureStreams(t *testing.T) *streams {
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "out"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = f, f
	t.Cleanup(func() {
		os.Stdout, os.Stderr = stdout, stderr
		f.Close()
	})
	return &streams{File: f}
}

// read returns what was written since the last call.
func (s *streams) read(t *testing.T) string {
	text, err := io.ReadAll(io.NewSectionReader(s.File, s.seen, 1<<30))
	if err != nil {
		t.Fatal(err)
	}
	s.seen += int64(len(text))
	return string(text)
}

// A streamSink prints displays among what cells print.
type streamSink struct{ *streams }

func (s *streamSink) Stream(_, text string)  { s.WriteString(text) }
func (s *streamSink) Display(d show.Display) { s.WriteString(d.Bundle.PlainText() + "\n") }
func (s *streamSink) Clear(bool)             {}
func (s *streamSink) Input(context.Context, string, bool) (string, error) {
	return "", io.EOF
}

func suiteOutput(text string, res show.Result) string {
	if v := res.Value.PlainText(); v != "" {
		text += v + "\n"
	}
	if res.Err != nil {
		for _, l := range res.Err.Traceback {
			text += "! " + strings.ReplaceAll(l, "\n", "\n! ") + "\n"
		}
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// suiteRows are the rows of the facts about the interpreter that cells had
// before: what its table of failures lists (F), in its order, what it says of
// errors and state (E), of how cells are read (C) and of robustness (R).
var suiteRows = map[string]string{
	"C1":  "declarations and statements mixed in one cell",
	"C2":  "only a last expression has a value that is shown",
	"C3":  "main declared, and declared again",
	"F01": "comma-ok at top level: map, assertion, receive",
	"F02": "a typed variable with an initialiser",
	"F03": "a type switch at top level",
	"F04": "an undefined name in a definition",
	"F05": "a function that calls one which is not defined yet",
	"F06": "a function defined again",
	"F07": "a variable declared again",
	"F08": "a type defined again, a method defined again",
	"F09": "loop variables per iteration",
	"F10": "range over integers and functions",
	"F11": "min, max and clear",
	"F12": "inference of a result's type parameter",
	"F13": "inference through core types",
	"F14": "instantiation as a value, a constraint with a pointer to its parameter",
	"F15": "generic functions of compiled packages",
	"F16": "names of types in %T and reflect",
	"F17": "unexported fields",
	"F18": "identity of types inside any",
	"F19": "assertion to a compiled interface",
	"F20": "assertion to an interpreted interface from a map of any",
	"F21": "an interpreted interface as the key of a map",
	"F22": "String, Error and MarshalJSON of nested values",
	"F23": "errors.As to an interpreted type, through wrapping",
	"F24": "templates that call interpreted methods",
	"F25": "a struct that embeds a compiled interface",
	"F26": "method expressions",
	"F27": "a local type of a local type",
	"F28": "run-time errors as recover sees them",
	"F29": "return at top level",
	"E1":  "positions in errors",
	"E2":  "several errors at once",
	"E3":  "what a failing cell leaves",
	"R1":  "interrupting loops, recursion and waits",
	"R2":  "a panic in a goroutine and in a callback of compiled code",
	"R3":  "recursion without end",
	"R4":  "a slice larger than memory",
	"R5":  "os.Exit, log.Fatal and runtime.Goexit",
	"R6":  "what cells print, by every way",
	"R7":  "session variables seen from outside",
}

// TestSuiteRows sees that every row has its case, and every case an honest
// list of rows.
func TestSuiteRows(t *testing.T) {
	covered := map[string]bool{}
	everyday := 0
	for _, c := range suiteCases(t) {
		if len(c.rows) == 0 {
			everyday++
		}
		for _, r := range c.rows {
			if suiteRows[r] == "" {
				t.Errorf("%s covers %s, which is no row", c.name, r)
			}
			covered[r] = true
		}
	}
	for r, what := range suiteRows {
		if !covered[r] {
			t.Errorf("no case covers %s: %s", r, what)
		}
	}
	if everyday < 60 {
		t.Errorf("%d everyday cases; want 60", everyday)
	}
}

// TestSuiteAgainstCompiler compiles the cases that are programs and compares
// what they print.
func TestSuiteAgainstCompiler(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	needs.Program(t, "go")
	dir := t.TempDir()
	write := func(name, text string) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var imports, calls strings.Builder
	var programs []suiteCase
	for _, c := range suiteCases(t) {
		if !c.program {
			continue
		}
		pkg := fmt.Sprintf("p%d", len(programs))
		programs = append(programs, c)
		write(pkg+"/p.go", compose(t, c, pkg))
		fmt.Fprintf(&imports, "import %q\n", "suite/"+pkg)
		fmt.Fprintf(&calls, "case %q: %s.Run()\n", pkg, pkg)
	}
	write("go.mod", "module suite\n\ngo 1.26\n")
	write("main.go", "package main\nimport \"os\"\n"+imports.String()+"func main() {\nswitch os.Args[1] {\n"+calls.String()+"}\n}\n")
	build := exec.Command("go", "build", "-o", "suite", ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, c := range programs {
		out, err := exec.Command(filepath.Join(dir, "suite"), fmt.Sprintf("p%d", i)).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
		var want strings.Builder
		for _, f := range c.archive.Files {
			if f.Name == "out" {
				want.Write(f.Data)
			}
		}
		got := strings.ReplaceAll(string(out), fmt.Sprintf("p%d.", i), "main.") // in names of types
		if want.String() != got {
			t.Errorf("%s: compiled:\n%s", c.name, diff(want.String(), got))
		}
	}
}

var usedPackage = regexp.MustCompile(`\b([a-z]\w*)\.[A-Z]`)

// compose makes a package out of a case's cells: those that parse as
// declarations, and the others as the statements of Run.
func compose(t *testing.T, c suiteCase, pkg string) string {
	t.Helper()
	var decls, stmts, all strings.Builder
	for _, f := range c.archive.Files {
		if f.Name != "cell" {
			continue
		}
		all.Write(f.Data)
		if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+string(f.Data), 0); err == nil {
			decls.Write(f.Data)
		} else {
			stmts.Write(f.Data)
		}
	}
	var paths []string
	for _, m := range usedPackage.FindAllStringSubmatch(all.String(), -1) {
		if path, ok := stdlib.Library().AutoImport(m[1]); ok && !slices.Contains(paths, path) && !strings.Contains(all.String(), m[1]+" := ") {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	text := "package " + pkg + "\n"
	for _, p := range paths {
		if !strings.Contains(all.String(), fmt.Sprintf("import %q", p)) {
			text += fmt.Sprintf("import %q\n", p)
		}
	}
	return text + decls.String() + "func Run() {\n" + stmts.String() + "}\n"
}
