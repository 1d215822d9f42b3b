package clients

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Jupyter's own client library starts, uses, interrupts and restarts a kernel.
func TestJupyterClient(t *testing.T) {
	b := newBench(t)
	out := b.script(t, 5*time.Minute, "client.py", "sheaf")
	for _, step := range []string{
		"execute", "output", "display", "failing_cell", "interrupt", "interrupt_queue", "control_while_busy", "stdin", "comms", "subshells", "survive",
		"restart", "history", "shutdown",
	} {
		if !strings.Contains(out, "ok "+step+" ") {
			t.Errorf("no line for %s", step)
		}
	}
}

// nbclient, which nbconvert and papermill stand on, runs the tour.
func TestNbclientTour(t *testing.T) {
	b := newBench(t)
	b.env = append(b.env, dataEnv(t)...)
	dir, names := tourCopy(t)
	for _, name := range names {
		t.Run(strings.TrimSuffix(name, ".ipynb"), func(t *testing.T) {
			out := b.script(t, 5*time.Minute, "run_notebook.py", "sheaf", filepath.Join(dir, name))
			tables := name != "04-go-in-cells.ipynb" // which is about the language
			if tables && !strings.Contains(out, "text/html") {
				t.Errorf("no cell showed a table as text/html")
			}
		})
	}
}

// kernelSuiteRan is unittest's own account at the end.
var kernelSuiteRan = regexp.MustCompile(`(?ms)^Ran (\d+) tests.*^OK(.*)`)

// The Jupyter project's conformance suite passes, whole but for the pager, which
// kernel_suite.py gives a reason for.
func TestKernelSuite(t *testing.T) {
	b := newBench(t)
	out := b.script(t, 5*time.Minute, "kernel_suite.py", "sheaf", "-v")
	m := kernelSuiteRan.FindStringSubmatch(out)
	if m == nil || m[1] != "13" || strings.TrimSpace(m[2]) != "(skipped=1)" || !strings.Contains(out, "test_pager) ... skipped") {
		t.Errorf("the suite should run 13 tests and skip test_pager; it says %q", m)
	}
}

// dataEnv names the folder of shared data: SHEAF_DATA, or the one beside the
// checkout. A kernel that runs in a copy of the tour cannot look there; without
// the folder it is left to the loader's other ways.
func dataEnv(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("SHEAF_DATA")
	if dir == "" {
		dir = filepath.Join(root, "..", "shared", "data")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !isDir(abs) {
		return nil
	}
	return []string{"SHEAF_DATA=" + abs}
}
