package interp

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/near"
	"github.com/sheaf-go/sheaf/interp/internal/cgo"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
)

// packages is the library of a session: the compiled packages, and those of
// the modules that %pkg has brought, which come as source.
type packages struct {
	Library
	loader *pkgs.Loader
}

var _ Library = (*packages)(nil)

// Paths implements Library.
func (p *packages) Paths() []string {
	paths := p.Library.Paths()
	for _, at := range p.loader.Paths() {
		paths = append(paths, at.Path)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// Name implements Library.
func (p *packages) Name(path string) (string, bool) {
	if name, ok := p.Library.Name(path); ok {
		return name, true
	}
	return p.loader.Name(path)
}

// AutoImport implements Library: a bare name stands for the package that was
// loaded under it, unless a compiled one or a second one has the name too.
func (p *packages) AutoImport(name string) (string, bool) {
	if path, ok := p.Library.AutoImport(name); ok {
		return path, true
	}
	found := ""
	for _, m := range p.loader.List() {
		for _, pkg := range m.Packages {
			if m.Asked && pkg.Types.Name() == name && pkgs.Internal(pkg.Path) == nil {
				if found != "" {
					return "", false
				}
				found = pkg.Path
			}
		}
	}
	return found, found != ""
}

// Doc is the doc comment of a name of any package.
func (p *packages) Doc(path, name string) string {
	if pkg := p.loader.Loaded(path); pkg != nil {
		return pkg.Doc(name)
	}
	if d, ok := p.Library.(interface {
		Doc(path, name string) string
	}); ok {
		return d.Doc(path, name)
	}
	return ""
}

// interpreted reports whether a package is loaded from source.
func (p *packages) interpreted(path string) bool { return p.loader.Loaded(path) != nil }

// Import loads a package from source; ok is false for compiled ones.
func (p *packages) Import(path string) (pkg *types.Package, ok bool, err error) {
	if _, compiled := p.Library.Name(path); compiled || path == cgo.Support {
		return nil, false, nil // the loader may be at work
	}
	if _, known := p.loader.Name(path); !known {
		return nil, false, nil
	}
	pkg, err = p.loader.Import(path)
	return pkg, true, err
}

// importable loads a package that a cell imports.
func (p *packages) importable(path string) error {
	if _, compiled := p.Library.Name(path); compiled {
		return nil
	}
	if err := pkgs.Internal(path); err != nil {
		return err
	}
	_, _, err := p.Import(path)
	return err
}

// otherPath says what to do about a path that nothing is found under.
func (p *packages) otherPath(path string) string {
	near := near.Name(path, slices.Values(p.Paths()))
	for _, m := range p.loader.List() {
		if m.Asked && strings.HasPrefix(path, m.Module.Path+"/") && near == "" {
			return fmt.Sprintf("; %s has no such package", m.Module)
		}
	}
	elem, _, _ := strings.Cut(path, "/")
	switch {
	case strings.Contains(elem, ".") && near == "":
		return fmt.Sprintf("; %%pkg %s loads it", path)
	case near != "":
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// ready makes the packages that a cell imports known to the engine and
// initialises those that no cell has imported before.
func (s *Session) ready(c *checked) *failure {
	var paths []string
	for _, p := range c.pkg.Imports() {
		paths = append(paths, p.Path())
	}
	order, f := s.add(append(paths, c.blank...))
	if f != nil {
		return f
	}
	s.native.packages.ready(order)
	for _, p := range order {
		if s.initialised[p.Path] {
			continue
		}
		if f := s.initialise(p); f != nil {
			return f
		}
		s.initialised[p.Path] = true
	}
	return nil
}

// add makes packages and what they import known to the engine.
func (s *Session) add(paths []string) ([]*pkgs.Package, *failure) {
	order := s.lib.loader.Order(paths)
	for _, p := range order {
		if s.added[p.Path] {
			continue
		}
		s.machine.Add(unitOf(p))
		s.native.packages.asm.note(p)
		if err := s.native.packages.asm.load(p); err != nil {
			return nil, &failure{show: s.report("package", []item{{s.place(p.Files[0].Package), err.Error()}})}
		}
		s.link(p)
		s.added[p.Path] = true
	}
	return order, nil
}

func unitOf(p *pkgs.Package) *engine.Unit {
	return &engine.Unit{Info: p.Info, Pkg: p.Types, Files: p.Files}
}

// initialise sets a package's variables and runs its init functions.
func (s *Session) initialise(p *pkgs.Package) *failure {
	for _, e := range p.Embeds {
		v := p.Types.Scope().Lookup(e.Name)
		g := s.machine.Define(p.Path, e.Name, v.Type()).Value()
		if err := embed(g, e.Files); err != nil {
			return &failure{show: s.report("embed", []item{{s.place(v.Pos()), err.Error()}})}
		}
	}
	unit := unitOf(p)
	for _, in := range p.Info.InitOrder {
		var pan *engine.Panic
		if f := s.native.packages.initialiser(p.Path, in); f != nil {
			pan = s.machine.Guard(s.run, f)
		} else {
			pan = s.machine.InitialiseOne(unit, in, s.run, "init")
		}
		if pan != nil {
			return s.failed(pan)
		}
	}
	for _, name := range p.Inits {
		if pan := s.machine.Call(s.run, p.Types.Scope().Lookup(name).(*types.Func)); pan != nil {
			return s.failed(pan)
		}
	}
	return nil
}

// embed puts files into a variable that a go:embed directive stands above: of
// a type string or []byte, or an embed.FS.
func embed(v reflect.Value, files []pkgs.EmbedFile) error {
	switch {
	case v.Kind() == reflect.String && len(files) > 0:
		v.SetString(string(files[len(files)-1].Data))
	case v.Kind() == reflect.Slice && len(files) > 0:
		v.SetBytes(slices.Clone(files[len(files)-1].Data))
	case v.Kind() == reflect.Struct && v.NumField() == 1 && v.Type().String() == "embed.FS":
		return embedFS(v.Field(0), files)
	default:
		return errors.New("go:embed cannot apply to a variable of type " + v.Type().String())
	}
	return nil
}

// embedFS fills the only field of an embed.FS, a pointer to a slice of structs
// that begin with the name and the data of a file.
func embedFS(field reflect.Value, files []pkgs.EmbedFile) error {
	t := field.Type()
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Slice {
		return errors.New("go:embed: this Go release has another embed.FS")
	}
	elem := t.Elem().Elem()
	list := reflect.New(t.Elem())
	list.Elem().Set(reflect.MakeSlice(t.Elem(), len(files), len(files)))
	for i, f := range files {
		for name, text := range map[string]string{"name": f.Name, "data": string(f.Data)} {
			sf, ok := elem.FieldByName(name)
			if !ok || sf.Type.Kind() != reflect.String {
				return errors.New("go:embed: this Go release has another embed.FS")
			}
			at := list.Elem().Index(i).FieldByIndex(sf.Index)
			reflect.NewAt(at.Type(), unsafe.Pointer(at.UnsafeAddr())).Elem().SetString(text)
		}
	}
	reflect.NewAt(t, unsafe.Pointer(field.UnsafeAddr())).Elem().Set(list)
	return nil
}
