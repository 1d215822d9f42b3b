//go:build unix

package kernel

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func init() {
	demands = append(demands, demand{"Wire/connection_file_ipc", TestIPC}, demand{"Start/ends_with_its_parent", TestParentWatch}, demand{"Start/signals", TestSignals})
}

// start runs this test binary as a kernel, through a shell script in which $0
// is the binary.
func start(t *testing.T, script string) (s *server, p *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s = &server{t: t}
	s.file, s.conn = writeConnection(t, "tcp")
	p = exec.Command("/bin/sh", "-c", script, exe)
	p.Env = append(os.Environ(), "KERNEL_TEST_CONNECTION="+s.file)
	stderr = new(bytes.Buffer)
	p.Stderr = stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); p.Wait() })
	return s, p, stderr
}

func TestSignals(t *testing.T) {
	s, p, stderr := start(t, `exec "$0"`)
	c := s.client()
	// An idle kernel takes SIGINT and stays.
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cell := c.execute("spin")
	c.until(c.iopub, func(m msg) bool { return m.Header.MsgType == "execute_input" })
	p.Process.Signal(os.Interrupt)
	same(t, "cell", c.reply(c.shell, cell).content["ename"], any("interrupted"))
	reply, _ := c.run("#")
	same(t, "next cell", reply.content["status"], any("ok"))

	p.Process.Signal(syscall.SIGTERM)
	if err := p.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("after SIGTERM: %v, %s", err, stderr)
	}
}

// A kernel ends when the process that started it has ended, whether that is
// its parent or stands behind a wrapper.
func TestParentWatch(t *testing.T) {
	for name, script := range map[string]string{
		"parent":      `JPY_PARENT_PID=$$ "$0" & echo $! >"$KERNEL_TEST_CONNECTION.pid"; wait`,
		"grandparent": `JPY_PARENT_PID=$$ sh -c '"$1" & echo $! >"$KERNEL_TEST_CONNECTION.pid"; wait' - "$0"; wait`,
	} {
		t.Run(name, func(t *testing.T) {
			s, p, _ := start(t, script)
			s.client().run("#")
			b, err := os.ReadFile(s.file + ".pid")
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(string(bytes.TrimSpace(b)))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL) })
			begin := time.Now()
			p.Process.Kill()
			p.Wait()
			for alive(pid) {
				if time.Since(begin) > patience {
					t.Fatal("the kernel outlives its parent")
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Logf("ended after %v", time.Since(begin))
		})
	}
}

// alive reports whether pid runs; a zombie that nobody has waited for does not.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	_, state, _ := bytes.Cut(b, []byte(") "))
	return state[0] != 'Z'
}

// A bad connection file is one line and an exit code, and no stack trace.
func TestBadConnectionFileProcess(t *testing.T) {
	_, p, stderr := start(t, `KERNEL_TEST_CONNECTION=/nowhere exec "$0"`)
	err := p.Wait()
	same(t, "stderr", stderr.String(), "kernel: connection file \"/nowhere\": no such file or directory\n")
	if err == nil || p.ProcessState.ExitCode() != 1 {
		t.Errorf("exit: %v", err)
	}
}

func TestIPC(t *testing.T) {
	s := serveOn(t, "ipc")
	c := s.client()
	reply, out := c.run("print hello")
	same(t, "status", reply.content["status"], any("ok"))
	same(t, "outputs", kinds(out), `status busy; execute_input; stream stdout hello\n; status idle`)
	c.ask(c.control, "shutdown_request", object{"restart": false})
	s.wait()
	for _, p := range s.conn.ports() {
		_, address := s.conn.address(p.port)
		if _, err := os.Stat(address); !os.IsNotExist(err) {
			t.Errorf("%s stays behind: %v", address, err)
		}
	}
}
