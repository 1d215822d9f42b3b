//go:build !unix

package interp

import "time"

// cpuTime is not known here.
func cpuTime() time.Duration { return 0 }
