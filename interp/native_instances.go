package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
)

// Compiled code brings the instances of generic functions that it uses. Those
// that only interpreted code uses, as the statements of a cell, get a unit of
// their own when a cell first mentions them: with what they are instances of,
// and for each a function that calls it. They are bound as other functions are.

// An instance is one of a generic function, or a method of an instance of a
// generic type.
type instance struct {
	emit.Instance
	src  engine.Source
	name string // as people see it
}

// instances has the instances compiled that a committed cell needs outside of
// compiled code; hot are its statements that are compiled, nil if none are.
func (n *native) instances(c *checked, hot *nativeStatements) {
	if n.tier == Interp || n.program() {
		return
	}
	wanted := n.wanted(c, n.interpreted(c, hot))
	if len(wanted) == 0 || n.start() != nil { // starting takes a first cell 20 ms
		return
	}
	var waits []*nativeUnit
	u := n.newUnit(c)
	var list []instance
	for _, in := range wanted {
		has := n.instanceUnits[in.src]
		if has == nil {
			list, has = append(list, in), u
			n.instanceUnits[in.src] = u
		}
		if loops(in.src.Decl.Body) {
			waits = append(waits, has)
		}
	}
	if len(list) > 0 {
		n.instantiate(c, u, list)
		n.submit(u)
	}
	n.await(waits)
}

// instantiated is a unit of instances as they are declared now, nil if there are
// none: those of types that no cell can name any more are interpreted.
func (n *native) instantiated(c *checked, was *nativeUnit) *nativeUnit {
	var list []instance
	for _, in := range was.in.Instances {
		if again, ok := n.instance(was.pkg, in); ok && n.current(was.pkg, in) {
			list = append(list, again)
		}
	}
	if len(list) == 0 {
		return nil
	}
	u := n.newUnit(c)
	u.cell, u.pkg, u.in.Pkg, u.off = was.cell, was.pkg, was.pkg, was.off
	n.instantiate(c, u, list)
	return u
}

// current reports whether the types of an instance are what their names mean.
func (n *native) current(pkg *types.Package, in emit.Instance) bool {
	names := map[string]bool{}
	n.named(&typeWriter{pkg: pkg, imports: map[string]string{}}, in, names)
	for name := range names {
		if b := n.s.names[plain(name)]; pkg.Scope().Lookup(name) != nil && (b == nil || b.internal != name) {
			return false
		}
	}
	return true
}

// interpreted are the parts of a cell that stay so: statements, and functions
// that cannot be compiled.
func (n *native) interpreted(c *checked, hot *nativeStatements) (list []ast.Node) {
	for _, d := range c.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Body != nil && f.Name.Name != "_" && (c.isPkg || strings.HasPrefix(f.Name.Name, "init"+sep) || n.uncompilable(c.info, f) != "") {
			list = append(list, f)
		}
	}
	if hot == nil {
		return append(list, c.body)
	}
	next := 0
	for _, s := range hot.stretches {
		for _, st := range hot.list[next:s.from] {
			list = append(list, st)
		}
		next = s.to
	}
	for _, st := range hot.list[next:] {
		list = append(list, st)
	}
	if hot.last != nil {
		list = append(list, hot.last)
	}
	return list
}

// wanted are the instances that code uses, and the methods of types that its
// values have: compiled code may call those through interfaces.
func (n *native) wanted(c *checked, code []ast.Node) (list []instance) {
	seen := map[engine.Source]bool{}
	add := func(in instance, ok bool) {
		if ok && !seen[in.src] {
			seen[in.src] = true
			list = append(list, in)
		}
	}
	methods := func(t types.Type) {
		for _, m := range instanceMethods(t) {
			add(n.instance(c.pkg, emit.Instance{Func: m}))
		}
	}
	for _, node := range code {
		ast.Inspect(node, func(x ast.Node) bool {
			switch x := x.(type) {
			case *ast.FuncDecl:
				return !emit.IsGeneric(x)
			case *ast.TypeSpec:
				return x.TypeParams == nil
			case *ast.Ident:
				if f, ok := c.info.Uses[x].(*types.Func); ok {
					if in, ok := c.info.Instances[x]; ok {
						add(n.instance(c.pkg, emit.Instance{Func: f.Origin(), Args: slices.Collect(in.TypeArgs.Types())}))
					}
				} else if v, ok := c.info.ObjectOf(x).(*types.Var); ok {
					methods(v.Type())
				}
			case ast.Expr:
				methods(c.info.TypeOf(x))
			}
			return true
		})
	}
	return list
}

