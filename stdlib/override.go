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
func override(all map[string]map[string]reflect.Value) {
	all["os/os"]["Exit"] = reflect.ValueOf(func(code int) { panic(interp.Exit(code)) })
	if own, ok := all["syscall/syscall"]; ok {
		own["Exit"] = all["os/os"]["Exit"]
	}
	all["os/os"]["FindProcess"] = reflect.ValueOf(findProcess)
	lg := all["log/log"]
	lg["Fatal"] = reflect.ValueOf(func(v ...any) { fatal(fmt.Sprint(v...)) })
	lg["Fatalf"] = reflect.ValueOf(func(f string, v ...any) { fatal(fmt.Sprintf(f, v...)) })
	lg["Fatalln"] = reflect.ValueOf(func(v ...any) { fatal(fmt.Sprintln(v...)) })
}

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
