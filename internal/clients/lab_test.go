package clients

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// page is what lab.mjs saw in JupyterLab.
type page struct {
	Kernel  string
	Cells   int
	Outputs int
	Tables  []struct {
		Rows int
		Head string
	}
	Charts []struct {
		Drawn bool
		Marks map[string]int
	}
	Images   [][]int // width and height
	Errors   []string
	Problems []string
}

// JupyterLab, started by `sheaf lab` and driven in a browser, shows what cells
// show and does what people do with it. Pictures of it stay in artifacts/.
func TestJupyterLab(t *testing.T) {
	b := newBench(t)
	browser, err := Chromium()
	needs.Have(t, err)
	modules, err := Playwright(t.Context(), testLog{t})
	needs.Have(t, err)
	b.env = append(append(b.env, dataEnv(t)...), "NODE_PATH="+modules)
	quietLab(t, b.env)
	dir, _ := tourCopy(t)
	writeNotebook(t, filepath.Join(dir, "displays.ipynb"), cellsOf(t, "displays.cells"))
	writeNotebook(t, filepath.Join(dir, "charts.ipynb"), cellsOf(t, "charts.cells"))
	writeNotebook(t, filepath.Join(dir, "other.ipynb"), []displayCell{{"first", "planets"}})
	b.strangersNotebook(t, filepath.Join(dir, "stranger.ipynb"))
	address := b.lab(t, dir)

	t.Run("iris", func(t *testing.T) {
		var p page
		b.browse(t, &p, "lab.mjs", address, "03-iris.ipynb", browser, artifact(t, "jupyterlab-03-iris.png"))
		checkIris(t, p)
	})
	t.Run("charts", func(t *testing.T) {
		var p page
		b.browse(t, &p, "lab.mjs", address, "charts.ipynb", browser, artifact(t, "jupyterlab-charts.png"))
		checkCharts(t, p)
	})
	t.Run("displays", func(t *testing.T) {
		var p displaysPage
		b.browse(t, &p, "displays.mjs", address, "displays.ipynb", "other.ipynb", "stranger.ipynb", browser, artifact(t, "jupyterlab-displays"))
		p.check(t)
	})
}

// browse runs one of testdata's scripts for a browser and decodes what it saw.
func (b *bench) browse(t *testing.T, seen any, script string, args ...string) {
	t.Helper()
	node, err := exec.LookPath("node")
	needs.Have(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, append([]string{filepath.Join("testdata", script)}, args...)...)
	cmd.Env = b.env
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nthe page then: a picture in artifacts/", err, out)
	}
	t.Logf("%s", out)
	if err := json.Unmarshal([]byte(lastLine(string(out))), seen); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
}

// checkIris compares the page with what the iris notebook is about.
func checkIris(t *testing.T, p page) {
	t.Helper()
	if p.Kernel != "Go (Sheaf)" {
		t.Errorf("the kernel is called %q", p.Kernel)
	}
	for _, e := range p.Errors {
		t.Errorf("a cell failed: %s", e)
	}
	for _, e := range p.Problems {
		t.Errorf("an error in the page: %s", e)
	}
	if len(p.Tables) == 0 || p.Tables[0].Rows < 4 {
		t.Errorf("no table with rows in the page: %+v", p.Tables)
	}
	var points, lines int
	for _, c := range p.Charts {
		if !c.Drawn {
			t.Errorf("a chart is not drawn: %+v", c)
		}
		points = max(points, c.Marks["symbol"])
		lines = max(lines, c.Marks["line"])
	}
	if points < 150 {
		t.Errorf("the scatter plot shows %d points, want iris's 150", points)
	}
	if lines < 1 {
		t.Errorf("no chart shows the loss as a line: %+v", p.Charts)
	}
}

// quietLab writes settings that keep JupyterLab from asking about news, make it
// put all cells into the page and wait for completions, and let scripts reach
// its application.
func quietLab(t *testing.T, env []string) {
	t.Helper()
	write := func(variable, name, settings string) {
		t.Helper()
		var dir string
		for _, kv := range env {
			if v, ok := strings.CutPrefix(kv, variable+"="); ok {
				dir = v
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(settings), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const settings = "JUPYTERLAB_SETTINGS_DIR"
	write(settings, "@jupyterlab/notebook-extension/tracker.jupyterlab-settings", `{"windowingMode": "none"}`)
	write(settings, "@jupyterlab/apputils-extension/notification.jupyterlab-settings", `{"fetchNews": "false", "checkForUpdates": false}`)
	write(settings, "@jupyterlab/completer-extension/manager.jupyterlab-settings", `{"providerTimeout": 60000}`) // else 1 s, then it shows nothing
	write("JUPYTER_CONFIG_DIR", "jupyter_lab_config.json", `{"LabApp": {"expose_app_in_browser": true}}`)
}

// labAddress is how `sheaf lab` tells where it listens.
var labAddress = regexp.MustCompile(`JupyterLab: (http\S+)`)

// lab starts `sheaf lab` and returns its address. At the end of the test it
// gets a Ctrl-C, and must end by itself with success.
func (b *bench) lab(t *testing.T, dir string) (address string) {
	t.Helper()
	cmd := exec.Command(b.bin, "lab", "--no-browser", dir)
	cmd.Env = b.env
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if m := labAddress.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		_, _ = io.Copy(io.Discard, stdout) // an overlong line ends the scan, not the program
	}()
	t.Cleanup(func() {
		stopLab(t, cmd, ended)
	})
	select {
	case address = <-found:
		return address
	case <-ended:
		t.Fatal("sheaf lab ended without an address")
	case <-time.After(4 * time.Minute):
		t.Fatal("sheaf lab gave no address within four minutes")
	}
	return ""
}

// stopLab interrupts a `sheaf lab` and waits for its end.
func stopLab(t *testing.T, cmd *exec.Cmd, ended <-chan struct{}) {
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Errorf("interrupting sheaf lab: %v", err)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("sheaf lab does not end at Ctrl-C")
		_ = cmd.Process.Kill()
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("sheaf lab after Ctrl-C: %v", err)
	}
}

// artifact is the absolute path of a file that a test leaves for people.
func artifact(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(root, "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// lastLine is the last line of a program's output.
func lastLine(out string) string {
	out = strings.TrimSpace(out)
	return out[strings.LastIndexByte(out, '\n')+1:]
}
