package kernel

import "github.com/shirou/gopsutil/v4/process"

// memoryOf is a process's part of the memory that it shares with others, and
// all of its own; where that is not known, what it has in memory.
func memoryOf(p *process.Process) uint64 {
	if maps, err := p.MemoryMaps(true); err == nil && maps != nil && len(*maps) == 1 && (*maps)[0].Pss > 0 {
		return (*maps)[0].Pss << 10
	}
	if info, err := p.MemoryInfo(); err == nil {
		return info.RSS
	}
	return 0
}
