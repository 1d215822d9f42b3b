package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// treesKnown says that tree can see what processes take.
const treesKnown = true

// A processTree is a process and what it has started, as seen at one moment.
type processTree struct {
	pids     []int
	resident int64         // bytes
	cpu      time.Duration // of those that live
}

// ownGroup keeps signals of the terminal away from a program.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// tree looks at a process and its descendants in /proc. What has ended
// meanwhile is left out.
func tree(pid int) processTree {
	t := processTree{pids: []int{pid}}
	for i := 0; i < len(t.pids); i++ {
		dir := filepath.Join("/proc", strconv.Itoa(t.pids[i]))
		t.measure(dir)
		lists, _ := filepath.Glob(filepath.Join(dir, "task", "*", "children"))
		for _, list := range lists {
			text, _ := os.ReadFile(list)
			for _, word := range strings.Fields(string(text)) {
				if child, err := strconv.Atoi(word); err == nil {
					t.pids = append(t.pids, child)
				}
			}
		}
	}
	return t
}

// ticks is the unit of times in /proc, which Linux fixes at 100 a second.
const ticks = 100

func (t *processTree) measure(dir string) {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return
	}
	// The name, in parentheses, may hold anything; from the state on, fields are numbers.
	f := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(f) < 22 {
		return
	}
	number := func(i int) int64 {
		n, _ := strconv.ParseInt(string(f[i]), 10, 64)
		return n
	}
	t.cpu += time.Duration(number(11)+number(12)) * time.Second / ticks
	t.resident += number(21) * int64(os.Getpagesize())
}

// kill ends the processes, the oldest first.
func (t processTree) kill() {
	for _, pid := range t.pids {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}
