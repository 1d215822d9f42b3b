package worker

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const handlesEnv = "SHEAF_SESSION_PIPES"

// attach lets the worker inherit the handles of the two pipes and names them
// in its environment.
func attach(cmd *exec.Cmd, requests, events *os.File) {
	r, e := syscall.Handle(requests.Fd()), syscall.Handle(events.Fd())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		AdditionalInheritedHandles: []syscall.Handle{r, e},
		CreationFlags:              syscall.CREATE_NEW_PROCESS_GROUP,
	}
	cmd.Env = append(cmd.Environ(), fmt.Sprintf("%s=%d,%d", handlesEnv, r, e))
}

// inherited opens the pipes that attach has passed.
func inherited() (requests, events *os.File, err error) {
	var r, e uint64
	if _, err := fmt.Sscanf(os.Getenv(handlesEnv), "%d,%d", &r, &e); err != nil {
		return nil, nil, errors.New("its pipes are missing: " + strconv.Quote(os.Getenv(handlesEnv)))
	}
	return os.NewFile(uintptr(r), "requests"), os.NewFile(uintptr(e), "events"), nil
}

// kill ends the worker.
func (p *process) kill() {
	p.cmd.Process.Kill()
	p.mu.Lock()
	defer p.mu.Unlock()
	endGroups(p.groups)
}

// endGroups ends programs that commands have started.
func endGroups(pids map[int]bool) {
	for pid := range pids {
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	}
}

// endGroup does nothing: there is no process group to end.
func endGroup() {}

// end waits for what the worker has written before it ended, but not for long:
// programs that it has started may hold the stream open.
func (o *output) end() {
	select {
	case <-o.done:
	case <-time.After(time.Second):
		o.f.Close()
	}
}

// duplicate makes another handle of a file, which no program inherits.
func duplicate(fd uintptr) (uintptr, error) {
	self, err := syscall.GetCurrentProcess()
	if err != nil {
		return 0, err
	}
	var h syscall.Handle
	err = syscall.DuplicateHandle(self, syscall.Handle(fd), self, &h, 0, false, syscall.DUPLICATE_SAME_ACCESS)
	return uintptr(h), err
}

// again gives a handle of the file that spare is one of.
func again(spare, _ uintptr) (uintptr, error) { return duplicate(spare) }

func ignoreInterrupts() { signal.Ignore(os.Interrupt) }

// read delivers until the stream ends.
func (o *output) read() {
	defer close(o.done)
	buf := make([]byte, 256<<10)
	for {
		n, err := o.f.Read(buf)
		o.mu.Lock()
		if n > 0 {
			o.take(buf[:n])
		}
		o.mu.Unlock()
		if err != nil {
			break
		}
	}
	o.finish()
}

// drain waits a moment: pipes here cannot be read without blocking.
func (o *output) drain() { time.Sleep(5 * time.Millisecond) }
