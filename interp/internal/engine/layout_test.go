package engine_test

import (
	"reflect"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

// TestCheck wants the engine to know this Go's layout of types and functions.
func TestCheck(t *testing.T) {
	if err := engine.Check(); err != nil {
		t.Fatal(err)
	}
}

// The methods of package testing that log have the part as their receiver
// that T and B begin with.
func TestTestingBegins(t *testing.T) {
	for _, typ := range []reflect.Type{reflect.TypeFor[testing.T](), reflect.TypeFor[testing.B]()} {
		if f := typ.Field(0); f.Name != "common" || f.Offset != 0 {
			t.Errorf("%v begins with %s", typ, f.Name)
		}
	}
}
