//go:build !amd64

package cpu

import "runtime"

const spinRounds = 10

// pause lets others run.
func pause() { runtime.Gosched() }
