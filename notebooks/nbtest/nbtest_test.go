package nbtest

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks"
)

// TestRun runs a notebook of real cells through the real command.
func TestRun(t *testing.T) {
	const path = "testdata/works.ipynb"
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	nb := Run(t, path)
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{
		1: "",
		2: "21\n",
		4: "panic: assignment to entry in nil map\n",
		5: "100 %\n",
		6: dir + "\n",
		7: "",
		8: "40\n",
		9: "",
	} {
		if got := nb.Output(n); got != want {
			t.Errorf("cell %d shows %q, want %q", n, got, want)
		}
	}
	// Which of two streams comes first is the operating system's choice.
	streams := map[string]string{}
	for _, o := range nb.Cell(3).Outputs {
		streams[o.Type+o.Name] += o.PlainText()
	}
	if streams["streamstdout"] != "line 0\nline 1\n" || streams["streamstderr"] != "warning\n" || streams["execute_result"] != "40" {
		t.Errorf("cell 3 shows %q", streams)
	}
	if got := nb.MIME(8, "text/plain"); len(got) != 1 || got[0] != "40" {
		t.Errorf("the result of cell 8 is %v", got)
	}
	after, _ := os.ReadFile(path)
	if !bytes.Equal(before, after) {
		t.Error("the notebook itself was changed")
	}
}

// TestRunNamesTheCell wants the number and the error of the failing cell in
// the error, and its place in the report.
func TestRunNamesTheCell(t *testing.T) {
	for file, want := range map[string][2]string{
		"fails.ipynb":  {`cell 2: .*undefined: z`, `cell\[2\]:2:5`},
		"panics.ipynb": {`cell 3: panic: .*index out of range`, `cell\[2\]:2:13 in at\n(.*\n)*.*cell\[3\]:1:1`},
		"absent.ipynb": {`there is no file`, ``},
	} {
		_, report, err := run(t, filepath.Join("testdata", file))
		if err == nil || !regexp.MustCompile(want[0]).MatchString(err.Error()) || !regexp.MustCompile(want[1]).MatchString(report) {
			t.Errorf("%s: got %v\n%s\nwant %s and %s", file, err, report, want[0], want[1])
		}
		if err != nil && strings.Contains(err.Error(), "goroutine ") {
			t.Errorf("%s: a stack trace of ours: %v", file, err)
		}
	}
}

// TestHangingCell: a cell that never ends is interrupted, and what it printed
// is kept.
func TestHangingCell(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.ipynb")
	report, err := sheaf(t, "run", "--timeout", "300ms", "-o", out, "testdata/hangs.ipynb")
	if err == nil || !strings.Contains(err.Error(), "cell 1: timeout: the cell ran longer than 300ms") {
		t.Errorf("got %v\n%s", err, report)
	}
	nb, err := notebooks.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	if got := nb.Output(1); got != "before\ntimeout: the cell ran longer than 300ms\n" {
		t.Errorf("the cell shows %q", got)
	}
}

func TestNamedBinary(t *testing.T) {
	if _, err := locate(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "SHEAF_BIN") {
		t.Errorf("got %v", err)
	}
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := locate(bin); err != nil || got != bin {
		t.Errorf("got %q, %v", got, err)
	}
}
