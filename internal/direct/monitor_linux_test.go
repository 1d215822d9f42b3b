package direct

import (
	"io"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// Who computes on the only processor after a write that had to wait does not
// keep another goroutine from what has come for it.
func TestMonitorAfterFullPipe(t *testing.T) {
	needs.Program(t, "sh")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	r, w := pipe(t)
	cmd := exec.Command("sh", "-c", "sleep 0.2; head -c 1000000 >/dev/null; sleep 0.1; echo over")
	cmd.Stdin = r
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var over atomic.Bool
	go func() {
		io.ReadAll(out)
		over.Store(true)
	}()
	if _, err := Writer(w).Write(make([]byte, 1_000_000)); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); !over.Load(); {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("the other goroutine is not run")
		}
	}
	cmd.Wait()
}
