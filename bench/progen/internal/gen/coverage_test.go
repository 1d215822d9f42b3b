package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
	"testing"
)

// constructs is what generated programs must exercise: every kind of statement
// and expression, of type, of conversion and of range, and the library that
// cells call. A name's count is how often it occurs in the checked seeds.
var constructs = strings.Fields(`
	int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 complex64 complex128 string bool
	const iota array slice map struct pointer func chan interface embedded-struct embedded-interface tag blank-field
	named-basic alias local-type generic-func generic-type generic-method inferred explicit-instance constraint-union
	value-method pointer-method method-value method-expression stringer error-type variadic-func variadic-call
	named-result closure recursion-closure defer defer-closure recover panic go send receive select select-default close
	range-int range-string range-slice range-array range-array-pointer range-map range-chan range-func range-func-return
	range-assign for-three for-while for-ever break continue break-label continue-label goto fallthrough switch
	switch-tagless type-switch type-switch-nil type-assert type-assert-ok map-ok receive-ok slice-expr slice-3 string-slice
	index-array index-slice index-map index-string composite-elided composite-keyed composite-indexed array-ellipsis
	op-assign inc-dec tuple-assign blank-assign shadow shift shift-assign and-not divide remainder logical compare-struct
	compare-array compare-iface conv-number conv-string-bytes conv-bytes-string conv-string-runes conv-runes-string
	conv-rune-string conv-slice-array conv-slice-array-pointer append append-spread copy len cap make new delete min max
	clear complex real package-var init-func verb-v verb-plus-v verb-sharp-v verb-T verb-q
	pkg-strings pkg-strconv pkg-errors pkg-sort pkg-slices pkg-maps pkg-math pkg-json pkg-sync pkg-atomic pkg-reflect
	pkg-heap pkg-list pkg-template pkg-bufio pkg-bytes pkg-context pkg-time pkg-io pkg-iter pkg-cmp pkg-unicode pkg-utf8
	pkg-bits pkg-os pkg-runtime errors.As errors.Is json.Marshal runtime.Error WaitGroup Mutex
`)

// TestProgramsExercise counts what programs are made of.
func TestProgramsExercise(t *testing.T) {
	var c Checker
	counts := map[string]int{}
	features := map[string]int{}
	for seed := range uint64(checked) {
		p, err := New(seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range p.Features {
			features[f]++
		}
		_, file, info, errs := c.Check(p.Source)
		if len(errs) > 0 {
			t.Fatalf("seed %d: %v", seed, errs[0])
		}
		k := &counter{info: info, counts: counts}
		ast.PreorderStack(file, nil, k.node)
		k.text(p.Source)
	}
	var missing []string
	for _, name := range constructs {
		if counts[name] < 5 {
			missing = append(missing, name)
		}
	}
	sort.Strings(missing)
	if len(missing) > 0 {
		t.Errorf("in %d programs fewer than 5 times: %s", checked, strings.Join(missing, " "))
	}
	for _, f := range Features() {
		if features[f] == 0 {
			t.Errorf("no program instantiates %s", f)
		}
	}
}

// counter counts the constructs of one program.
type counter struct {
	info   *types.Info
	counts map[string]int
}

func (k *counter) add(names ...string) {
	for _, n := range names {
		k.counts[n]++
	}
}

// when adds a name if something holds.
func (k *counter) when(ok bool, name string) {
	if ok {
		k.counts[name]++
	}
}

func (k *counter) under(e ast.Expr) types.Type {
	t := k.info.TypeOf(e)
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t.Underlying()
}

// text counts what is easier seen in the text.
func (k *counter) text(src string) {
	for name, s := range map[string]string{
		"verb-v": "%v", "verb-plus-v": "%+v", "verb-sharp-v": "%#v", "verb-T": "%T", "verb-q": "%q", "errors.As": "errors.As(",
		"errors.Is": "errors.Is(", "json.Marshal": "json.Marshal", "runtime.Error": "(runtime.Error)", "WaitGroup": "sync.WaitGroup",
		"Mutex": "sync.Mutex", "init-func": "\nfunc init() {", "stringer": ") String() string", "error-type": ") Error() string",
	} {
		k.counts[name] += strings.Count(src, s)
	}
}

func (k *counter) node(n ast.Node, stack []ast.Node) bool {
	switch n := n.(type) {
	case *ast.CaseClause:
		for _, e := range n.List {
			_, inType := stack[len(stack)-2].(*ast.TypeSwitchStmt)
			id, name := e.(*ast.Ident)
			k.when(inType && name && id.Name == "nil", "type-switch-nil")
		}
	case ast.Expr:
		k.expr(n, stack)
	case ast.Stmt:
		k.stmt(n, stack)
	case *ast.FuncDecl:
		k.funcDecl(n)
	case ast.Spec:
		k.spec(n, stack)
	}
	return true
}

func (k *counter) spec(n ast.Spec, stack []ast.Node) {
	switch n := n.(type) {
	case *ast.ImportSpec:
		path := strings.Trim(n.Path.Value, `"`)
		k.add("pkg-" + path[strings.LastIndexByte(path, '/')+1:])
	case *ast.TypeSpec:
		k.when(n.Assign.IsValid(), "alias")
		k.when(len(stack) > 2, "local-type")
		k.when(n.TypeParams != nil, "generic-type")
		if d := k.info.Defs[n.Name]; d != nil {
			_, basic := d.Type().Underlying().(*types.Basic)
			k.when(basic, "named-basic")
		}
	case *ast.ValueSpec:
		if d, ok := stack[len(stack)-1].(*ast.GenDecl); ok {
			k.when(d.Tok == token.CONST, "const")
			k.when(d.Tok == token.VAR && len(stack) == 2, "package-var")
		}
	}
}

func (k *counter) funcDecl(n *ast.FuncDecl) {
	k.when(n.Type.TypeParams != nil, "generic-func")
	if n.Type.Results != nil && len(n.Type.Results.List) > 0 && n.Type.Results.List[0].Names != nil {
		k.add("named-result")
	}
	if n.Recv == nil {
		return
	}
	switch t := n.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		k.add("pointer-method")
		switch t.X.(type) {
		case *ast.IndexExpr, *ast.IndexListExpr:
			k.add("generic-method")
		}
	default:
		k.add("value-method")
	}
}
