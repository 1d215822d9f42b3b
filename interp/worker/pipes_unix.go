//go:build unix

package worker

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sheaf-go/sheaf/internal/direct"
)

// attach passes the request and event pipes as descriptors 3 and 4 and puts
// the worker into a process group of its own, where the terminal's Ctrl-C does
// not reach it.
func attach(cmd *exec.Cmd, requests, events *os.File) {
	cmd.ExtraFiles = []*os.File{requests, events}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// inherited opens the pipes that attach has passed.
func inherited() (requests, events *os.File, err error) {
	for fd := 3; fd <= 4; fd++ {
		var st syscall.Stat_t
		if err := syscall.Fstat(fd, &st); err != nil {
			return nil, nil, errors.New("its pipes are missing")
		}
		if st.Mode&syscall.S_IFMT != syscall.S_IFIFO {
			return nil, nil, errors.New("descriptors 3 and 4 are no pipes")
		}
		syscall.CloseOnExec(fd)
		syscall.SetNonblock(fd, true)
	}
	return os.NewFile(3, "requests"), os.NewFile(4, "events"), nil
}

// kill ends the worker and what its cells have started, unless that has left
// the worker's process group and those of its commands.
func (p *process) kill() {
	select {
	case <-p.dead: // its number may be another's by now
		return
	default:
	}
	if syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) != nil {
		p.cmd.Process.Kill()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	endGroups(p.groups)
}

// endGroups ends programs that commands have started in groups of their own.
func endGroups(pids map[int]bool) {
	for pid := range pids {
		syscall.Kill(-pid, syscall.SIGKILL)
	}
}

// endGroup ends this process and what its cells have started, as kill does, for
// a worker whose client has died. It returns where there is no such group.
func endGroup() {
	if syscall.Getpgrp() == os.Getpid() {
		syscall.Kill(0, syscall.SIGKILL)
	}
}

// end delivers what the worker has written before it ended. Programs that it
// has started may hold the stream open; they are not waited for.
func (o *output) end() {
	o.drain()
	o.f.SetReadDeadline(time.Now())
	<-o.done
}

// duplicate makes another descriptor of a file, which no program inherits.
func duplicate(fd uintptr) (uintptr, error) {
	n, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 5) // those below are taken at every start
	return uintptr(n), err
}

// again gives a descriptor of the file that spare is one of: was, unless that
// is one of another file by now.
func again(spare, was uintptr) (uintptr, error) {
	if _, err := unix.FcntlInt(was, unix.F_GETFD, 0); err == unix.EBADF {
		return was, unix.Dup2(int(spare), int(was))
	}
	return duplicate(spare)
}

func ignoreInterrupts() { signal.Ignore(os.Interrupt) }

// read delivers until the stream ends. The descriptor does not block; reading
// under the lock lets drain do the same from another goroutine.
func (o *output) read() {
	defer close(o.done)
	raw, err := o.f.SyscallConn()
	if err != nil {
		return
	}
	for ended := false; !ended; {
		n := 0
		err := raw.Read(func(fd uintptr) bool {
			o.mu.Lock()
			defer o.mu.Unlock()
			var err error
			n, err = direct.Read(fd, o.buf)
			if n > 0 {
				o.take(o.buf[:n])
			}
			ended = n == 0 && err == nil || err != nil && err != syscall.EAGAIN && err != syscall.EINTR
			return err != syscall.EAGAIN
		})
		if err != nil {
			break
		}
		if n < smallRead {
			time.Sleep(readPause)
		}
	}
	o.finish()
}

// drain delivers everything that has been written so far.
func (o *output) drain() {
	raw, err := o.f.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		o.mu.Lock()
		defer o.mu.Unlock()
		for total := 0; total < drainSize; {
			n, err := direct.Read(fd, o.buf)
			if err == syscall.EINTR {
				continue
			}
			if n <= 0 {
				return
			}
			o.take(o.buf[:n])
			total += n
		}
	})
}
