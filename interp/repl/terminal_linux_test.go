package repl

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/notebooks/nbtest"
)

// A console is a REPL on a pseudo-terminal and the person before it.
type console struct {
	t       *testing.T
	master  *os.File
	before  *unix.Termios
	exited  chan error
	mu      sync.Mutex
	out     bytes.Buffer // all that the terminal showed
	seen    int          // how much of it expect has passed
	history string
}

func openConsole(t *testing.T) *console {
	t.Helper()
	return openConsoleWith(t, filepath.Join(t.TempDir(), "history"), os.Args[0])
}

func openConsoleWith(t *testing.T, history string, command ...string) *console {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	needs.Have(t, err)
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}); err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, master: master, exited: make(chan error, 1), history: history}
	c.before = c.mode()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "REPL_TEST_HISTORY="+history, "TERM=xterm")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // fails, rightly, when it has left
		master.Close()
	})
	go c.read()
	go func() { c.exited <- cmd.Wait() }()
	return c
}

func (c *console) read() {
	buf := make([]byte, 4096)
	for {
		n, err := c.master.Read(buf)
		c.mu.Lock()
		c.out.Write(buf[:n])
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (c *console) mode() *unix.Termios {
	c.t.Helper()
	mode, err := unix.IoctlGetTermios(int(c.master.Fd()), unix.TCGETS)
	if err != nil {
		c.t.Fatal(err)
	}
	return mode
}

// text is what the terminal showed since the last expect, without colours and
// cursor moves.
func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ansi.ReplaceAllString(strings.ReplaceAll(c.out.String()[c.seen:], "\r\n", "\n"), "")
}

// expect waits until the terminal shows a match, and passes over all that it
// shows then.
func (c *console) expect(pattern string) {
	c.t.Helper()
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if re.MatchString(c.text()) {
			c.mu.Lock()
			c.seen = c.out.Len()
			c.mu.Unlock()
			return
		}
	}
	c.t.Fatalf("the terminal never showed %s; it showed\n%q", pattern, c.text())
}

func (c *console) send(keys string) {
	c.t.Helper()
	if _, err := c.master.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// leaves waits for the exit status, and checks that the terminal is as it was.
func (c *console) leaves(status int) {
	c.t.Helper()
	got := 0
	select {
	case err := <-c.exited:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			got = exit.ExitCode()
		}
	case <-time.After(30 * time.Second):
		c.t.Fatalf("the REPL did not leave; the terminal shows\n%q", c.text())
	}
	if got != status {
		c.t.Errorf("exit status %d, want %d", got, status)
	}
	if after := c.mode(); !reflect.DeepEqual(after, c.before) {
		c.t.Errorf("the terminal's mode is left changed:\n%+v\nwant\n%+v", after, c.before)
	}
}

const (
	up    = "\x1b[A"
	ctrlC = "\x03"
	ctrlD = "\x04"
)

func TestTerminalCells(t *testing.T) {
	c := openConsole(t)
	c.expect(`hello\n\[1\]> $`)
	c.send("echo 4x\b2\r")
	c.expect(`\n42\n\[2\]> $`)
	c.send("if {\r")
	c.expect(`\n\.\.\.\. $`)
	c.send("\tmore }\r")
	c.expect(`cell "if {\\n    more }"\n\[3\]> $`)
	c.send("print no end\r")
	c.expect(`\nno end\n\[4\]> $`)
	c.send("fail boom\r")
	c.expect(`\npanic: boom\nat cell\[4\]:1:6\n\[5\]> $`)
	c.send(up + up + "ing\r")
	c.expect(`\nno ending\n\[6\]> $`)
	c.send("name?\r")
	c.expect(`\nwhat name is, seen from 4 in detail 0\n\[6\]> $`)
	c.send("nothing?\r")
	c.expect(`\nnothing is known of nothing\n\[6\]> $`)
	c.send("\r")
	c.expect(`\n\[6\]> $`)
	c.send("%quit\r")
	c.leaves(0)
}

func TestTerminalTab(t *testing.T) {
	c := openConsole(t)
	c.expect(`\[1\]> $`)
	c.send("echo pric\t\r")
	c.expect(`\nprice\n\[2\]> $`)
	c.send("echo prin\t\t") // the common part, then the choice
	c.expect(`printed\s+printer`)
	c.send("r\r")
	c.expect(`\nprinter\n\[3\]> $`)
	c.send("{\rsü\t}\r")
	c.expect(`cell "{\\nsüß}"`)
	c.send(ctrlD)
	c.leaves(0)
}

