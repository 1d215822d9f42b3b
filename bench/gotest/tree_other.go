//go:build !linux

package main

import (
	"os"
	"os/exec"
	"time"
)

// treesKnown says that tree can see what processes take.
const treesKnown = false

// A processTree is a process; what it started, and what it takes, is not known
// on this system.
type processTree struct {
	pid      int
	resident int64
	cpu      time.Duration
}

func ownGroup(*exec.Cmd) {}

func tree(pid int) processTree { return processTree{pid: pid} }

func (t processTree) kill() {
	if p, err := os.FindProcess(t.pid); err == nil {
		p.Kill()
	}
}
