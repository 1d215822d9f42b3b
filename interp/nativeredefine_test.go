package interp_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

var nativeSequences = flag.Int("native-sequences", 1, "how many random sequences of redefinitions to run compiled")

// symbols is the program of withSymbols, built once.
var symbols = sync.OnceValues(func() (bin string, err error) {
	if symbolsDir, err = os.MkdirTemp("", "interp-test-"); err != nil {
		return "", err
	}
	bin = filepath.Join(symbolsDir, "interp.test")
	if out, err := exec.Command("go", "test", "-c", "-o", bin, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s\n%w", out, err)
	}
	return bin, nil
})

var symbolsDir string

func TestMain(m *testing.M) {
	code := m.Run()
	if symbolsDir != "" {
		os.RemoveAll(symbolsDir)
	}
	os.Exit(code)
}

// withSymbols runs the test in a program that has a symbol table, which loaded
// code needs: what go test runs has none, what go test -c writes has. It is
// true in that program.
func withSymbols(t *testing.T) bool {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("functions are compiled on linux/amd64 only")
	}
	needs.Program(t, "go")
	const mark = "SHEAF_TEST_SYMBOLS"
	if os.Getenv(mark) != "" {
		return true
	}
	bin, err := symbols()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"-test.run=^" + t.Name() + "$", "-test.v"}
	flag.Visit(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") {
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	cmd := exec.Command(bin, args...)
	cmd.Env = append(os.Environ(), mark+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || strings.Contains(string(out), "--- SKIP") {
		t.Fatalf("%s\n%v", out, err)
	}
	if err != nil {
		t.Fatalf("%s", out)
	}
	return false
}

// TestNativeRedefinitions is TestRedefinitions with functions that are
// compiled before their cells run.
func TestNativeRedefinitions(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	for seed := range uint64(*nativeSequences) {
		d := &declarer{r: rand.New(rand.NewPCG(seed, 2))}
		var cells [][]declaration
		for step := range 25 {
			cells = append(cells, d.next(step == 0))
		}
		same(t, seed, cells, interp.Native)
	}
}

// newTierTalker is newTalker with a tier.
func newTierTalker(t *testing.T, tier interp.Tier) *talker {
	t.Helper()
	var out strings.Builder
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: &out, Stderr: io.Discard, Tier: tier})
	if err != nil {
		t.Fatal(err)
	}
	return &talker{t, s, &out, 0}
}

// tier is what %tier says.
func (k *talker) tier() string {
	var said heard
	k.s.Execute(context.Background(), show.Cell{Source: "%tier", Count: k.cell}, &said)
	return said.text
}

// heard keeps what is shown.
type heard struct {
	silent
	text string
}

func (h *heard) Display(d show.Display) { h.text += d.Bundle.PlainText() }
