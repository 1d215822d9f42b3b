package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// harmless are the flags of Go's compiler that change how code is compiled or
// what is checked besides, and not what a correct program does. A name that
// ends in = stands for all values.
var harmless = []string{"-N", "-l", "-l=", "-m", "-m=", "-d=checkptr", "-d=checkptr=", "-d=ssa/", "-d=softfloat"}

// checkSettings refuses compiler flags and experiments under which a program
// means something else than it does here.
func checkSettings(gcflags string) error {
	for flag := range strings.FieldsSeq(strings.TrimPrefix(gcflags, "all=")) {
		if !slices.ContainsFunc(harmless, func(h string) bool {
			return flag == h || strings.ContainsAny(h[len(h)-1:], "=/") && strings.HasPrefix(flag, h)
		}) {
			return fmt.Errorf("-gcflags=%s is not interpreted: only flags that leave a program's meaning alone are (-N -l -m -d=checkptr -d=ssa/… -d=softfloat)", flag)
		}
	}
	_, built, _ := strings.Cut(runtime.Version(), "X:")
	if want := os.Getenv("GOEXPERIMENT"); want != "" && want != built {
		return fmt.Errorf("GOEXPERIMENT=%s is not interpreted: the experiments are those that Sheaf was built with (%s)", want, cmp.Or(built, "none"))
	}
	return nil
}
