package cpu

import "golang.org/x/sys/cpu"

var best = detect()

func detect() Level {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		return AVX2
	}
	return Generic
}
