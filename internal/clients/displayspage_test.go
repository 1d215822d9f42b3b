package clients

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
)

var makePictures = flag.Bool("pictures", false, "make the pictures of docs/DISPLAYS.md")

// pageCell finds the cells of a page, whether they fail, and the picture that
// stands below.
var pageCell = regexp.MustCompile("(?s)\n```go( raises)?\n(.*?)\n```\n(?:!\\[[^]]+\\]\\(displays/([^)]+)\\))?")

// The cells of docs/DISPLAYS.md run as the page says, and its pictures are there.
func TestDisplaysPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "DISPLAYS.md"))
	if err != nil {
		t.Fatal(err)
	}
	var cells, fail []displayCell
	pictures := filepath.Join(root, "docs", "displays")
	for i, m := range pageCell.FindAllStringSubmatch(string(text), -1) {
		c := displayCell{m[3], m[2]}
		if c.name == "" {
			c.name = fmt.Sprintf("cell-%d", i)
		} else if info, err := os.Stat(filepath.Join(pictures, c.name)); !*makePictures && (err != nil || info.Size() > 150_000) {
			t.Errorf("docs/displays/%s: want a picture of at most 150,000 bytes; %v", c.name, err)
		}
		if cells = append(cells, c); m[1] != "" {
			fail = append(fail, c)
		}
	}
	if len(cells) < 4 || len(fail) != 1 {
		t.Fatalf("%d cells in the page, %d of which fail", len(cells), len(fail))
	}
	b := newBench(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "page.ipynb")
	writeNotebook(t, path, cells)
	if *makePictures {
		b.takePictures(t, dir, pictures)
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.bin, "run", "-allow-errors", path)
	cmd.Env = b.env
	out, _ := cmd.CombinedOutput() // the status says that one cell failed
	if ok, failed := strings.Count(string(out), "] ok "), strings.Count(string(out), "index out of range [3] with length 3"); ok != len(cells)-1 || failed == 0 {
		t.Errorf("of %d cells %d ran\n%s", len(cells), ok, out)
	}
}

// takePictures has a browser make the pictures of the page.
func (b *bench) takePictures(t *testing.T, dir, folder string) {
	t.Helper()
	browser, err := Chromium()
	needs.Have(t, err)
	modules, err := Playwright(t.Context(), testLog{t})
	needs.Have(t, err)
	b.env = append(b.env, "NODE_PATH="+modules)
	quietLab(t, b.env)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	var made []string
	b.browse(t, &made, "pictures.mjs", b.lab(t, dir), "page.ipynb", browser, folder)
}
