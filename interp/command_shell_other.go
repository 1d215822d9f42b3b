//go:build !unix

package interp

import "os/exec"

func groupOf(*exec.Cmd) {}

// endProgram ends the program; there is no way to ask it.
func endProgram(cmd *exec.Cmd, _ bool) { cmd.Process.Kill() }
