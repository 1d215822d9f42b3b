package interp

import (
	"context"
	"os"

	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// nameForeign completes what an object says of functions of other packages that
// the compiler has put in place of calls: tracebacks tell their names. Without
// the archive of their package they stay without.
func (n *native) nameForeign(o *objfile.Object) {
	list := o.Foreign()
	var paths []string
	for p := range list {
		paths = append(paths, p)
	}
	files, _ := n.tc.Export(context.Background(), paths...)
	for p, file := range files {
		if f, err := os.Open(file); err == nil {
			_ = objfile.Describe(f, list[p])
			f.Close()
		}
	}
}
