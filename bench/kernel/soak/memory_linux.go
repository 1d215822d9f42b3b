package main

import "github.com/shirou/gopsutil/v4/process"

// shareOf is a process's part of the memory that it shares with others, and all
// of its own.
func shareOf(p *process.Process) uint64 {
	if maps, err := p.MemoryMaps(true); err == nil && maps != nil && len(*maps) == 1 {
		return (*maps)[0].Pss << 10
	}
	return 0
}
