package kernel

import (
	"context"
	"os"
	"testing"
)

// TestMain lets the test binary be a kernel, for tests that need a process.
func TestMain(m *testing.M) {
	if file := os.Getenv("KERNEL_TEST_CONNECTION"); file != "" {
		if err := Run(context.Background(), file, &script{}, Options{Debug: os.Getenv("KERNEL_TEST_DEBUG") != ""}); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestSmoke(t *testing.T) {
	c := serve(t).client()
	r, out := c.run("print hello\nvalue 3")
	t.Log(r)
	for _, m := range out {
		t.Log(m)
	}
}
