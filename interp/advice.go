package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/near"
)

// The checker's errors say what is wrong; what follows adds the next move where
// one is evident: the name that was meant, the form that Go has for what
// another language writes so.

// advise adds the next move to a message about what stands at pos of the cell;
// c may be nil.
func (s *Session) advise(c *checked, pos token.Pos, msg string) string {
	msg, inPackage, _ := strings.Cut(msg, " (but have ")
	var path []ast.Node
	if c != nil && pos.IsValid() {
		path = pathTo(c.file, pos)
	}
	hint := ""
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		hint = s.adviseUndefined(c, path, name, strings.TrimSuffix(inPackage, ")"))
	} else if c != nil {
		hint = s.adviseMember(c, path, msg)
		if hint == "" {
			hint = c.adviseUse(path, msg)
		}
	}
	if hint == "" {
		return msg
	}
	head, rest, more := strings.Cut(msg, "\n") // "have (…)", "want (…)"
	head += "; " + hint
	if more {
		head += "\n" + rest
	}
	return head
}

// pathTo is the way from the file to what is at pos, outermost first.
func pathTo(f *ast.File, pos token.Pos) []ast.Node {
	var path []ast.Node
	for _, d := range f.Decls {
		if d.Pos() > pos || pos >= d.End() {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil || n.Pos() > pos || pos >= n.End() {
				return false
			}
			path = append(path, n)
			return true
		})
	}
	return path
}

// last is the i-th node from the end of the path, from 0.
func last(path []ast.Node, i int) ast.Node {
	if i >= len(path) {
		return nil
	}
	return path[len(path)-1-i]
}

// adviseUndefined is for a name that means nothing: x, or pkg.X, of which
// the package has another in other letter case.
func (s *Session) adviseUndefined(c *checked, path []ast.Node, name, other string) string {
	if pkg, member, ok := strings.Cut(name, "."); ok {
		path, _ := s.pathOf(pkg)
		if form := foreignForms[path][member]; form != "" {
			return form
		}
		if other == "" {
			other = foreignMembers[path][member]
		}
		if other == "" {
			other = near.Name(member, s.exported(pkg))
		}
		if other == "" {
			other = near.Part(member, s.exported(pkg))
		}
		if other == "" {
			return s.methodOf(pkg, member)
		}
		return "did you mean " + pkg + "." + other + "?"
	}
	if f, ok := last(path, 1).(*ast.Field); ok && f.Type == last(path, 0) {
		if _, isParam := last(path, 2).(*ast.FieldList); isParam {
			if _, isFunc := last(path, 3).(*ast.FuncType); isFunc {
				return "a parameter is a name and its type: " + name + " int"
			}
		}
	}
	if hint := foreignNames[name]; hint != "" {
		return hint
	}
	hint := s.nearName(c, path, name)
	if a, ok := last(path, 1).(*ast.AssignStmt); ok && a.Tok == token.ASSIGN && slices.Contains(a.Lhs, ast.Expr(last(path, 0).(*ast.Ident))) {
		hint = strings.TrimPrefix(hint+" "+name+" := … declares a variable", " ")
	}
	return hint
}

// methodOf says which types of a package have a method of that name, if they are
// few.
func (s *Session) methodOf(pkg, name string) string {
	path, _ := s.pathOf(pkg)
	p, err := s.importer.Import(path)
	if err != nil {
		return ""
	}
	var have []string
	for _, n := range p.Scope().Names() {
		t, ok := p.Scope().Lookup(n).(*types.TypeName)
		if ok && t.Exported() && !t.IsAlias() && !types.IsInterface(t.Type()) &&
			types.NewMethodSet(types.NewPointer(t.Type())).Lookup(p, name) != nil {
			have = append(have, "a "+pkg+"."+n)
		}
	}
	if len(have) == 0 || len(have) > 2 {
		return ""
	}
	return strings.Join(have, " or ") + " has the method " + name
}

// nearName asks about the name that was meant, here or in a package.
func (s *Session) nearName(c *checked, path []ast.Node, name string) string {
	sel, isPkg := last(path, 1).(*ast.SelectorExpr)
	isPkg = isPkg && sel.X == last(path, 0)
	call, isCall := last(path, 1).(*ast.CallExpr)
	isCall = isCall && call.Fun == last(path, 0)
	ask := func(meant string) string { return "did you mean " + meant + "?" }
	if r, _ := utf8.DecodeRuneInString(name); unicode.IsUpper(r) && !isPkg {
		if pkg := s.packageOf(name, func(a, b string) bool { return a == b }); pkg != "" {
			return ask(pkg)
		}
	}
	meant := near.Name(name, s.known(c, path, isPkg))
	if meant != "" && (!isCall || strings.EqualFold(meant, name)) {
		return ask(meant)
	}
	if isCall {
		if pkg := s.packageOf(name, strings.EqualFold); pkg != "" {
			return ask(pkg)
		}
	}
	if meant == "" {
		return ""
	}
	return ask(meant)
}