func TestTerminalInterrupt(t *testing.T) {
	c := openConsole(t)
	c.expect(`\[1\]> $`)
	c.send("half a li" + ctrlC)
	c.expect(`\n\[1\]> $`)
	c.send("if {\r")
	c.expect(`\.\.\.\. $`)
	c.send(ctrlC)
	c.expect(`\n\[1\]> $`)
	c.send("hang\r")
	c.expect(`hanging\n$`)
	c.send(ctrlC)
	c.expect(`interrupted\n\[2\]> $`)
	c.send("echo still here\r")
	c.expect(`\nstill here\n\[3\]> $`)
	c.send("ask Name?\r")
	c.expect(`Name\?$`)
	c.send(ctrlC)
	c.expect(`answer "" input was interrupted\n\[4\]> $`)
	c.send(ctrlD)
	c.leaves(0)
}

func TestTerminalInput(t *testing.T) {
	c := openConsole(t)
	c.expect(`\[1\]> $`)
	c.send("ask Name? \r")
	c.expect(`Name\?\s*$`)
	c.send("Ada\r")
	c.expect(`answer "Ada" <nil>\n\[2\]> $`)
	c.send("partial name\r")
	c.expect(`first\n(.*\r)? Your name: $`)
	c.send("Ax\x7fda\r")
	c.expect(`answer "Ada" <nil>\n\[3\]> $`)
	c.send("secret Word\r")
	c.expect(`Word$`)
	c.send("hidden\r")
	c.expect(`^\nanswer "hidden" <nil>\n\[4\]> $`) // and no echo
	c.send("exit 55\r")
	c.leaves(2)
	// Answers to a cell are not cells, so they are in no history.
	if got, want := readFile(t, c.history), "ask Name? \npartial name\nsecret Word\nexit 55\n"; got != want {
		t.Errorf("history is %q, want %q", got, want)
	}
}

func TestTerminalHistoryOfEarlierSession(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	c := openConsoleWith(t, path, os.Args[0])
	c.expect(`\[1\]> $`)
	c.send("echo first\r")
	c.expect(`\nfirst\n`)
	c.send(ctrlD)
	c.leaves(0)
	c = openConsoleWith(t, path, os.Args[0])
	c.expect(`\[1\]> $`)
	c.send(up + "\r")
	c.expect(`\nfirst\n`)
	c.send("%exit\r")
	c.leaves(0)
}

// A cell of several lines comes back as one, in this session and in later ones;
// while it is typed, its lines do.
func TestTerminalHistoryOfCells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	c := openConsoleWith(t, path, os.Args[0])
	c.expect(`\[1\]> $`)
	c.send("if {\r")
	c.expect(`\.\.\.\. $`)
	c.send("more\r")
	c.expect(`\.\.\.\. $`)
	c.send(up + "\r") // more, again
	c.expect(`\.\.\.\. $`)
	c.send("}\r")
	c.expect(`cell "if {\\nmore\\nmore\\n}"\n\[2\]> $`)
	c.send("echo a\r" + up + up)
	c.expect(`if {⏎more⏎more⏎}$`)
	c.send("\x7f+\r") // with another end
	c.expect(`\.\.\.\. $`)
	c.send(ctrlC)
	c.expect(`\n\[\d\]> $`)
	c.send(up + "}\r")
	c.expect(`cell "if {\\nmore\\nmore\\n\+}"`)
	c.send(ctrlD)
	c.leaves(0)
	c = openConsoleWith(t, path, os.Args[0])
	c.expect(`\[1\]> $`)
	c.send(up + "\r")
	c.expect(`cell "if {\\nmore\\nmore\\n\+}"`)
	c.send(ctrlD)
	c.leaves(0)
}

// TestSession types Go at `sheaf repl`, as a person would.
func TestSession(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	c := openConsoleWith(t, filepath.Join(home, "sheaf", "history"), nbtest.Binary(t), "repl")
	c.expect(`\[1\]> $`)
	c.send("x := 20\r")
	c.expect(`\n\[2\]> $`)
	c.send("func twice(n int) int {\r")
	c.expect(`\n\.\.\.\. $`)
	c.send("\treturn 2 * n\r}\r")
	c.expect(`\n\[3\]> $`)
	c.send("twi\t(x)\r") // completion of a name of the session
	c.expect(`\n40\n\[4\]> $`)
	c.send("x + y\r")
	c.expect(`cell\[4\]:1:5: undefined: y(.*\n)*\[5\]> $`)
	c.send("for {}\r")
	c.expect(`for {}\n$`)
	c.send(ctrlC)
	c.expect(`interrupted(.*\n)*\[6\]> $`)
	c.send("x\r") // the state is kept
	c.expect(`\n20\n\[7\]> $`)
	c.send("var name string; fmt.Print(\"Name? \"); fmt.Scanln(&name); fmt.Println(\"Hello,\", name)\r")
	c.expect(`\nName\? (.*\r)?(Name\? )?$`)
	c.send("Ada\r")
	c.expect(`Hello, Ada\n\[8\]> $`)
	c.send("os.Exit(3)\r")
	c.leaves(3)
	if lines := strings.Split(readFile(t, c.history), "\n"); lines[0] != "x := 20" {
		t.Errorf("history is %q", lines)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
