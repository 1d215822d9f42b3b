package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var (
	programs = flag.Int("programs", 60, "how many programs the comparison with sheaf runs")
	seed     = flag.Uint64("seed", 1, "seed of the first of them")
	binary   = flag.String("sheaf", "", "the sheaf binary (default: built from this module)")
)

// TestSheafAgrees runs a sample of random programs through sheaf and as
// compiled Go: any difference is a failure.
func TestSheafAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds sheaf and a batch of programs")
	}
	var out strings.Builder
	o := options{n: *programs, seed: *seed, sheaf: *binary, jobs: 2, batch: 100, out: t.TempDir(), shrink: 2, shrinkTime: 10 * time.Second}
	equal, err := compare(context.Background(), &out, o)
	if err != nil {
		t.Fatal(err)
	}
	if !equal {
		t.Error(out.String())
	}
	t.Log(out.String())
}

// wrong builds the command that has a known defect.
func wrong(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "wrong.exe")
	if out, err := exec.Command("go", "build", "-o", bin, filepath.Join("testdata", "wrong", "main.go")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

const shifted = `package main

import (
	"fmt"
)

func helper(n int) int {
	if n > 3 {
		return n * 2
	}
	return n
}

func odd(n int) int {
	x := helper(n)
	x = x << 3
	fmt.Println("odd")
	return x
}

func main() {
	fmt.Println("start", helper(7))
	fmt.Println(odd(9))
	fmt.Println("end")
}
`

// TestFindsAndShrinksSilentDifference: a defect of an interpreter is seen,
// called by its name, and little more than its cause is left of the program.
func TestFindsAndShrinksSilentDifference(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "program.go")
	if err := os.WriteFile(file, []byte(shifted), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	o := options{n: 1, file: file, sheaf: wrong(t), jobs: 1, batch: 1, out: filepath.Join(dir, "out"), shrink: 1, shrinkTime: time.Minute}
	equal, err := compare(context.Background(), &out, o)
	if err != nil || equal {
		t.Fatalf("equal %v, error %v, want a difference\n%s", equal, err, out.String())
	}
	if !strings.Contains(out.String(), "1 silent") || !strings.Contains(out.String(), "compiled: 144") {
		t.Errorf("the report does not show the difference:\n%s", out.String())
	}
	small, err := os.ReadFile(filepath.Join(o.out, "silent-000000.shrunk.go.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(small), "<<") || strings.Contains(string(small), `"end"`) || strings.Contains(string(small), "n * 2") {
		t.Errorf("not shrunk to what matters:\n%s", small)
	}
}

// TestFindsLoudDifference: a refusal is told apart from a wrong result, also
// in generated programs.
func TestFindsLoudDifference(t *testing.T) {
	t.Setenv("WRONG_REFUSES", "package main")
	var out strings.Builder
	o := options{n: 3, seed: 5, sheaf: wrong(t), jobs: 2, batch: 2, out: filepath.Join(t.TempDir(), "out")}
	equal, err := compare(context.Background(), &out, o)
	if err != nil || equal {
		t.Fatalf("equal %v, error %v, want differences", equal, err)
	}
	if !strings.Contains(out.String(), "0 equal 0 silent 3 loud") || !strings.Contains(out.String(), "loud: no package main here") {
		t.Errorf("report:\n%s", out.String())
	}
}

func TestOptions(t *testing.T) {
	for want, o := range map[string]options{
		"at least 1":                  {n: 0, jobs: 1, batch: 1},
		"no part of a program begins": {n: 1, jobs: 1, batch: 1, only: "nothing", sheaf: "x"},
		"no such file":                {n: 1, jobs: 1, batch: 1, file: "none.go", sheaf: "x"},
	} {
		if _, err := compare(context.Background(), &strings.Builder{}, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}