// known are the names that can stand at the end of the path: packages too,
// where a package may be meant.
func (s *Session) known(c *checked, path []ast.Node, packages bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		names := append(sortedKeys(s.names), types.Universe.Names()...)
		if c != nil && len(path) > 0 {
			names = append(names, slices.Sorted(maps.Keys(c.fresh))...)
			for _, l := range c.locals(last(path, 0).Pos()) {
				names = append(names, l.Text)
			}
		}
		names = append(names, slices.Sorted(maps.Keys(s.imports))...)
		if packages {
			for _, p := range s.lib.Paths() {
				if n, ok := s.lib.Name(p); ok {
					if auto, _ := s.lib.AutoImport(n); auto == p {
						names = append(names, n)
					}
				}
			}
		}
		for _, n := range names {
			if !yield(n) {
				return
			}
		}
	}
}

// The packages whose names people write without the package's.
var everyday = []string{"fmt", "strings", "math", "strconv", "time", "os", "errors", "slices", "sort", "tables", "plots"}

// packageOf finds a name of those packages: "fmt.Println"; "" if there is none.
func (s *Session) packageOf(name string, same func(a, b string) bool) string {
	for _, pkg := range everyday {
		for n := range s.exported(pkg) {
			if same(n, name) {
				return pkg + "." + n
			}
		}
	}
	return ""
}

// exported are the names of the package that a name stands for.
func (s *Session) exported(pkg string) iter.Seq[string] {
	return func(yield func(string) bool) {
		path, ok := s.pathOf(pkg)
		if !ok {
			return
		}
		p, err := s.importer.Import(path)
		if err != nil {
			return
		}
		for _, n := range p.Scope().Names() {
			if token.IsExported(n) && !yield(n) {
				return
			}
		}
	}
}

// pathOf says which package a name stands for at the top level of a cell.
func (s *Session) pathOf(name string) (string, bool) {
	if path, ok := s.imports[name]; ok {
		return path, true
	}
	return s.lib.AutoImport(name)
}

// adviseUse is for expressions that do not fit.
func (c *checked) adviseUse(path []ast.Node, msg string) string {
	switch {
	case strings.Contains(msg, "mismatched types"):
		return adviseMismatch(msg)
	case strings.HasSuffix(msg, "in single-value context"):
		return c.adviseValues(path)
	case strings.HasPrefix(msg, "invalid argument: index -"):
		return adviseIndex(path)
	case strings.HasPrefix(msg, "cannot assign to "):
		return c.adviseAssign(path)
	case strings.HasPrefix(msg, "cannot convert "):
		return adviseConversion(msg)
	case strings.HasPrefix(msg, "cannot use nil as "):
		return adviseNil(msg)
	case strings.HasPrefix(msg, "cannot use "):
		return c.adviseArgument(path)
	case strings.HasPrefix(msg, "non-boolean condition"):
		return c.adviseCondition(path)
	case strings.HasSuffix(msg, "truncated to int"):
		return "whole and floating point numbers do not mix: float64(…) converts"
	case strings.HasPrefix(msg, "no new variables"):
		return "a plain = assigns"
	case msg == "missing return":
		return "a function with results ends in a return on every path"
	case strings.HasPrefix(msg, "too many return values") && len(path) > 0:
		if f, ok := path[0].(*ast.FuncDecl); ok && f.Name.Name == "_" {
			return "the value of a cell is its last expression, without return"
		}
	}
	return c.adviseCall(path, msg)
}

// adviseCall is for calls that do not fit.
func (c *checked) adviseCall(path []ast.Node, msg string) string {
	if t, ok := strings.CutPrefix(msg, "too many arguments in conversion to "); ok {
		return "a value of it is written " + t + "{…}"
	}
	call := callAt(path)
	if call == nil {
		return ""
	}
	switch {
	case strings.HasPrefix(msg, "append(") && strings.HasSuffix(msg, "is not used") && len(call.Args) > 0:
		x := plain(types.ExprString(call.Args[0]))
		return fmt.Sprintf("append returns the longer slice: %s = append(%s, …)", x, x)
	case strings.HasPrefix(msg, "not enough arguments in call to "):
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && c.info.Types[sel.X].IsType() {
			return plain(types.ExprString(sel.X)) + " is a type: methods are called on a value of it"
		}
		return c.sibling(call)
	case strings.HasPrefix(msg, "too many arguments in call to "):
		return c.sibling(call)
	}
	return ""
}

// adviseIndex is for indexes that count from the end.
func adviseIndex(path []ast.Node) string {
	for i := range path {
		switch x := last(path, i).(type) {
		case *ast.IndexExpr:
			return fmt.Sprintf("%s[len(%[1]s)-1] is the last", plain(types.ExprString(x.X)))
		case *ast.SliceExpr:
			return fmt.Sprintf("indexes count from the beginning: len(%s)-1", plain(types.ExprString(x.X)))
		}
	}
	return ""
}

