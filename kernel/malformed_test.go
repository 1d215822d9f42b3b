//go:build unix

package kernel

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shirou/gopsutil/v4/process"
)

// spoiled returns frames that are no valid message, or one that asks for
// nothing: those of a good one with something changed at random, or noise.
func spoiled(r *rand.Rand, n int) [][]byte {
	header := fmt.Sprintf(`{"msg_id":"spoiled-%d","msg_type":"kernel_info_request"}`, n)
	parts := []string{header, "{}", "{}", `{"code":"#"}`}
	noise := func() []byte {
		b := make([]byte, r.IntN(300))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	k := r.IntN(4)
	switch r.IntN(6) {
	case 0: // another text in the place of one, signed
		parts[k] = []string{"", "[]", "null", "1", "{", `{"msg_id":[]}`, `{"a":` + strings.Repeat("[", 2000), "\xff"}[r.IntN(8)]
		if k == 2 || k == 3 && parts[k] == `{"msg_id":[]}` {
			parts[k] = "[]"
		}
	case 1: // a byte of one, signed
		if b := []byte(parts[k]); len(b) > 0 {
			b[0] ^= byte(1 + r.IntN(255))
			parts[k] = string(b)
		}
	case 2: // an unknown type
		parts[0] = strings.Replace(parts[0], "kernel_info_request", "request_of_nothing", 1)
	}
	frames := [][]byte{[]byte("<IDS|MSG>"), sign(parts...)}
	for _, p := range parts {
		frames = append(frames, []byte(p))
	}
	switch r.IntN(5) {
	case 0: // a wrong signature
		frames[1] = noise()
	case 1: // a frame less
		i := r.IntN(len(frames))
		frames = append(frames[:i:i], frames[i+1:]...)
	case 2: // only noise
		frames = nil
		for range 1 + r.IntN(12) {
			frames = append(frames, noise())
		}
	case 3: // much of it
		frames[1+r.IntN(5)] = bytes.Repeat(noise(), 100)
	case 4: // a byte changed, with the signature of before
		f := frames[2+r.IntN(4)]
		f = bytes.Clone(f)
		if len(f) > 0 {
			f[r.IntN(len(f))] ^= 1
		}
		frames[2] = append([]byte("x"), f...)
	}
	return frames
}

// Twelve thousand messages that are none: the kernel answers after every
// hundred, runs nothing, and keeps nothing of them.
func TestMalformedThousands(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	t.Setenv("KERNEL_TEST_DEBUG", "1")
	s, cmd, stderr := start(t, `exec "$0"`)
	c := s.client()
	const n = 12_000
	var before, after int64
	for i := range n {
		frames := spoiled(r, i)
		for _, p := range []*pipe{c.shell, c.control, c.stdin} {
			if i%3 == 0 || p == c.shell {
				c.frames(p, frames...)
			}
		}
		if i%100 == 99 {
			for _, p := range []*pipe{c.shell, c.control} {
				same(t, "status", c.ask(p, "kernel_info_request", object{}).content["status"], any("ok"))
			}
		}
		switch i {
		case n / 4:
			before = resident(t, cmd.Process.Pid)
		case n - 1:
			after = resident(t, cmd.Process.Pid)
		}
	}
	t.Logf("resident after %d: %d MB; after %d: %d MB", n/4, before>>20, n, after>>20)
	if after > before+before/4+8<<20 {
		t.Errorf("the kernel has grown from %d to %d bytes", before, after)
	}
	reply, _ := c.run("value 1")
	same(t, "count", reply.content["execution_count"], any(1.0)) // no cell ran before
	c.ask(c.control, "shutdown_request", object{})
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	dropped := bytes.Count(stderr.Bytes(), []byte("dropped: "))
	t.Logf("%d were dropped", dropped)
	if dropped < n {
		t.Errorf("%d messages were dropped, want %d at the least", dropped, n)
	}
}

// resident is the memory of a process.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		t.Fatal(err)
	}
	info, err := p.MemoryInfo()
	if err != nil {
		t.Fatal(err)
	}
	return int64(info.RSS)
}
