package install

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// waitDelay is how long a program that was told to end may take.
const waitDelay = 10 * time.Second

// Headless is how to run the tour without Python, network or browser.
const Headless = "go run . run notebooks/tour/*.ipynb"

// labOptions are the options of `sheaf lab`.
type labOptions struct {
	noBrowser bool
	port      int    // 0: Jupyter chooses
	dir       string // the folder that JupyterLab opens in
}

// Lab is `sheaf lab [--no-browser] [--port N] [DIR]`. It installs the kernel
// for this user, finds JupyterLab on PATH or makes a private one, and opens it
// in DIR: the tour inside a checkout of Sheaf, else the current folder. Beside
// that it does warm's work. It returns when ctx ends, at Ctrl-C, or when
// JupyterLab does.
func Lab(ctx context.Context, args []string, stdout, stderr io.Writer, warm Warm) int {
	opts, code, done := labFlags(args, stdout, stderr)
	if done {
		return code
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := lab(ctx, opts, stdout, warm)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "sheaf lab: stopped before JupyterLab was there")
		return 130
	default:
		fmt.Fprintf(stderr, "%v\n\nThe tour runs without JupyterLab, Python and network too\n(02-insurance wants its data file once):\n\n    %s\n", err, Headless)
		return 1
	}
}

// labFlags reads the command line of `sheaf lab`.
func labFlags(args []string, stdout, stderr io.Writer) (opts labOptions, code int, done bool) {
	fs := flag.NewFlagSet("sheaf lab", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.BoolVar(&opts.noBrowser, "no-browser", false, "print the address only")
	fs.IntVar(&opts.port, "port", 0, "listen on port `N` and no other (default: 8888, or the next free one)")
	fs.Usage = func() {
		fmt.Fprint(fs.Output(), "usage: sheaf lab [--no-browser] [--port N] [DIR]\n\n"+
			"Opens JupyterLab with the kernel "+strconv.Quote(DisplayName)+" in DIR\n"+
			"(default: notebooks/tour in a checkout of Sheaf, else the current folder).\n\n")
		fs.PrintDefaults()
	}
	if code, done := parse(fs, args, stdout, stderr, 1); done {
		return opts, code, true
	}
	if opts.port < 0 || opts.port > 65535 {
		fmt.Fprintf(stderr, "sheaf lab: --port %d: want 1 to 65535\n", opts.port)
		return opts, 2, true
	}
	dir, err := labDir(fs.Arg(0))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return opts, 2, true
	}
	opts.dir = dir
	return opts, 0, false
}

// labDir is the folder to open: the one asked for, the tour, or the current.
func labDir(asked string) (string, error) {
	if asked != "" {
		info, err := os.Stat(asked)
		if err != nil {
			return "", fmt.Errorf("sheaf lab: %w", err)
		}
		if !info.IsDir() {
			return "", fmt.Errorf("sheaf lab: %s is a file; want the folder that JupyterLab opens in", asked)
		}
		return filepath.Abs(asked)
	}
	cwd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("sheaf lab: %w", err)
	}
	if root, ok := checkout(cwd); ok {
		tour := filepath.Join(root, "notebooks", "tour")
		if info, err := os.Stat(tour); err == nil && info.IsDir() {
			return tour, nil
		}
	}
	return cwd, nil
}

// lab does the work of Lab; nil also when ctx ended it while it ran.
func lab(ctx context.Context, opts labOptions, stdout io.Writer, warm Warm) error {
	path, err := Kernelspec(Options{})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "kernel %q installed in %s\n", DisplayName, path)
	defer warm.behind(ctx, stdout)()
	argv, err := FindLab(ctx, stdout)
	if err != nil {
		return err
	}
	return serve(ctx, append(argv, labArgs(opts)...), stdout)
}

// FindLab returns the command that starts JupyterLab 4 or newer: the one on
// PATH, else one in a private environment, which it makes when needed.
func FindLab(ctx context.Context, progress io.Writer) (argv []string, err error) {
	if path, version, ok := labOnPath(ctx); ok {
		fmt.Fprintf(progress, "JupyterLab %s from %s\n", version, path)
		return []string{path, "lab"}, nil
	}
	env, err := MakeEnv(ctx, "jupyter", Requirements, progress)
	if err != nil {
		return nil, fmt.Errorf("sheaf lab: there is no JupyterLab 4 on PATH, and none can be made: %w", err)
	}
	fmt.Fprintf(progress, "JupyterLab from %s\n", env.Dir)
	return []string{env.Python(), "-m", "jupyterlab"}, nil
}