// adviseConversion is for text that is to become something else.
func adviseConversion(msg string) string {
	from, to, _ := strings.Cut(msg, " to type ")
	switch {
	case !strings.Contains(from, "string"):
	case strings.HasPrefix(to, "int"), strings.HasPrefix(to, "uint"):
		return "strconv.Atoi reads a number from text"
	case strings.HasPrefix(to, "float"):
		return "strconv.ParseFloat reads a number from text"
	}
	return ""
}

// adviseNil names the value that a type without nil has instead.
func adviseNil(msg string) string {
	t, _, _ := strings.Cut(strings.TrimPrefix(msg, "cannot use nil as "), " value in ")
	switch {
	case t == "string":
		return `its empty value is ""`
	case t == "bool":
		return "its empty value is false"
	case strings.HasPrefix(t, "int"), strings.HasPrefix(t, "uint"), strings.HasPrefix(t, "float"):
		return "its empty value is 0; a pointer can be nil"
	}
	return ""
}

func callAt(path []ast.Node) *ast.CallExpr {
	for i := range path {
		if call, ok := last(path, i).(*ast.CallExpr); ok {
			return call
		}
	}
	return nil
}

// adviseValues is for a call of several values where one is wanted.
func (c *checked) adviseValues(path []ast.Node) string {
	for i := range path {
		call, ok := last(path, i).(*ast.CallExpr)
		if !ok {
			continue
		}
		tuple, ok := c.info.TypeOf(call).(*types.Tuple)
		if !ok {
			continue
		}
		f := plain(types.ExprString(call.Fun))
		if n := tuple.Len(); n > 1 && types.Identical(tuple.At(n-1).Type(), types.Universe.Lookup("error").Type()) {
			return fmt.Sprintf("its error is a value too: v%s, err := %s(…)", strings.Repeat(", _", n-2), f)
		} else if n > 1 {
			return fmt.Sprintf("a name for each: v%s := %s(…)", strings.Repeat(", _", n-1), f)
		}
	}
	return ""
}

// adviseAssign is for what cannot be assigned to.
func (c *checked) adviseAssign(path []ast.Node) string {
	for i := range path {
		switch x := last(path, i).(type) {
		case *ast.IndexExpr:
			if t := c.info.TypeOf(x.X); t != nil && types.Identical(t.Underlying(), types.Typ[types.String]) {
				return "a string does not change; b := []byte(" + plain(types.ExprString(x.X)) + ") does"
			}
		case *ast.Ident:
			if _, ok := c.info.ObjectOf(x).(*types.Const); ok {
				return plain(x.Name) + " is a constant"
			}
		}
	}
	return ""
}

// adviseCondition is for conditions that are no booleans.
func (c *checked) adviseCondition(path []ast.Node) string {
	var e ast.Expr
	for i := range path {
		switch st := last(path, i).(type) {
		case *ast.IfStmt:
			e = st.Cond
		case *ast.ForStmt:
			e = st.Cond
		}
		if e != nil {
			break
		}
	}
	t := c.info.TypeOf(e)
	if e == nil || t == nil {
		return ""
	}
	x := plain(types.ExprString(e))
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Array:
		return "len(" + x + ") > 0 is one"
	case *types.Pointer, *types.Interface, *types.Chan:
		return x + " != nil is one"
	case *types.Signature:
		return x + "(…) calls it"
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return x + ` != "" is one`
		case u.Info()&types.IsNumeric != 0:
			return x + " != 0 is one"
		}
	}
	return ""
}

// adviseMismatch is for the two types of "mismatched types A and B".
func adviseMismatch(msg string) string {
	_, pair, _ := strings.Cut(msg, "mismatched types ")
	a, b, ok := strings.Cut(strings.TrimSuffix(pair, ")"), " and ")
	if !ok {
		return ""
	}
	a, b = strings.TrimPrefix(a, "untyped "), strings.TrimPrefix(b, "untyped ")
	number := func(t string) bool {
		o, ok := types.Universe.Lookup(t).(*types.TypeName)
		return t == "float" || ok && o.Type().Underlying().(*types.Basic).Info()&types.IsNumeric != 0
	}
	switch {
	case a == "string" && b == "rune", a == "rune" && b == "string":
		return `text is in double quotes: "a" is a string, 'a' the number of a letter`
	case (a == "string" && number(b) || number(a) && b == "string") && strings.Contains(msg, " * "):
		return "strings.Repeat repeats text"
	case a == "string" && number(b), number(a) && b == "string":
		return "fmt.Sprint(n) makes text of a number"
	case number(a) && number(b):
		to := a
		if strings.HasPrefix(b, "float") {
			to = b
		}
		if to == "float" {
			to = "float64"
		}
		return "convert one of them: " + to + "(…)"
	}
	return ""
}
