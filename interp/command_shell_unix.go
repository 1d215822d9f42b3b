//go:build unix

package interp

import (
	"os/exec"
	"syscall"
)

// groupOf gives the program a process group of its own, so that an interrupt
// reaches its children and not this process.
func groupOf(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endProgram asks the program's group to end, or ends it. SIGINT would not do:
// this process ignores it, and its children have inherited that.
func endProgram(cmd *exec.Cmd, hard bool) {
	sig := syscall.SIGTERM
	if hard {
		sig = syscall.SIGKILL
	}
	syscall.Kill(-cmd.Process.Pid, sig)
}
