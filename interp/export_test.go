package interp

import (
	"fmt"
	"go/types"
	"strings"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/linkname"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// CompileOnly takes a cell through everything but running it: its declarations
// become the session's, and the bodies of all functions of the session are
// compiled, which otherwise waits for the first call.
func (s *Session) CompileOnly(src string, count int) *show.Error {
	s.count, s.title = count, fmt.Sprintf("cell[%d]", count)
	s.run = s.newRun(s.title)
	s.machine.SetCurrent(s.run)
	s.name = fmt.Sprintf("%s%s%d", s.title, sep, s.nextStep())
	s.sources[s.name] = src
	if _, fail := s.compile(src); fail != nil {
		return fail.show
	}
	if err := s.machine.CompileAll(); err != nil {
		return s.unsupported(err).show
	}
	return nil
}

// Compiled reports whether calls of a package's function run its native form.
func (s *Session) Compiled(path, name string) bool {
	p := s.lib.loader.Loaded(path)
	f, ok := p.Types.Scope().Lookup(name).(*types.Func)
	return ok && s.machine.Bound(f)
}

// Native reports whether calls of a function of the session run its native form.
func (s *Session) Native(name string) bool {
	f, ok := s.names[name].obj.(*types.Func)
	return ok && s.machine.Bound(f)
}

// Inlines reports whether a function of the session is compiled together with the
// body of another that is not of its cell.
func (s *Session) Inlines(name, other string) bool {
	sym := func(name string) string { return "main." + s.names[name].internal }
	for _, u := range s.native.units {
		if _, ok := u.source[sym(name)]; ok {
			return u.in.Funcs[sym(other)].Inline
		}
	}
	return false
}

// SetManyUnits sets how many loads are many, until undo is called.
func SetManyUnits(n int) (undo func()) {
	was := manyUnits
	manyUnits = n
	return func() { manyUnits = was }
}

// SetSecondTypes gives native code descriptors of its own for slices of cells'
// types, as a linker would, until undo is called.
func SetSecondTypes() (undo func()) {
	one := typeOf
	typeOf = func(r *linkname.Resolver, name string) (unsafe.Pointer, error) {
		t, err := one(r, name)
		if err != nil || !strings.HasPrefix(name, "[]") || !strings.Contains(name, "main.") {
			return t, err
		}
		second := *(*[7]unsafe.Pointer)(t) // an abi.SliceType, whose names and data the runtime keeps
		kept = append(kept, &second)
		return unsafe.Pointer(&second), nil
	}
	return func() { typeOf = one }
}

var kept []*[7]unsafe.Pointer

// Texts is how many texts of cells are kept.
func (s *Session) Texts() int { return len(s.sources) }

// ForeignMembers are the names that errors answer with others.
func ForeignMembers() map[string]map[string]string { return foreignMembers }