// labOnPath looks for a `jupyter` that has a JupyterLab new enough.
func labOnPath(ctx context.Context) (path, version string, ok bool) {
	path, err := exec.LookPath("jupyter")
	if err != nil {
		return "", "", false
	}
	out, err := exec.CommandContext(ctx, path, "lab", "--version").Output()
	if err != nil {
		return "", "", false
	}
	version = strings.TrimSpace(string(out))
	return path, version, atLeast(version, 4, 0)
}

// labArgs are JupyterLab's arguments.
func labArgs(opts labOptions) []string {
	args := []string{
		"--ServerApp.root_dir=" + opts.dir,
		"--MultiKernelManager.default_kernel_name=" + kernelName,
	}
	if opts.noBrowser {
		args = append(args, "--no-browser")
	}
	if opts.port != 0 {
		args = append(args, "--ServerApp.port="+strconv.Itoa(opts.port), "--ServerApp.port_retries=0")
	}
	if isRoot() {
		args = append(args, "--allow-root")
	}
	return args
}

// labAddress is what JupyterLab logs once it listens.
var labAddress = regexp.MustCompile(`https?://(?:127\.0\.0\.1|\[::1\]|localhost):\d+/\S*lab\S*`)

// serve runs JupyterLab until ctx or it ends. Its log is ours to read: we show
// its address, then only warnings and errors.
func serve(ctx context.Context, argv []string, stdout io.Writer) error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("sheaf lab: %w", err)
	}
	defer r.Close()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = w, w
	cmd.Cancel = func() error { return askToEnd(cmd.Process) }
	cmd.WaitDelay = waitDelay
	ownGroup(cmd)
	err = cmd.Start()
	_ = w.Close() // the child has its own
	if err != nil {
		return fmt.Errorf("sheaf lab: cannot start JupyterLab: %w", err)
	}
	log := follow(r, stdout)
	err = cmd.Wait()
	log.drain()
	switch {
	case ctx.Err() != nil && log.ready.Load():
		fmt.Fprintln(stdout, "JupyterLab has ended")
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return nil
	case log.ready.Load():
		return fmt.Errorf("sheaf lab: JupyterLab ended: %w", err)
	}
	return fmt.Errorf("sheaf lab: JupyterLab did not start (%w); its last words:\n%s", err, log.tail())
}

// A labLog follows what a JupyterLab writes.
type labLog struct {
	ready atomic.Bool   // it has told its address
	done  chan struct{} // closed at the end of the log
	lines []string      // the last ones; only to be read after done
}

// follow shows what is worth showing of a JupyterLab's log as it comes.
func follow(r io.Reader, stdout io.Writer) *labLog {
	const keep = 12
	l := &labLog{done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for in, err := bufio.NewReader(r), error(nil); err == nil; {
			var line string
			line, err = in.ReadString('\n')
			line = strings.TrimRight(line, "\r\n")
			address := labAddress.FindString(line)
			switch {
			case line == "":
				continue
			case address != "" && !l.ready.Load():
				awaitServer(address)
				fmt.Fprintf(stdout, "JupyterLab: %s\n(Ctrl-C ends it)\n", address)
				l.ready.Store(true)
			case l.ready.Load() && worthShowing(line):
				fmt.Fprintln(stdout, line)
			}
			if l.lines = append(l.lines, "    "+line); len(l.lines) > keep {
				l.lines = l.lines[1:]
			}
		}
	}()
	return l
}

// serverTime bounds the wait between the address in the log and its server.
const serverTime = 15 * time.Second

// awaitServer waits until something listens at an address: JupyterLab logs it
// a moment before it does, and a script that takes the address at its word
// would be refused. After serverTime the person may try.
func awaitServer(address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	for deadline := time.Now().Add(serverTime); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", u.Host, time.Second); err == nil {
			_ = c.Close()
			return
		}
	}
}

// drain waits for the rest of the log, but not for long: a kernel that
// outlives JupyterLab may hold the other end of the pipe.
func (l *labLog) drain() {
	select {
	case <-l.done:
	case <-time.After(time.Second):
	}
}

// tail is the last lines, or none when the log has not ended.
func (l *labLog) tail() string {
	select {
	case <-l.done:
		return strings.Join(l.lines, "\n")
	default:
		return ""
	}
}

// worthShowing tells a line of JupyterLab's log that a person should see.
func worthShowing(line string) bool {
	return strings.HasPrefix(line, "[W ") || strings.HasPrefix(line, "[E ")
}
