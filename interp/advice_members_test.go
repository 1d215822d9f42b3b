package interp_test

import (
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/stdlib"
)

// What errors advise is there, and what they advise about is not.
func TestForeignMembers(t *testing.T) {
	for path, names := range interp.ForeignMembers() {
		symbols := stdlib.Library().Symbols(path)
		for name, meant := range names {
			if _, ok := symbols[meant]; !ok {
				t.Errorf("%s has no %s, which is meant by %s", path, meant, name)
			}
			if _, ok := symbols[name]; ok {
				t.Errorf("%s has %s, for which nothing else is meant", path, name)
			}
		}
	}
}
