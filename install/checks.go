package install

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// probeTime bounds one program that a check asks.
const probeTime = 30 * time.Second

// Checks are what this package can tell about a machine: the Go toolchain,
// compilers, Python, JupyterLab, the kernelspec, the GPU and the data folder.
func Checks() []Check {
	return []Check{
		{"system", checkSystem},
		{"Go toolchain", checkGo},
		{"cgo", checkCgo},
		{"Python", checkPython},
		{"JupyterLab", checkJupyter},
		{"kernelspec", checkKernelspec},
		{"GPU", checkGPU},
		{"data", checkData},
	}
}

// probe runs a program and returns its trimmed output.
func probe(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return strings.TrimSpace(string(out)), err
}

func checkSystem() (Status, string) {
	return OK, fmt.Sprintf("%s/%s, %d CPUs, sheaf built with %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

func checkGo() (Status, string) {
	if _, err := exec.LookPath("go"); err != nil {
		return Missing, "no `go` on PATH"
	}
	version, err := probe("go", "env", "GOVERSION")
	if err != nil {
		return Broken, "`go env` fails: " + err.Error()
	}
	if version != runtime.Version() {
		return OK, fmt.Sprintf("%s on PATH, sheaf was built with %s: only that one can compile cells", version, runtime.Version())
	}
	return OK, version + ", the one sheaf was built with"
}

func checkCgo() (Status, string) {
	var missing []string
	for _, tool := range []string{"gcc", "g++"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	if missing != nil {
		return Missing, "no " + strings.Join(missing, " and no ") + " on PATH: there is no SQL"
	}
	if enabled, err := probe("go", "env", "CGO_ENABLED"); err == nil && enabled != "1" {
		return Missing, "gcc and g++ are there, but cgo is off (CGO_ENABLED=" + enabled + ")"
	}
	return OK, "gcc and g++ on PATH"
}

func checkPython() (Status, string) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	py, err := findPython(ctx)
	if err != nil {
		return Missing, strings.TrimPrefix(err.Error(), ErrNoPython.Error()+": ") + " (only `sheaf lab` needs it)"
	}
	return OK, "Python " + py.version + " at " + py.path
}

func checkJupyter() (Status, string) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	if path, version, ok := labOnPath(ctx); ok {
		return OK, "JupyterLab " + version + " at " + path
	}
	if cache, err := CacheDir(); err == nil {
		made, _ := filepath.Glob(filepath.Join(cache, "jupyter-*", readyMarker)) // the pattern is well-formed
		if len(made) > 0 {
			return OK, "private one in " + filepath.Dir(made[0])
		}
	}
	return Missing, "none on PATH; `sheaf lab` makes a private one (needs Python and network, once)"
}

func checkKernelspec() (Status, string) {
	bin, ok, err := Installed(Options{})
	switch {
	case err != nil:
		return Broken, err.Error()
	case !ok:
		return Missing, "not installed for this user; `sheaf install` does it"
	}
	if info, err := os.Stat(bin); err != nil || info.IsDir() || runtime.GOOS != "windows" && info.Mode()&0o111 == 0 {
		return Broken, "it starts " + bin + ", which is not a program; `sheaf install` repairs it"
	}
	return OK, "starts " + bin
}

func checkGPU() (Status, string) {
	lib := findCUDA()
	_, err := exec.LookPath("nvidia-smi")
	switch {
	case lib != "":
		return OK, "CUDA driver at " + lib
	case err == nil:
		return Missing, "nvidia-smi is there, but no libcuda: training runs on the CPU"
	}
	return OK, "no GPU found; training runs on the CPU"
}

// findCUDA looks for the driver's library where distributions, containers and
// WSL put it. It opens nothing: loading a driver can take seconds.
func findCUDA() string {
	dirs := filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))
	name := "libcuda.so.1"
	if runtime.GOOS == "windows" {
		name = "nvcuda.dll"
		dirs = append(dirs, filepath.Join(os.Getenv("SystemRoot"), "System32"))
	}
	dirs = append(dirs, "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
		"/usr/lib/wsl/lib", "/usr/local/nvidia/lib64", "/usr/local/cuda/compat", "/run/opengl-driver/lib")
	for _, d := range dirs {
		if path := filepath.Join(d, name); d != "" && isFile(path) {
			return path
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func checkData() (Status, string) {
	if dir := os.Getenv("SHEAF_DATA"); dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return Broken, "SHEAF_DATA=" + dir + " is not a folder"
		}
		return OK, "SHEAF_DATA=" + dir
	}
	cache, err := CacheDir()
	if err != nil {
		return Missing, err.Error()
	}
	dir := filepath.Join(cache, "data")
	files, err := os.ReadDir(dir)
	if err != nil {
		return OK, "nothing in " + dir + " yet; files come there when first asked for"
	}
	return OK, fmt.Sprintf("%d files in %s", len(files), dir)
}
