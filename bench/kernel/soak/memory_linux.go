package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v4/process"
)

// shareOf is a process's part of the memory that it shares with others, and all
// of its own.
func shareOf(p *process.Process) uint64 {
	if maps, err := p.MemoryMaps(true); err == nil && maps != nil && len(*maps) == 1 {
		return (*maps)[0].Pss << 10
	}
	return 0
}

// ownOf is what a process holds that is no file's.
func ownOf(p *process.Process) uint64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	size, _, _ := strings.Cut(rest, "kB")
	kb, _ := strconv.ParseUint(strings.TrimSpace(size), 10, 64)
	return kb << 10
}
