package install

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// lock does nothing here: two makers of one environment at the same time are
// not expected on a desktop.
func lock(context.Context, string) (unlock func(), err error) { return func() {}, nil }

// ownGroup keeps a Ctrl-C in the console from reaching the program itself.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// askToEnd ends a program: there is no gentler way on Windows.
func askToEnd(p *os.Process) error { return p.Kill() }

// isRoot is about a superuser that Windows does not have.
func isRoot() bool { return false }
