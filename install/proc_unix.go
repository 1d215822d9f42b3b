//go:build unix

package install

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// lock takes an exclusive lock on a file, made if needed. The lock goes with
// the process, so one that dies leaves nothing to clean up.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // closing gives the lock back
		}
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			_ = f.Close()
			return nil, err
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// ownGroup keeps a Ctrl-C in the terminal from reaching the program itself: it
// would ask whether we are sure.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// askToEnd asks a program to end in good order.
func askToEnd(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// isRoot reports whether this is the superuser, for whom JupyterLab wants an
// option of its own.
func isRoot() bool { return os.Geteuid() == 0 }
