package engine_test

import (
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

// TestCheck wants the engine to know this Go's layout of types and functions.
func TestCheck(t *testing.T) {
	if err := engine.Check(); err != nil {
		t.Fatal(err)
	}
}
