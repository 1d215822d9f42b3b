package pkgs

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// An Env is the settings of the go command that matter here, as it has them.
type Env struct {
	ModCache string // GOMODCACHE
	Proxy    string // GOPROXY
	SumDB    string // GOSUMDB
	NoProxy  string // GONOPROXY
	NoSumDB  string // GONOSUMDB
	Config   string // the folder of what is known of checksum databases
}

// Environment reads the settings where the go command does: in the
// environment, in the user's file (go env -w) and in that of a Go release on
// this machine.
func Environment() Env {
	user, release := map[string]string{}, map[string]string{}
	if file := os.Getenv("GOENV"); file != "off" {
		if file == "" {
			if dir, err := os.UserConfigDir(); err == nil {
				file = filepath.Join(dir, "go", "env")
			}
		}
		user = settings(file)
	}
	if root := goroot(); root != "" {
		release = settings(filepath.Join(root, "go.env"))
	}
	get := func(name, otherwise string) string {
		for _, v := range []string{os.Getenv(name), user[name], release[name]} {
			if v != "" {
				return v
			}
		}
		return otherwise
	}
	home, _ := os.UserHomeDir()
	gopath := filepath.SplitList(get("GOPATH", filepath.Join(home, "go")))[0]
	private := get("GOPRIVATE", "")
	return Env{
		ModCache: get("GOMODCACHE", filepath.Join(gopath, "pkg", "mod")),
		Proxy:    get("GOPROXY", ""),
		SumDB:    get("GOSUMDB", ""),
		NoProxy:  get("GONOPROXY", private),
		NoSumDB:  get("GONOSUMDB", private),
		Config:   filepath.Join(gopath, "pkg", "sumdb"),
	}
}

// goroot is the folder of a Go release on this machine, "" if there is none.
func goroot() string {
	roots := []string{os.Getenv("GOROOT")}
	if p, err := exec.LookPath("go"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			roots = append(roots, filepath.Dir(filepath.Dir(p)))
		}
	}
	//lint:ignore SA1019 the folder of the release that built this program is one more to look in
	roots = append(roots, runtime.GOROOT())
	for _, r := range roots {
		if r != "" {
			if _, err := os.Stat(filepath.Join(r, "go.env")); err == nil {
				return r
			}
		}
	}
	return ""
}

// settings reads the lines NAME=VALUE of a file; a missing one has none.
func settings(file string) map[string]string {
	m := map[string]string{}
	data, err := os.ReadFile(file)
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(data)) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(k, "#") {
			m[k] = v
		}
	}
	return m
}
