package clients

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// Every package of an oracle has its version pinned, or results would move.
func TestOraclesArePinned(t *testing.T) {
	names := Oracles()
	if !slices.Contains(names, "numpy") || !slices.Contains(names, "keras") {
		t.Errorf("the oracles are %v", names)
	}
	for _, name := range names {
		data, err := oracles.ReadFile(oracleDir + "/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") && strings.Count(line, "==") != 1 {
				t.Errorf("%s: %q names no version", name, line)
			}
		}
	}
	if _, err := Oracle(t.Context(), "abacus", testLog{t}); err == nil || !strings.Contains(err.Error(), "keras, numpy") {
		t.Errorf("an unknown oracle: %v", err)
	}
}

// A script gets its arguments, its output comes back, and a failure says why.
func TestScript(t *testing.T) {
	if testing.Short() {
		t.Skip("may have to make a Python environment; -short leaves it out")
	}
	env, err := Oracle(t.Context(), "numpy", testLog{t})
	needs.Have(t, err)
	script := filepath.Join(t.TempDir(), "script.py")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("import sys, numpy\nprint(numpy.arange(3).sum(), sys.argv[1])")
	if out, err := Script(t.Context(), env, script, "word"); err != nil || strings.TrimSpace(out) != "3 word" {
		t.Errorf("got %q, %v", out, err)
	}
	write("print('so far')\nraise ValueError('the reason')")
	if _, err := Script(t.Context(), env, script); err == nil || !strings.Contains(err.Error(), "so far") || !strings.Contains(err.Error(), "the reason") {
		t.Errorf("a failing script: %v", err)
	}
	write("import time\ntime.sleep(60)")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Script(ctx, env, script); err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("a script without end: %v", err)
	}
}

// The oracle of layers can build and run a network.
func TestKerasOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("may have to install TensorFlow; -short leaves it out")
	}
	env, err := Oracle(t.Context(), "keras", testLog{t})
	needs.Have(t, err)
	script := filepath.Join(t.TempDir(), "script.py")
	if err := os.WriteFile(script, []byte(`
import keras, tensorflow
model = keras.Sequential([keras.Input((28,))] + [keras.layers.Dense(n, kernel_initializer="ones") for n in (36, 14, 2)])
print(keras.backend.backend(), model.count_params(), float(model(tensorflow.ones((1, 28)))[0, 0]))
`), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := Script(t.Context(), env, script)
	if want := "tensorflow 1592 14112.0"; err != nil || strings.TrimSpace(out) != want {
		t.Errorf("got %q, %v, want %s", out, err, want)
	}
}
