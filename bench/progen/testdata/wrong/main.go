// Command wrong stands for an interpreter with a defect: it runs a program as
// compiled Go does, but for shifts to the left, which go to the right, and
// refuses programs that name what WRONG_REFUSES says.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	src, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	if word := os.Getenv("WRONG_REFUSES"); word != "" && strings.Contains(string(src), word) {
		fmt.Fprintf(os.Stderr, "program.go:1:1: no %s here\n", word)
		os.Exit(1)
	}
	text := strings.ReplaceAll(string(src), " << ", " >> ")
	file, bin := filepath.Join(filepath.Dir(os.Args[2]), "wrong.go"), filepath.Join(filepath.Dir(os.Args[2]), "wrong.exe")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		panic(err)
	}
	if out, err := exec.Command("go", "build", "-o", bin, file).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s", out)
		os.Exit(1)
	}
	cmd := exec.Command(bin)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Run()
	os.Exit(cmd.ProcessState.ExitCode())
}
