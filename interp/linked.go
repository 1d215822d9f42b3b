package interp

import (
	"go/types"
	"reflect"
	"runtime"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/loader"
	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
)

// A package that comes as source may link functions without bodies to functions
// of package runtime and others that have no exported name (go:linkname). They
// are found in the symbol table of the program, where they are if something in
// the program calls them.

// linkable is the address of a function of this program; 0: it has none of that
// name.
func linkable(name string) uintptr {
	h, err := loader.OpenHost()
	if err != nil {
		return 0
	}
	pc, ok := h.Lookup(name, 1)
	if f := runtime.FuncForPC(pc); !ok || f == nil || f.Entry() != pc {
		return 0
	}
	return pc
}

// link makes the func values of what a package links to.
func (s *Session) link(p *pkgs.Package) {
	for name, to := range p.Links {
		f, ok := p.Types.Scope().Lookup(name).(*types.Func)
		pc := linkable(to)
		if !ok || pc == 0 {
			continue
		}
		value := &pc
		v := reflect.NewAt(s.machine.Type(f.Signature()), unsafe.Pointer(&value)).Elem()
		s.links.Store(p.Path+"."+name, v)
	}
}

// linked is the func value of a function that a package has linked; the zero
// Value: it has not.
func (s *Session) linked(path, name string) reflect.Value {
	v, _ := s.links.Load(path + "." + name)
	f, _ := v.(reflect.Value)
	return f
}
