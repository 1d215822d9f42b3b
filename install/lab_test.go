package install

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// A safeBuffer is written by the program's follower and read by the test.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestLabCommandLine(t *testing.T) {
	file := fakeBinary(t)
	tests := []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"-h"}, 0, "usage: sheaf lab", ""},
		{[]string{"--port", "70000"}, 2, "", "want 1 to 65535"},
		{[]string{"--port", "many"}, 2, "", "invalid value"},
		{[]string{file}, 2, "", "is a file"},
		{[]string{t.TempDir(), "more"}, 2, "", `unexpected argument "more"`},
		{[]string{filepath.Join(t.TempDir(), "none")}, 2, "", "no such file"},
	}
	for _, tt := range tests {
		if runtime.GOOS == "windows" && tt.stderr == "no such file" {
			continue // said in other words there
		}
		var stdout, stderr bytes.Buffer
		code := Lab(t.Context(), tt.args, &stdout, &stderr, nil)
		if code != tt.code || !strings.Contains(stdout.String(), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("lab %v: code %d\n%s%s", tt.args, code, stdout.String(), stderr.String())
		}
	}
}

// serveScript is a JupyterLab's log and a trap for its end, as a shell script.
func serveScript(t *testing.T, body string) []string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("uses a shell script")
	}
	path := filepath.Join(t.TempDir(), "lab.sh")
	if err := os.WriteFile(path, []byte(body), 0o755); err != nil {
		t.Fatal(err)
	}
	return []string{"/bin/sh", path}
}

// serve shows the address, once something listens there, and warnings only; it
// ends JupyterLab gently.
func TestServe(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	argv := serveScript(t, `trap 'echo "[W 1 ServerApp] goodbye"; exit 0' TERM
echo "[I 1 LabApp] loading"
echo "[I 1 ServerApp] http://`+host+`/lab?token=abc" >&2
echo "[I 1 ServerApp]     http://[::1]:1/lab?token=abc"
echo "[W 1 ServerApp] careful"
while :; do sleep 0.1; done
`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out safeBuffer
	done := make(chan error, 1)
	go func() { done <- serve(ctx, argv, &out) }()
	time.Sleep(300 * time.Millisecond)
	if out.String() != "" {
		t.Errorf("shown before anything listens: %q", out.String())
	}
	if listener, err = net.Listen("tcp", host); err != nil {
		t.Skipf("the port was taken meanwhile: %v", err)
	}
	defer listener.Close()
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(out.String(), "careful"); {
		if time.Now().After(deadline) {
			t.Fatalf("after 10 s only: %q", out.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	want := "JupyterLab: http://" + host + "/lab?token=abc\n(Ctrl-C ends it)\n" +
		"[W 1 ServerApp] careful\n[W 1 ServerApp] goodbye\nJupyterLab has ended\n"
	if out.String() != want {
		t.Errorf("shown:\n%swant:\n%s", out.String(), want)
	}
}

// A JupyterLab that does not start leaves its last words.
func TestServeFails(t *testing.T) {
	argv := serveScript(t, `echo "[I 1 LabApp] loading"
echo "ERROR: the port 8888 is already in use" >&2
exit 1
`)
	var out safeBuffer
	err := serve(t.Context(), argv, &out)
	if err == nil || !strings.Contains(err.Error(), "port 8888 is already in use") {
		t.Errorf("got %v", err)
	}
	if out.String() != "" {
		t.Errorf("shown: %q", out.String())
	}
	err = serve(t.Context(), []string{filepath.Join(t.TempDir(), "nothing")}, &out)
	if err == nil || !strings.Contains(err.Error(), "cannot start JupyterLab") {
		t.Errorf("got %v", err)
	}
}

// Ctrl-C before JupyterLab is there is no failure of JupyterLab.
func TestServeStopsEarly(t *testing.T) {
	argv := serveScript(t, "exec sleep 60\n")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := serve(ctx, argv, &safeBuffer{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// Only a JupyterLab that is new enough is taken from PATH.
func TestLabOnPath(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("uses a shell script")
	}
	tests := []struct {
		body string
		want bool
	}{
		{"echo 4.2.5", true},
		{"echo 3.6.8", false},
		{"echo \"Jupyter command 'jupyter-lab' not found.\" >&2; exit 1", false},
		{"echo pyenv: jupyter: command not found >&2; exit 127", false},
		{"", false},
	}
	for _, tt := range tests {
		script(t, "jupyter", tt.body)
		if path, version, ok := labOnPath(t.Context()); ok != tt.want {
			t.Errorf("%q: %s %s %v", tt.body, path, version, ok)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, _, ok := labOnPath(t.Context()); ok {
		t.Error("found without PATH")
	}
}

func TestLabArgs(t *testing.T) {
	args := strings.Join(labArgs(labOptions{noBrowser: true, port: 9000, dir: "/tour"}), " ")
	for _, want := range []string{
		"--ServerApp.root_dir=/tour", "--no-browser", "--ServerApp.port=9000", "--ServerApp.port_retries=0",
		"--MultiKernelManager.default_kernel_name=sheaf",
	} {
		if !strings.Contains(args, want) {
			t.Errorf("no %s in %s", want, args)
		}
	}
	if strings.Contains(args, "--allow-root") != isRoot() {
		t.Errorf("root %v, arguments %s", isRoot(), args)
	}
	if args := strings.Join(labArgs(labOptions{dir: "/tour"}), " "); strings.Contains(args, "browser") || strings.Contains(args, "port") {
		t.Errorf("nothing asked for, arguments %s", args)
	}
}
