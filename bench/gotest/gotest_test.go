package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// sampleSize is how many of Go's programs every test run takes.
const sampleSize = 150

// TestSample runs the fixed sample in both tiers against their lists. The whole
// set is "go run ./bench/gotest".
func TestSample(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	sheaf := filepath.Join(t.TempDir(), "sheaf")
	if err := buildSheaf(t.Context(), sheaf); err != nil {
		t.Fatal(err)
	}
	for _, tier := range []string{"interp", "native"} {
		t.Run(tier, func(t *testing.T) { testSample(t, sheaf, tier) })
	}
}

func testSample(t *testing.T, sheaf, tier string) {
	dir, err := testFolder(t.Context())
	needs.Have(t, err)
	dependOnSources(t)
	all, err := discover(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := readExpected(expectedFile(tier))
	if err != nil {
		t.Fatal(err)
	}
	chosen := sample(all, sampleSize)
	r, cleanup, err := options{sheaf: sheaf, tier: tier, limit: 20 * time.Second, memory: 3072}.runner(t.Context(), dir, chosen)
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	results, err := r.all(t.Context(), chosen, 2, doubtful(list), func(result) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != sampleSize {
		t.Errorf("ran %d programs, want %d", len(results), sampleSize)
	}
	var report bytes.Buffer
	writeReport(&report, results)
	c := compare(list, results)
	c.write(&report)
	t.Log("\n" + report.String())
	if len(c.regressions) > 0 {
		t.Errorf("%d programs fail that are not in %s", len(c.regressions), expectedFile(tier))
	}
}

// dependOnSources looks at the sources of sheaf, so that go test does not take
// an earlier result for this one after they changed.
func dependOnSources(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}`, ".")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	for _, file := range strings.Fields(string(out)) {
		if strings.HasPrefix(file, root) {
			os.Stat(file)
		}
	}
}

// Every expected failure must be a program that there is.
func TestExpectedExist(t *testing.T) {
	dir, err := testFolder(t.Context())
	needs.Have(t, err)
	all, err := discover(dir)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range all {
		known[p.Path] = true
	}
	for _, tier := range []string{"interp", "native"} {
		list, err := readExpected(expectedFile(tier))
		if err != nil {
			t.Fatal(err)
		}
		for path := range list {
			if !known[path] {
				t.Errorf("%s: %s is no program of this Go", expectedFile(tier), path)
			}
		}
	}
	if len(all) < 900 {
		t.Errorf("found %d programs, want 900 or more", len(all))
	}
}

func TestSampleIsFixed(t *testing.T) {
	all := make([]program, 1000)
	for i := range all {
		all[i].Path = string(rune('a' + i))
	}
	a, b := sample(all, 150), sample(all, 150)
	seen := map[string]bool{}
	for i := range a {
		if a[i].Path != b[i].Path {
			t.Fatalf("program %d differs: %q, %q", i, a[i].Path, b[i].Path)
		}
		seen[a[i].Path] = true
	}
	if len(seen) != 150 || !seen[all[3].Path] || !seen[all[996].Path] {
		t.Errorf("%d different programs; the ends of the list must be among them", len(seen))
	}
	if n := len(sample(all, 5000)); n != 1000 {
		t.Errorf("a sample larger than the list has %d programs", n)
	}
}

// scripts stands in for GOROOT/test with shell scripts, to see the limits at
// work on real processes.
func scripts(t *testing.T, files map[string]string) *runner {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil || !treesKnown {
		t.Skip("needs sh and /proc")
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return &runner{dir: dir, command: []string{"sh"}, limit: 2 * time.Second, memory: 200 << 20}
}

func TestRunJudges(t *testing.T) {
	r := scripts(t, map[string]string{
		"ok.go":      "echo one; echo two >&2; echo three",
		"ok.out":     "one\ntwo\nthree\n",
		"empty.go":   "echo surprise",
		"args.go":    `echo "$1 $2 $X"`,
		"args.out":   "a b c\n",
		"failing.go": "echo wrong; exit 3",
		"big.go":     "head -c 400000000 /dev/zero | tail -c 390000000 | sleep 30",
	})
	for _, c := range []struct {
		program
		class, reason string
	}{
		{program{Path: "ok.go"}, pass, ""},
		{program{Path: "empty.go"}, silent, "want «» got «surprise»"},
		{program{Path: "args.go", Args: []string{"a", "b"}, Env: []string{"X=c"}}, pass, ""},
		{program{Path: "args.go"}, silent, "want «a b c» got « »"},
		{program{Path: "failing.go"}, status, "wrong"},
		{program{Path: "missing.go"}, status, ""},
		{program{Path: "big.go"}, died, "took more than 200 MB of memory"},
	} {
		res := r.run(t.Context(), c.program)
		if res.Class != c.class || c.reason != "" && res.Reason != c.reason {
			t.Errorf("%s %q: %s (%s), want %s (%s)", c.Path, c.Args, res.Class, res.Reason, c.class, c.reason)
		}
	}
}

// A program that waits for ever is told from one that is busy, and neither
// leaves a process behind.
func TestRunEndsWhatDoesNotEnd(t *testing.T) {
	r := scripts(t, map[string]string{
		"waits.go": "echo $$; sleep 1000; echo after",
		"busy.go":  "echo $$; while :; do :; done",
	})
	for path, reason := range map[string]string{
		"waits.go": "hung: it waited and did nothing",
		"busy.go":  "still busy when its time was over",
	} {
		begin := time.Now()
		res := r.run(t.Context(), program{Path: path})
		if res.Class != timeout || res.Reason != reason {
			t.Errorf("%s: %s (%s), want %s (%s)", path, res.Class, res.Reason, timeout, reason)
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("%s: ended after %v", path, d)
		}
		pid := strings.TrimSpace(res.Output)
		if _, err := os.Stat(filepath.Join("/proc", pid, "exe")); pid == "" || err == nil {
			t.Errorf("%s: process %q is still there", path, pid)
		}
	}
}

// What is doubtful runs a second time, alone, and that run counts.
func TestDoubtfulRunsAgain(t *testing.T) {
	r := scripts(t, map[string]string{
		"flaky.go": "if [ -e seen ]; then exit 0; fi; touch seen; exit 1",
		"bad.go":   "exit 1",
		"known.go": "echo x >> runs; exit 1",
	})
	list := map[string]expectation{"known.go": {status, "known"}}
	programs := []program{{Path: "bad.go"}, {Path: "flaky.go"}, {Path: "known.go"}}
	results, err := r.all(t.Context(), programs, 2, doubtful(list), func(result) {})
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{results[0].Class, results[1].Class, results[2].Class}; strings.Join(got, " ") != "exit pass exit" {
		t.Errorf("got %v", got)
	}
	if runs, _ := os.ReadFile(filepath.Join(r.dir, "runs")); string(runs) != "x\n" {
		t.Errorf("the known failure ran %d times, want once", bytes.Count(runs, []byte("x")))
	}
}

// A program that never gets to the end of main is told from one that does.
func TestProve(t *testing.T) {
	r := scripts(t, map[string]string{
		"nothing.go": "\nfunc main() {\n}\n",
		"runs.go":    "\nfunc main() {\n}\n",
		"nomain.go":  "\n",
	})
	// Printing the changed source prints the proof in it, as running it would.
	r.command = []string{"sh", "-c", `case $1 in *nothing.go) ;; *) cat "$1";; esac`, "sh"}
	unseen, err := r.prove(t.Context(), t.TempDir(), []program{{Path: "nothing.go"}, {Path: "runs.go"}, {Path: "nomain.go"}}, 2)
	if err != nil || strings.Join(unseen, " ") != "nothing.go nomain.go" {
		t.Errorf("unseen %q, %v", unseen, err)
	}
}

func TestStops(t *testing.T) {
	r := scripts(t, map[string]string{"waits.go": "sleep 1000"})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := r.all(ctx, []program{{Path: "waits.go"}, {Path: "waits.go"}}, 1, doubtful(nil), func(result) {})
	if err == nil || time.Since(begin) > 10*time.Second {
		t.Errorf("err %v after %v", err, time.Since(begin))
	}
}

// A binary that runs nothing must not pass for one that does.
func TestProbe(t *testing.T) {
	r := &runner{dir: t.TempDir(), command: []string{"true"}, limit: 5 * time.Second}
	if err := r.probe(t.Context(), r.dir); err == nil || !strings.Contains(err.Error(), "does not run programs") {
		t.Errorf("got %v", err)
	}
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-j", "0"}, "-j wants at least 1"},
		{[]string{"extra"}, "want flags only"},
		{[]string{"-run", "("}, "-run: error parsing regexp"},
		{[]string{"-run", "no such program"}, "no program matches"},
	} {
		code, err := gotest(t.Context(), c.args, &bytes.Buffer{}, &bytes.Buffer{})
		if err == nil && os.Getenv("CI") != "true" {
			t.Skip("this Go has no test folder")
		}
		if code != 2 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %d, %v; want 2 and %q", c.args, code, err, c.want)
		}
	}
	var out bytes.Buffer
	if code, err := gotest(t.Context(), []string{"-list", "-run", "^ken/string.go$"}, &out, &out); code != 0 || err != nil || out.String() != "ken/string.go                        plain     \n" {
		t.Errorf("-list: %d, %v, %q", code, err, &out)
	}
}
