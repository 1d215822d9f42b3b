package interp_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestAssembler looks at packages with functions in assembler.
func TestAssembler(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages")
	}
	if !withSymbols(t) {
		return
	}
	t.Run("interp", func(t *testing.T) { assembled(t, interp.Interp) })
	t.Run("native", func(t *testing.T) { assembled(t, interp.Native) })
	t.Run("interrupt", assemblerInterrupted)
	t.Run("tiers", assemblerChangesTier)
	t.Run("unix", assemblerOfUnix)
	t.Run("folder", assemblerChanges)
}

// assembled runs testdata/asm/*.cells, which are the same in all tiers.
func assembled(t *testing.T, tier interp.Tier) {
	files, err := filepath.Glob("testdata/asm/*.cells")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/asm/*.cells", err)
	}
	for _, f := range files {
		moduleProxy(t)
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		got := runScriptIn(t, string(data), tier)
		if *update && tier == interp.Interp {
			if err := os.WriteFile(f, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		plain := func(text string) string {
			return fileColumn.ReplaceAllString(fileCaret.ReplaceAllString(text, ""), "$1")
		}
		if want := plain(string(data)); plain(got) != want {
			t.Error(f, diff(want, plain(got)))
		}
	}
}

const loadAsm = "%pkg example.org/asm@v0.1.0\nimport \"example.org/asm\"\n"

// assemblerInterrupted ends cells whose loops are in assembler and call Go.
func assemblerInterrupted(t *testing.T) {
	moduleProxy(t)
	for _, tier := range []interp.Tier{interp.Interp, interp.Native} {
		k := newTierTalker(t, tier)
		k.run(loadAsm + "func same(i int) int { return i }\nn := 0\nfunc f() { for { n = asm.Add(n, 1) } }")
		for _, src := range []string{
			"asm.Each(1<<40, same)", "asm.Each(1<<40, func(i int) int { return asm.Each(1000, same) })",
			"f()", "for { n = asm.Add(n, 1) }", "asm.Each(1, func(int) int { select {} })",
		} {
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			begin := time.Now()
			res := k.s.Execute(ctx, show.Cell{Source: src, Count: 9}, silent{})
			late := time.Since(begin) - 300*time.Millisecond
			cancel()
			if res.Err == nil || res.Err.Name != "interrupted" || late > 2*time.Second {
				t.Errorf("tier %s: %s: %v, %v after the interrupt", tier, src, res.Err, late)
			}
		}
		if got := k.run("fmt.Println(asm.Each(5, same), n > 0)"); got != "10 true\n" {
			t.Errorf("tier %s: after the interrupts: %q", tier, got)
		}
	}
}

// assemblerChangesTier turns a package from one tier to the other: what is in
// assembler, and its variables, stay.
func assemblerChangesTier(t *testing.T) {
	moduleProxy(t)
	k := newTierTalker(t, interp.Interp)
	k.run(loadAsm + "func g(n int) int { asm.Bump(); return asm.Each(n, func(i int) int { return asm.Add(i, int(asm.Lookup(2))) }) }")
	for i, tier := range []string{"interp", "native", "interp", "auto", "native"} {
		k.run("%tier " + tier)
		if got, want := k.run("fmt.Println(g(3), asm.Primes(), asm.Count)"), "15 [2 3 5 7] "+string(rune('1'+i))+"\n"; got != want {
			t.Errorf("tier %s: %q, want %q", tier, got, want)
		}
		if got := k.s.Compiled("example.org/asm", "Primes"); got != (tier != "interp") && tier != "auto" {
			t.Errorf("tier %s: Primes compiled: %v\n%s", tier, got, k.tier())
		}
	}
}

// assemblerOfUnix makes system calls through golang.org/x/sys/unix, of the
// release that this module needs, so that it is in the module cache.
func assemblerOfUnix(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "golang.org/x/sys").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", "off")
	load := "%pkg golang.org/x/sys/unix@" + strings.TrimSpace(string(out)) + "\nimport \"golang.org/x/sys/unix\"\n"
	const calls = `var (
	u  unix.Utsname
	si unix.Sysinfo_t
	l  unix.Rlimit
)
fmt.Println(unix.Getpid() == os.Getpid(), unix.Uname(&u), unix.ByteSliceToString(u.Sysname[:]), unix.Sysinfo(&si), si.Totalram > 0)
b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
b[5] = 7
fmt.Println(err, len(b), b[5], unix.Munmap(b))
fmt.Println(unix.Getrlimit(unix.RLIMIT_NOFILE, &l), l.Max > 0)
fds := make([]int, 2)
fmt.Println(unix.Pipe(fds))
go func() { time.Sleep(20 * time.Millisecond); unix.Write(fds[1], []byte("hello")) }()
buf := make([]byte, 10)
n, err := unix.Read(fds[0], buf)
fmt.Println(string(buf[:n]), err)
_, _, e := unix.Syscall(unix.SYS_CLOSE, 9999, 0, 0)
fmt.Println(e, e == unix.EBADF)
`
	const want = "true <nil> Linux <nil> true\n<nil> 4096 7 <nil>\n<nil> true\n<nil>\nhello <nil>\nbad file descriptor true\n"
	for _, tier := range []interp.Tier{interp.Interp, interp.Native} {
		k := newTierTalker(t, tier)
		k.run(load)
		if got := k.run(calls); got != want {
			t.Errorf("tier %s: %q, want %q", tier, got, want)
		}
		if got := k.s.Compiled("golang.org/x/sys/unix", "Getpid"); got != (tier == interp.Native) {
			t.Errorf("tier %s: Getpid compiled: %v", tier, got)
		}
	}
}

// assemblerChanges loads a module from a folder, whose assembler then changes.
func assemblerChanges(t *testing.T) {
	moduleProxy(t)
	dir := t.TempDir()
	text := func(n string) map[string]string {
		return map[string]string{
			"go.mod": "module example.org/num\n", "num.go": "package num\n\nfunc N() int\n",
			"num_amd64.s": "#include \"n.h\"\nTEXT ·N(SB), 4, $0-8\n\tMOVQ $NUMBER, ret+0(FP)\n\tRET\n", "n.h": "#define NUMBER " + n + "\n",
		}
	}
	writeAll(t, dir, text("3"))
	k := newTierTalker(t, interp.Interp)
	k.run("%pkg " + dir + "\nimport \"example.org/num\"")
	if got := k.run("fmt.Println(num.N())"); got != "3\n" {
		t.Error(got)
	}
	k.run("%pkg " + dir)
	writeAll(t, dir, text("4"))
	res := k.s.Execute(context.Background(), show.Cell{Source: "%pkg " + dir, Count: 9}, silent{})
	if want := "example.org/num@local/n.h has changed since it was loaded"; res.Err == nil || !strings.Contains(strings.Join(res.Err.Traceback, "\n"), want) {
		t.Errorf("%v; want %q", res.Err, want)
	}
	k = newTierTalker(t, interp.Native)
	k.run("%pkg " + dir + "\nimport \"example.org/num\"")
	if got := k.run("fmt.Println(num.N())"); got != "4\n" {
		t.Error(got)
	}
}
