package interp

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

// A session may take three quarters of the machine's memory, or what %limit
// mem says. A cell that would take more ends with that as its cause: before a
// big slice is made, and else when a watch finds that the heap has grown.

// machineMemory is how much memory this process can have at most, in bytes:
// the machine's, or what its control group may take; 0: not known.
func machineMemory() int64 {
	total := int64(0)
	if f, err := os.Open("/proc/meminfo"); err == nil {
		defer f.Close()
		for sc := bufio.NewScanner(f); sc.Scan(); {
			if rest, ok := strings.CutPrefix(sc.Text(), "MemTotal:"); ok {
				kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
				total = kb << 10
				break
			}
		}
	}
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(name); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && (total == 0 || n < total) {
				total = n
			}
		}
	}
	return total
}

// defaultMemoryLimit is three quarters of the machine; none where its memory
// is not known.
func defaultMemoryLimit() int64 {
	if total := machineMemory(); total > 0 {
		return total / 4 * 3
	}
	return math.MaxInt64
}

// setMemoryLimit bounds what the session may hold: a cell that goes beyond is
// ended. Garbage may come on top, an eighth: with less room the collector would
// do nothing but collect before the limit is reached.
func (s *Session) setMemoryLimit(bytes int64) {
	s.memoryLimit.Store(bytes)
	debug.SetMemoryLimit(bytes + min(bytes/8, math.MaxInt64-bytes))
}

// memoryUsed is what the program holds of the machine's memory, in bytes.
func memoryUsed() int64 {
	m := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(m)
	return int64(m[0].Value.Uint64() - m[1].Value.Uint64() - m[2].Value.Uint64())
}

// memoryHeld is memoryUsed without garbage, as the collector saw it last.
func memoryHeld() int64 {
	m := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	used := memoryUsed()
	metrics.Read(m)
	return used - max(int64(m[0].Value.Uint64()-m[1].Value.Uint64()), 0)
}

// collections is how often the collector has been through the heap.
func collections() uint64 {
	m := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(m)
	return m[0].Value.Uint64()
}

// allow is asked before n bytes are allocated at once.
func (s *Session) allow(n uintptr) {
	limit := s.memoryLimit.Load()
	if limit == math.MaxInt64 || n < 1<<62 && memoryUsed()+int64(n) <= limit {
		return
	}
	runtime.GC()
	if used := memoryUsed(); n > 1<<62 || used+int64(n) > limit {
		panic(memoryError{fmt.Errorf("%w: %s at once beside %s that the session holds are more than its limit of %s (%%limit mem)",
			engine.ErrOutOfMemory, SizeText(int64(n)), SizeText(used), SizeText(limit))})
	}
}

// A memoryError is the panic of an allocation that is not allowed; as with
// compiled Go's, cells cannot recover it.
type memoryError struct{ error }

// Fatal implements engine.Fatal.
func (e memoryError) Fatal() {}

// Unwrap gives errors.Is and errors.As the cause.
func (e memoryError) Unwrap() error { return e.error }

// memoryTick is how often a running cell's memory is looked at.
const memoryTick = 20 * time.Millisecond

// watchMemory ends the run when it takes the session beyond its limit. Of what
// earlier cells hold it is given a tenth more to work with. Where the cell
// does not end and memory goes on growing, the process has to.
func (s *Session) watchMemory(run *engine.Run, over <-chan struct{}) {
	tick := time.NewTicker(memoryTick)
	defer tick.Stop()
	begin, cycles := memoryUsed(), collections()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
		}
		limit := s.memoryLimit.Load()
		if limit == math.MaxInt64 {
			continue
		}
		limit = max(limit, begin+begin/10)
		if memoryHeld() <= limit && memoryUsed() <= limit+limit/4 {
			cycles = collections()
			continue // what is more may be garbage
		}
		// A collection now is late where one has just ended: the cell goes on growing.
		if memoryHeld() <= limit || collections() == cycles {
			runtime.GC()
		}
		used := memoryUsed()
		if used <= limit {
			continue
		}
		why := fmt.Errorf("%w: the session holds %s, more than its limit of %s (%%limit mem)", engine.ErrOutOfMemory, SizeText(used), SizeText(s.memoryLimit.Load()))
		run.End(fmt.Errorf("%w; variables keep their values: set those that are not needed to nil", why), nil)
		if s.cfg.Fatal != nil && !s.settles(limit, over) {
			s.cfg.Fatal(why.Error())
		}
		return
	}
}

// settles reports whether a cell that has been told to end for its memory does
// so before that has grown by another quarter.
func (s *Session) settles(limit int64, over <-chan struct{}) bool {
	for !waitOr(over, memoryTick) {
		if memoryUsed() > limit+limit/4 && !waitOr(over, patience) {
			return false
		}
	}
	return true
}
