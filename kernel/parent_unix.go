//go:build unix

package kernel

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"
)

// watchParent ends the kernel when the process that started it has ended.
// Jupyter names that process; without a name there is nobody to watch.
func (k *kernel) watchParent() {
	pid, err := strconv.Atoi(os.Getenv("JPY_PARENT_PID"))
	if err != nil || pid <= 1 {
		return
	}
	gone := func() bool { return os.Getppid() != pid }
	if gone() { // something stands between us: ask for the process itself
		gone = func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
	}
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if gone() {
				k.log.Printf("parent process %d has ended", pid)
				k.cancel()
				return
			}
		case <-k.ctx.Done():
			return
		}
	}
}
