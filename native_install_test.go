package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/sheaf-go/sheaf/internal/layers"
	"github.com/sheaf-go/sheaf/internal/needs"
)

// onlyNative skips where cells are not compiled, and in short runs: these tests
// build the whole command.
func onlyNative(t *testing.T) (tool, root string) {
	t.Helper()
	if runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" {
		t.Skip("cells are compiled on linux/amd64 only")
	}
	if testing.Short() {
		t.Skip("builds the whole command once more")
	}
	root, err := layers.Root()
	if err != nil {
		t.Fatal(err)
	}
	return needs.Program(t, "go"), root
}

func goEnv(t *testing.T, tool, name string) string {
	t.Helper()
	out, err := exec.Command(tool, "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// ran runs a program and gives what it printed.
func ran(t *testing.T, dir string, env []string, input, path string, args ...string) string {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, append(os.Environ(), env...), strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", path, args, err, out)
	}
	return string(out)
}

// TestInstalled has the go command install the module as users do, from a proxy
// that serves this tree, and runs a notebook with Sheaf's packages in compiled
// cells, in a folder whose own settings for Go would break every build.
func TestInstalled(t *testing.T) {
	tool, root := onlyNative(t)
	const release = "v0.0.1"
	at, proxy, bin := module.Version{Path: layers.Module, Version: release}, t.TempDir(), t.TempDir()
	dir := filepath.Join(proxy, layers.Module, "@v")
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	put(filepath.Join(dir, "list"), release+"\n")
	put(filepath.Join(dir, release+".info"), `{"Version":"`+release+`"}`)
	put(filepath.Join(dir, release+".mod"), string(mod))
	z, err := os.Create(filepath.Join(dir, release+".zip"))
	if err == nil {
		err = modzip.CreateFromDir(z, at, root)
		z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	mods := t.TempDir()
	env := []string{
		"GOPROXY=file://" + proxy + ",file://" + filepath.Join(goEnv(t, tool, "GOMODCACHE"), "cache", "download"), "GOSUMDB=off", "GOWORK=off",
		"GOMODCACHE=" + mods, "GOCACHE=" + goEnv(t, tool, "GOCACHE"), "GOBIN=" + bin, "GOFLAGS=-modcacherw",
	}
	// With -trimpath, so that the folders of this test do not make every package
	// of every module another one.
	ran(t, t.TempDir(), env, "", tool, "install", "-trimpath", layers.Module+"@"+release)

	work := t.TempDir()
	put(filepath.Join(work, "go.mod"), "module example.com/theirs\n\ngo 1.21\n\nrequire example.com/none v1.0.0\n")
	put(filepath.Join(work, "go.work"), "no go.work\n")
	put(filepath.Join(work, "day.ipynb"), notebook(t,
		"t := tables.Empty(100).Update(\"A = sqrt(i)\", \"B = -sqrt(sqrt(i))\")",
		"func sum(x *tensor.Tensor) []float64 {\n\tout := make([]float64, x.Shape()[0])\n\tfor i := range out {\n\t\tout[i] = x.Float64At(i, 0) + x.Float64At(i, 1)\n\t}\n\treturn out\n}",
		"result := learn.Learn(t, sum, learn.Batch(40), learn.In(gather.Float64, \"A\", \"B\"), learn.Out(\"C\", scatter.Column, tables.Float64))",
		"func total(t *tables.Table) (s float64) {\n\tfor _, c := range t.Float64s(\"C\") {\n\t\ts += c\n\t}\n\treturn s\n}\n\nfmt.Printf(\"%.6f\\n\", total(result))",
		"func picture(t *tables.Table) any { return plots.Line(t, \"A\", \"C\", plots.Title(\"C = A + B\")) }\n\npicture(result)",
		"%tier",
	))
	env = []string{
		"GOPROXY=off", "GOFLAGS=-mod=vendor", "GOWORK=" + filepath.Join(work, "go.work"), "GOMODCACHE=" + mods, "GOCACHE=" + goEnv(t, tool, "GOCACHE"),
		"XDG_CACHE_HOME=" + t.TempDir(), "SHEAF_GO=" + tool,
	}
	ran(t, work, env, "", filepath.Join(bin, "sheaf"), "run", "--tier=native", "-o", "out.ipynb", "day.ipynb")
	done, err := os.ReadFile(filepath.Join(work, "out.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"410.381666", "compiled sum in", "compiled total in", "compiled picture in", "image/svg+xml"} {
		if !strings.Contains(string(done), want) {
			t.Errorf("the notebook has no %q", want)
		}
	}
	if strings.Contains(string(done), "interpreted") {
		t.Errorf("cells were interpreted:\n%s", done)
	}
}

// notebook is a notebook of cells with code.
func notebook(t *testing.T, cells ...string) string {
	t.Helper()
	type cell map[string]any
	nb := map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}}
	var list []cell
	for _, source := range cells {
		list = append(list, cell{"cell_type": "code", "execution_count": nil, "metadata": map[string]any{}, "outputs": []any{}, "source": source})
	}
	nb["cells"] = list
	text, err := json.Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBuiltOtherwise builds the command without symbols, of which a line tells,
// and without cgo, which cells do not need.
func TestBuiltOtherwise(t *testing.T) {
	tool, root := onlyNative(t)
	const cells = "func f(n int) int { s := 0; for i := range n { s += i }; return s }\nf(100)\n%tier\n"
	for _, test := range []struct {
		name string
		env  string
		flag string
		said string // by %tier
	}{
		{"stripped", "CGO_ENABLED=" + goEnv(t, tool, "CGO_ENABLED"), "-ldflags=-s", "tier native, but functions are interpreted: loader: SHEAF: the program has no symbol table (it was linked with -s)\n"},
		{"no cgo", "CGO_ENABLED=0", "-ldflags=-w", ": compiled f in "},
	} {
		t.Run(test.name, func(t *testing.T) {
			sheaf := filepath.Join(t.TempDir(), "sheaf")
			ran(t, root, []string{test.env}, "", tool, "build", test.flag, "-o", sheaf, ".")
			out := ran(t, t.TempDir(), []string{"XDG_CACHE_HOME=" + t.TempDir()}, cells, sheaf, "repl", "--tier=native")
			out = strings.ReplaceAll(out, sheaf, "SHEAF")
			if !strings.HasPrefix(out, "4950\n") || !strings.Contains(out, test.said) {
				t.Errorf("got\n%s\nwant 4950 and %q", out, test.said)
			}
		})
	}
}
