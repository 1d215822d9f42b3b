package install

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDataDir(t *testing.T) {
	tests := []struct {
		goos string
		env  map[string]string
		want string // "" is an error
	}{
		{"linux", map[string]string{"HOME": "/home/ann"}, "/home/ann/.local/share/jupyter"},
		{"linux", map[string]string{"HOME": "/home/ann", "XDG_DATA_HOME": "/data"}, "/data/jupyter"},
		{"freebsd", map[string]string{"HOME": "/home/ann"}, "/home/ann/.local/share/jupyter"},
		{"darwin", map[string]string{"HOME": "/Users/ann", "XDG_DATA_HOME": "/data"}, "/Users/ann/Library/Jupyter"},
		{"windows", map[string]string{"APPDATA": "/ann/Roaming", "USERPROFILE": "/ann"}, "/ann/Roaming/jupyter"},
		{"windows", map[string]string{"USERPROFILE": "/ann"}, "/ann/.jupyter/data"},
		{"linux", map[string]string{"HOME": "/home/ann", "JUPYTER_DATA_DIR": "/mine"}, "/mine"},
		{"darwin", map[string]string{"JUPYTER_DATA_DIR": "/mine"}, "/mine"},
		{"linux", nil, ""},
		{"windows", nil, ""},
	}
	for _, tt := range tests {
		got, err := dataDir(tt.goos, func(k string) string { return tt.env[k] })
		if (err != nil) != (tt.want == "") {
			t.Errorf("%s %v: error %v", tt.goos, tt.env, err)
			continue
		}
		if filepath.ToSlash(got) != tt.want {
			t.Errorf("%s %v: got %s, want %s", tt.goos, tt.env, got, tt.want)
		}
	}
}

func TestLabDir(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tour := filepath.Join(dir, "notebooks", "tour")
	deep := filepath.Join(dir, "a", "b")
	for _, d := range []string{tour, deep} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	check := func(from, asked, want string) {
		t.Helper()
		t.Chdir(from)
		if got, err := labDir(asked); err != nil || got != want {
			t.Errorf("in %s, asked for %q: got %s, %v; want %s", from, asked, got, err, want)
		}
	}
	check(deep, "", deep)
	writeFile(t, filepath.Join(dir, "go.mod"), "// other things first\nmodule github.com/sheaf-go/sheaf\n\ngo 1.26\n")
	check(deep, "", tour)
	check(dir, "", tour)
	check(dir, "a", filepath.Join(dir, "a"))
	writeFile(t, filepath.Join(dir, "go.mod"), "module example.com/other\n")
	check(deep, "", deep)
	for _, bad := range []string{"go.mod", "nothing"} {
		t.Chdir(dir)
		if got, err := labDir(bad); err == nil {
			t.Errorf("asked for %q: got %s, want an error", bad, got)
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
