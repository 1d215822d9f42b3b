package engine

import (
	"go/ast"
	"go/types"
	"slices"
	"unsafe"
)

// Add makes the functions and methods of a unit known. A function that exists
// with the same signature gets the new body for its earlier callers too, until
// undo is called.
func (m *Machine) Add(u *Unit) (undo func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.words) > maxWords {
		clear(m.words)
		m.world.Forget()
	}
	old := m.add(u)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, k := range slices.Backward(old) {
			m.setKnown(k)
		}
	}
}

// A known is what is known of a function or method: its source by its key, and
// of a method which of its type's keys by that name is the latest.
type known struct {
	key    string
	src    *source
	name   string // of a method
	latest string
	typ    *types.Named // that the method belongs to
	decl   *types.Named // the latest declaration of it with another method set; nil: the first
}

// add returns what was known before.
func (m *Machine) add(u *Unit) (old []known) {
	for _, file := range u.Files {
		m.number(u, file)
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil || fd.Name.Name == "_" {
				continue
			}
			obj, ok := u.Info.Defs[fd.Name].(*types.Func)
			if !ok {
				continue
			}
			k := known{key: m.sourceKey(obj), src: &source{unit: u, decl: fd, obj: obj, vars: mentioned(u.Info, fd.Body)}}
			if t := receiverType(obj); t != nil {
				k.name, k.latest, k.typ, k.decl = m.key(obj), k.key, t, t
			}
			old = append(old, known{k.key, m.sources[k.key], k.name, m.latest[k.name], k.typ, m.world.Latest(k.typ)})
			m.setKnown(k)
		}
	}
	return old
}

func (m *Machine) setKnown(k known) {
	if m.sources[k.key] = k.src; k.src == nil {
		delete(m.sources, k.key)
	}
	for _, f := range m.funcs {
		if f.src == k.key {
			m.reset(f)
		}
	}
	if k.name == "" || m.latest[k.name] == k.latest {
		return
	}
	if m.latest[k.name] = k.latest; k.latest == "" {
		delete(m.latest, k.name)
	}
	m.renew(k.typ, k.decl)
}

// receiverType is the type that a method belongs to; nil: f is none.
func receiverType(f *types.Func) *types.Named {
	recv := f.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// mentioned lists the package variables that a body mentions.
func mentioned(info *types.Info, body *ast.BlockStmt) map[*types.Var]*Global {
	vars := map[*types.Var]*Global{}
	ast.Inspect(body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := info.Uses[id].(*types.Var); ok && isGlobal(v) {
				vars[v] = nil
			}
		}
		return true
	})
	return vars
}

// number counts the types that are declared in functions, as compilers do: the
// names of types that they are arguments of tell them apart by that.
func (m *Machine) number(u *Unit, file *ast.File) {
	for _, d := range file.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Body == nil {
			continue
		}
		ast.Inspect(fd.Body, func(n ast.Node) bool {
			if ts, ok := n.(*ast.TypeSpec); ok && !ts.Assign.IsValid() {
				if obj, ok := u.Info.Defs[ts.Name].(*types.TypeName); ok {
					m.counts[u.Pkg.Path()]++
					m.locals[obj] = m.counts[u.Pkg.Path()]
					m.world.SetLocal(obj, m.locals[obj], nil)
				}
			}
			return true
		})
	}
}

// renew makes a type new at run time, because a method was added to it or
// changed its signature: it is what decl says from now on.
func (m *Machine) renew(n, decl *types.Named) {
	if !m.world.Renew(n, decl) {
		return // no value and no code knows the type yet
	}
	m.behind = true
	m.words = map[types.Type]unsafe.Pointer{}
	m.layouts = map[string]*sigLayout{}
	for _, src := range m.sources {
		src.forms = nil
	}
	for _, f := range m.funcs { // earlier functions make values of the new type
		if f.src != "" {
			m.reset(f)
		}
	}
}

// key names a function or method across the checks of a session.
func (m *Machine) key(f *types.Func) string {
	f = f.Origin()
	pkg := ""
	if f.Pkg() != nil {
		pkg = f.Pkg().Path()
	}
	if f.Signature().Recv() == nil {
		return pkg + "." + f.Name()
	}
	if n := receiverType(f); n != nil {
		return pkg + "." + n.Obj().Name() + "." + f.Name()
	}
	return pkg + ".?." + f.Name()
}

// sourceKey is key with a method's signature: code that was made for a method's
// earlier signature goes on calling that.
func (m *Machine) sourceKey(f *types.Func) string {
	f = f.Origin()
	key, sig := m.key(f), f.Signature()
	if sig.Recv() == nil {
		return key
	}
	t := types.Unalias(sig.Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
		key = "*" + key
	}
	n, ok := t.(*types.Named)
	if !ok || types.IsInterface(n) {
		return key
	}
	if k := sig.RecvTypeParams().Len(); k > 0 { // whatever the parameters are called
		inst, err := types.Instantiate(m.ctxt, n.Origin(), placeholders(k), false)
		if err != nil {
			return key
		}
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(inst), true, f.Pkg(), f.Name())
		if f, ok := obj.(*types.Func); ok {
			sig = f.Signature()
		}
	}
	return key + m.world.Signature(sig)
}
