package kernel

import (
	"os"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
	"github.com/shirou/gopsutil/v4/process"

	"github.com/sheaf-go/sheaf/kernel/internal/wire"
)

// A usageReply is what the kernel and the programs under it use of the machine,
// in the form of ipykernel, which is the only description there is, with the
// status that all replies have.
type usageReply struct {
	Status   string       `json:"status"`
	Hostname string       `json:"hostname"`
	PID      int          `json:"pid"`
	CPU      float64      `json:"kernel_cpu"`    // percent of one processor, since the request before
	Memory   uint64       `json:"kernel_memory"` // bytes
	HostCPU  *float64     `json:"host_cpu_percent,omitempty"`
	HostMem  *memoryUsage `json:"host_virtual_memory,omitempty"`
	CPUs     int          `json:"cpu_count,omitempty"`
}

type memoryUsage struct {
	Total     uint64  `json:"total"` // bytes, as are the others
	Available uint64  `json:"available"`
	Percent   float64 `json:"percent"`
	Used      uint64  `json:"used"`
	Free      uint64  `json:"free"`
}

// usage answers usage_request, which is not in the specification: the resource
// monitors of front ends send it.
func (k *kernel) usage(m *wire.Message) {
	k.around(m, func() { k.reply(k.control, m, k.meter.read()) })
}

// A meter remembers the processes that it has looked at, because their use of
// the processor is told between two looks.
type meter struct{ known map[int32]*process.Process }

func (u *meter) read() usageReply {
	r := usageReply{Status: ok, PID: os.Getpid()}
	r.Hostname, _ = os.Hostname()
	known := map[int32]*process.Process{}
	for _, pid := range family(int32(r.PID)) {
		p := u.known[pid]
		if p == nil {
			var err error
			if p, err = process.NewProcess(pid); err != nil {
				continue // it has ended
			}
		}
		known[pid] = p
		percent, _ := p.Percent(0)
		r.CPU += percent
		r.Memory += memoryOf(p)
	}
	u.known = known
	if all, err := cpu.Percent(0, false); err == nil && len(all) == 1 {
		r.HostCPU = &all[0]
	}
	if v, err := mem.VirtualMemory(); err == nil {
		r.HostMem = &memoryUsage{v.Total, v.Available, v.UsedPercent, v.Used, v.Free}
	}
	r.CPUs, _ = cpu.Counts(true)
	return r
}

// family lists a process and all that come from it.
func family(pid int32) []int32 {
	list := []int32{pid}
	for i := 0; i < len(list); i++ {
		if p, err := process.NewProcess(list[i]); err == nil {
			children, _ := p.Children()
			for _, c := range children {
				list = append(list, c.Pid)
			}
		}
	}
	return list
}
