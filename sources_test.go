package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/stdlib"
)

// TestSources: what the go command compiles for the packages that cells can
// import is what the binary carries, no less and no other packages.
func TestSources(t *testing.T) {
	const module = "github.com/sheaf-go/sheaf"
	args := []string{"list", "-deps", "-json=ImportPath,Dir,GoFiles,CgoFiles,SFiles,HFiles,CFiles,EmbedFiles", module + "/stdlib/internal/twin", module + "/internal/ccall"}
	for _, p := range stdlib.Library().Paths() {
		if strings.HasPrefix(p, module+"/") {
			args = append(args, p)
		}
	}
	out, err := exec.Command(needs.Program(t, "go"), args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := []string{"tables/datum/data"}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir                                       string
			GoFiles, CgoFiles, SFiles, HFiles, CFiles, EmbedFiles []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		dir, ours := strings.CutPrefix(p.ImportPath, module+"/")
		if !ours {
			continue
		}
		dirs = append(dirs, dir)
		for _, f := range slices.Concat(p.GoFiles, p.CgoFiles, p.SFiles, p.HFiles, p.CFiles, p.EmbedFiles) {
			want, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := fs.ReadFile(sources, path.Join(dir, f)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("sources.go does not embed %s/%s, which cells are compiled against: %v", dir, f, err)
			}
		}
	}
	err = fs.WalkDir(sources, ".", func(name string, d fs.DirEntry, err error) error {
		if dir := path.Dir(name); !d.IsDir() && dir != "." && !slices.Contains(dirs, dir) {
			t.Errorf("sources.go embeds %s, which no cell is compiled against", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
