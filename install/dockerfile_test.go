package install

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The Dockerfile is not built by tests; this reads it and compares it with what
// it is made from: go.mod's Go, the pinned packages, `sheaf install`, the port.
func TestLEC19Dockerfile(t *testing.T) {
	stages, lines := dockerfile(t)
	gomod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(gomod)
	if goVersion == nil {
		t.Fatal("go.mod has no go line")
	}
	if len(stages) != 2 {
		t.Fatalf("stages %v, want one that builds and one that runs", stages)
	}
	for _, image := range stages {
		if want := "golang:" + string(goVersion[1]) + "-"; !strings.HasPrefix(image, want) {
			t.Errorf("FROM %s, but go.mod is for Go %s", image, goVersion[1])
		}
	}
	for _, want := range []string{
		`^RUN go build -o /out/sheaf \.$`,
		`^COPY --from=build /out/sheaf /usr/local/bin/sheaf$`,
		`pip install .*-r /tmp/requirements\.txt`,
		`^RUN sheaf install --prefix /opt/jupyter$`,
		`^ENV PATH=/opt/jupyter/bin:`,
		`^EXPOSE 8888$`,
		`^USER [a-z]+$`,
	} {
		if !regexp.MustCompile("(?m)" + want).MatchString(strings.Join(lines, "\n")) {
			t.Errorf("no instruction matches %s", want)
		}
	}
	copied(t, lines)
	command(t, lines[len(lines)-1])
}

// dockerfile reads the instructions, continued lines joined, and the images
// that the stages start from.
func dockerfile(t *testing.T) (stages, lines []string) {
	t.Helper()
	data, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.ReplaceAll(string(data), "\\\n", "")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		lines = append(lines, line)
		if f := strings.Fields(line); f[0] == "FROM" {
			stages = append(stages, f[1])
		}
	}
	return stages, lines
}

// copied checks that what is copied from the checkout is there.
func copied(t *testing.T, lines []string) {
	t.Helper()
	requirements := false
	for _, line := range lines {
		f := strings.Fields(line)
		if f[0] != "COPY" || strings.HasPrefix(f[1], "--from=") {
			continue
		}
		for _, src := range f[1 : len(f)-1] {
			if strings.HasPrefix(src, "--") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", src)); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			requirements = requirements || src == "install/requirements.txt"
		}
	}
	if !requirements {
		t.Error("the pinned requirements are not copied")
	}
}

// command checks that the container starts JupyterLab, reachable from outside.
func command(t *testing.T, line string) {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "CMD ")
	if !ok {
		t.Fatalf("the last instruction is %q, want CMD", line)
	}
	var argv []string
	if err := json.Unmarshal([]byte(rest), &argv); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	said := strings.Join(argv, " ")
	for _, want := range []string{"jupyter lab", "--ip=0.0.0.0", "--port=8888", "default_kernel_name=" + kernelName} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
}
