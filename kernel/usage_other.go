//go:build !linux

package kernel

import "github.com/shirou/gopsutil/v4/process"

// memoryOf is what a process has in memory.
func memoryOf(p *process.Process) uint64 {
	if info, err := p.MemoryInfo(); err == nil {
		return info.RSS
	}
	return 0
}
