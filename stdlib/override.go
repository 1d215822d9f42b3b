package stdlib

import (
	"errors"
	"fmt"
	"log"
	"os"
	"reflect"

	"github.com/sheaf-go/sheaf/interp"
)

// override replaces what would end the session's process: a cell that exits
// ends itself.
func override(path string, symbols map[string]reflect.Value) {
	switch path {
	case "os":
		symbols["Exit"] = reflect.ValueOf(exit)
		symbols["FindProcess"] = reflect.ValueOf(findProcess)
	case "syscall":
		symbols["Exit"] = reflect.ValueOf(exit)
	case "log":
		symbols["Fatal"] = reflect.ValueOf(func(v ...any) { fatal(fmt.Sprint(v...)) })
		symbols["Fatalf"] = reflect.ValueOf(func(f string, v ...any) { fatal(fmt.Sprintf(f, v...)) })
		symbols["Fatalln"] = reflect.ValueOf(func(v ...any) { fatal(fmt.Sprintln(v...)) })
	}
}

func exit(code int) { panic(interp.Exit(code)) }

func fatal(msg string) {
	log.Output(3, msg)
	panic(interp.Exit(1))
}

var errSelf = errors.New("os: the session's own process is not to be had in a cell")

func findProcess(pid int) (*os.Process, error) {
	if pid == os.Getpid() {
		return nil, errSelf
	}
	return os.FindProcess(pid)
}
