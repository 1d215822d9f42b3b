package interp

import (
	"go/types"
	"reflect"
	"runtime"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/loader"
	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// A package that comes as source may link functions without bodies to functions
// of package runtime and others that have no exported name (go:linkname), and
// variables to variables. They are found in the symbol table of the program, where they are if something in
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

// linkableVar is the memory of a variable of this program; nil: it has none of
// that name, or a smaller one.
func linkableVar(name string, size int64) unsafe.Pointer {
	h, err := loader.OpenHost()
	if err != nil {
		return nil
	}
	at := h.Variable(name, uintptr(size))
	return *(*unsafe.Pointer)(unsafe.Pointer(&at)) // outside of the heap
}

// link makes the func values of what a package links to, or has in assembler,
// and finds the variables that it links to.
func (s *Session) link(p *pkgs.Package) {
	for name, to := range p.Links {
		path, its := pkgs.SymbolPath(to)
		other := s.lib.loader.Loaded(path)
		switch obj := p.Types.Scope().Lookup(name).(type) {
		case *types.Func:
			if other != nil {
				s.linkSource(p, obj, other, its)
				continue
			}
			s.linkFunc(p, obj, linkable(to))
		case *types.Var:
			at := unsafe.Pointer(nil)
			if other != nil {
				at = s.packageVar(other, its)
			} else {
				at = linkableVar(to, sizes.Sizeof(obj.Type()))
			}
			if at != nil {
				s.links.Store(p.Path+"."+name, reflect.NewAt(s.machine.Type(obj.Type()), at).Elem())
			}
		}
	}
	if p.Asm == nil {
		return
	}
	for _, name := range p.Types.Scope().Names() {
		if v, ok := p.Types.Scope().Lookup(name).(*types.Var); ok {
			if at := s.native.packages.asm.variable(p, name); at != nil {
				s.links.Store(p.Path+"."+name, reflect.NewAt(s.machine.Type(v.Type()), at).Elem())
			}
		}
	}
	for _, name := range p.Asm.Funcs {
		if f, ok := p.Types.Scope().Lookup(name).(*types.Func); ok {
			s.linkFunc(p, f, s.native.packages.asm.code(toolchain.SymbolPrefix(p.Path)+"."+name, 1))
		}
	}
}

// linkSource links a function to one of another package that comes as source.
func (s *Session) linkSource(p *pkgs.Package, f *types.Func, other *pkgs.Package, name string) {
	to, ok := other.Types.Scope().Lookup(name).(*types.Func)
	if !ok {
		return
	}
	value := s.machine.Pointer(to)
	if value == nil { // it has no body either
		if v := s.linked(other.Path, name); v.IsValid() && v.Kind() == reflect.Func {
			s.linkFunc(p, f, v.Pointer())
		}
		return
	}
	s.links.Store(p.Path+"."+f.Name(), reflect.NewAt(s.machine.Type(f.Signature()), unsafe.Pointer(&value)).Elem())
}

func (s *Session) linkFunc(p *pkgs.Package, f *types.Func, pc uintptr) {
	if pc == 0 {
		return
	}
	value := &pc
	s.links.Store(p.Path+"."+f.Name(), reflect.NewAt(s.machine.Type(f.Signature()), unsafe.Pointer(&value)).Elem())
}

// packageVar is the memory of a package's variable; nil: it has none of that name.
func (s *Session) packageVar(p *pkgs.Package, name string) unsafe.Pointer {
	v, ok := p.Types.Scope().Lookup(name).(*types.Var)
	if !ok {
		return nil
	}
	if at := s.linked(p.Path, name); at.IsValid() {
		return at.Addr().UnsafePointer()
	}
	return s.machine.Define(p.Path, name, v.Type()).Addr
}

// linked is the func value of a function, or the variable, that a package has
// linked, or has in assembler; the zero Value: it has not.
func (s *Session) linked(path, name string) reflect.Value {
	v, _ := s.links.Load(path + "." + name)
	f, _ := v.(reflect.Value)
	return f
}