// instanceMethods are the methods of an instance of a generic type.
func instanceMethods(t types.Type) []*types.Func {
	if t == nil {
		return nil
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.TypeArgs().Len() == 0 || types.IsInterface(named) {
		return nil
	}
	return slices.Collect(named.Methods())
}

// instance is what in says, as far as a unit of pkg can name it.
func (n *native) instance(pkg *types.Package, in emit.Instance) (instance, bool) {
	path := in.Func.Pkg().Path()
	if path != sessionPath && (!in.Func.Exported() || len(n.packages.of([]string{path})) == 0) {
		return instance{}, false
	}
	sig, args := in.Func.Signature(), in.Args
	if recv := sig.Recv(); recv != nil {
		args = receiverArgs(recv.Type())
	} else if t, err := types.Instantiate(nil, sig, args, false); err == nil {
		sig = t.(*types.Signature)
	}
	typer := &typeWriter{pkg: pkg, imports: map[string]string{}}
	_, ok := typer.signature(sig)
	for _, t := range mentionedTypes(in) {
		_, written := typer.expr(t)
		ok = ok && written
	}
	if !ok {
		return instance{}, false
	}
	src, ok := n.s.machine.Source(in.Func, args...)
	if !ok || n.uncompilable(src.Unit.Info, src.Decl) != "" {
		return instance{}, false
	}
	if path == sessionPath && n.generic[emit.Symbol(src.Decl)].Decl != src.Decl {
		return instance{}, false // a method as it was before it got another signature
	}
	return instance{in, src, instanceName(in.Func, args)}, true
}

// mentionedTypes are those by which an instance is named.
func mentionedTypes(in emit.Instance) []types.Type {
	if recv := in.Func.Signature().Recv(); recv != nil {
		return []types.Type{recv.Type()}
	}
	return in.Args
}

// receiverArgs are the type arguments of a receiver's type.
func receiverArgs(t types.Type) []types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	return slices.Collect(types.Unalias(t).(*types.Named).TypeArgs().Types())
}

// instanceName is an instance as people write it.
func instanceName(f *types.Func, args []types.Type) string {
	if recv := f.Signature().Recv(); recv != nil {
		if _, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
			return "(" + typeText(recv.Type()) + ")." + f.Name()
		}
		return typeText(recv.Type()) + "." + f.Name()
	}
	var list []string
	for _, a := range args {
		list = append(list, typeText(a))
	}
	name := f.Name()
	if f.Pkg().Path() != sessionPath {
		name = f.Pkg().Name() + "." + name
	}
	return name + "[" + strings.Join(list, ", ") + "]"
}

// instantiate makes a unit that of instances.
func (n *native) instantiate(c *checked, u *nativeUnit, list []instance) {
	names := map[string]bool{}
	typer := &typeWriter{pkg: u.pkg, imports: u.in.Paths}
	for _, in := range list {
		n.instanceUnits[in.src] = u
		u.add(in)
		n.named(typer, in.Instance, names)
	}
	u.in.Unused = map[token.Pos]bool{}
	n.extend(c, u, names)
	u.emit()
}

// named collects the names that an instance is written with.
func (n *native) named(typer *typeWriter, in emit.Instance, names map[string]bool) {
	if in.Func.Signature().Recv() == nil {
		names[in.Func.Name()] = true
	}
	for _, t := range mentionedTypes(in) {
		x, _ := typer.expr(t)
		mentions(x, names)
	}
}

// add gives a unit an instance.
func (u *nativeUnit) add(in instance) {
	if u.shown == nil {
		u.shown = map[string]string{}
	}
	sym := emit.InstanceSymbol(len(u.in.Instances))
	u.in.Instances = append(u.in.Instances, in.Instance)
	u.source[sym], u.shown[sym] = in.src, in.name
}

// await waits for instances that have loops.
func (n *native) await(units []*nativeUnit) {
	wait := n.atMost(units...)
	for _, u := range units {
		select {
		case <-u.done:
		case <-wait:
			return
		case <-n.s.ctx.Done():
			return
		}
	}
}
