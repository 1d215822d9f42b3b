// Command yaegi is the raw yaegi interpreter as a peer of the benchmarks of
// cells. It stands in a module of its own, so that measuring against yaegi asks
// nothing of ours.
//
//	yaegi PROGRAM.go                  runs a program
//	yaegi -session ../testdata        times cells of sessions, as
//	                                  ../session_test.go does
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

func main() {
	folder := flag.String("session", "", "folder of the cells to time sessions with")
	flag.Parse()
	var err error
	switch {
	case *folder != "":
		err = session(*folder)
	case flag.NArg() == 1:
		err = program(flag.Arg(0))
	default:
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "yaegi:", err)
		os.Exit(1)
	}
}

// program runs the program in a file. Its build constraint, which keeps it out
// of our module, must not keep it out of here.
func program(file string) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	i, err := start(interp.Options{BuildTags: []string{"ignore"}})
	if err != nil {
		return err
	}
	_, err = i.Eval(string(src))
	return err
}

func start(opts interp.Options) (*interp.Interpreter, error) {
	i := interp.New(opts)
	return i, i.Use(stdlib.Symbols)
}
