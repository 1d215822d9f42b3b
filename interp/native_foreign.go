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
	for path, syms := range list {
		if p := n.packages.of([]string{path}); len(p) == 0 {
			paths = append(paths, path)
		} else if p[0].obj != nil {
			_ = objfile.DescribeFrom(p[0].obj.Code, syms)
		}
	}
	files, _ := n.tc.Export(context.Background(), paths...)
	for p, file := range files {
		if f, err := os.Open(file); err == nil {
			_ = objfile.Describe(f, list[p])
			f.Close()
		}
	}
}
