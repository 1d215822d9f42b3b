//go:build unix

package zmtp

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// A machine that does not run the publisher for a while, as here a signal has
// it, does not make a subscriber slow.
func TestStoppedPublisher(t *testing.T) {
	stop := exec.Command("sh", "-c", fmt.Sprintf("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.07; kill -STOP %d; sleep 0.3; kill -CONT %[1]d; done", os.Getpid()))
	if err := stop.Start(); err != nil {
		t.Fatal(err)
	}
	slowSubscriber(t)
	if err := stop.Wait(); err != nil {
		t.Error(err)
	}
}
