package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// A kernel is a process of sheaf that serves the protocol.
type kernel struct {
	cmd   *exec.Cmd
	dir   string
	ports map[string]int
	key   []byte
	ended chan error
}

// startKernel runs binary as a kernel in a folder of its own.
func startKernel(binary string) (*kernel, error) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	k := &kernel{dir: dir, ports: map[string]int{}, key: []byte(newID()), ended: make(chan error, 1)}
	file := map[string]any{"ip": "127.0.0.1", "transport": "tcp", "key": string(k.key), "signature_scheme": "hmac-sha256"}
	for _, name := range []string{"shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"} {
		l, err := freePort()
		if err != nil {
			return nil, err
		}
		defer l.Close()
		k.ports[name] = l.Addr().(*net.TCPAddr).Port
		file[name] = k.ports[name]
	}
	b, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "connection.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return nil, err
	}
	k.cmd = exec.Command(binary, "kernel", path)
	k.cmd.Dir = dir
	k.cmd.Env = append(os.Environ(), "SHEAF_HISTORY="+filepath.Join(dir, "history.sqlite"))
	k.cmd.Stderr = os.Stderr
	return k, nil
}

// freePort listens below the ports that systems hand out to connections, which
// would take it before the kernel does.
func freePort() (l net.Listener, err error) {
	for range 100 {
		if l, err = net.Listen("tcp", fmt.Sprint("127.0.0.1:", 10_000+rand.IntN(20_000))); err == nil {
			break
		}
	}
	return l, err
}

// run starts the process; its ports are free by then.
func (k *kernel) run() error {
	if err := k.cmd.Start(); err != nil {
		return err
	}
	go func() { k.ended <- k.cmd.Wait() }()
	return nil
}

// wait waits until the process has ended.
func (k *kernel) wait(limit time.Duration) error {
	select {
	case err := <-k.ended:
		k.ended <- err
		return err
	case <-time.After(limit):
		return fmt.Errorf("soak: the kernel is still there after %v", limit)
	}
}

// remove ends the process if it has not ended, and removes its folder.
func (k *kernel) remove() {
	if k.cmd.Process != nil {
		_ = k.cmd.Process.Kill()
		_ = k.wait(10 * time.Second)
	}
	_ = os.RemoveAll(k.dir)
}

// A use is the memory of a kernel and of what it has started. Its own is what
// is not a file's: the rest of RSS are pages of the binary, which grow only by
// as much of it as has been run.
type use struct {
	rss, pss uint64
	own      []uint64 // of each process, the kernel's first; 0: not known
}

// String implements fmt.Stringer.
func (u use) String() string {
	var own []string
	for _, n := range u.own {
		own = append(own, fmt.Sprintf("%.1f", float64(n)/1e6))
	}
	return fmt.Sprintf("RSS %.1f MB, PSS %.1f MB in %d processes with %s MB of their own", float64(u.rss)/1e6, float64(u.pss)/1e6, len(own), strings.Join(own, " + "))
}

// memory measures the kernel's processes.
func (k *kernel) memory() (u use) {
	for _, p := range k.family() {
		info, err := p.MemoryInfo()
		if err != nil {
			continue // it has ended
		}
		u.rss += info.RSS
		u.pss += shareOf(p)
		u.own = append(u.own, ownOf(p))
	}
	return u
}

// family lists the kernel's process and all that come from it.
func (k *kernel) family() []*process.Process {
	top, err := process.NewProcess(int32(k.cmd.Process.Pid))
	if err != nil {
		return nil
	}
	list := []*process.Process{top}
	for i := 0; i < len(list); i++ {
		children, _ := list[i].Children()
		list = append(list, children...)
	}
	return list
}

// worker returns the process that runs the cells.
func (k *kernel) worker() *process.Process {
	if all := k.family(); len(all) > 1 {
		return all[1]
	}
	return nil
}
