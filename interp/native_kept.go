package interp

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"runtime"
	"slices"
	"sync"
	"unsafe"
	"weak"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/interp/internal/loader"
)

// Loaded code has the addresses of variables in it, where the collector does not
// see them. A loadedUnit sees them for it, as long as the code may run. What the
// code can be entered by holds a key: the func values of its functions, and the
// values of the function literals that reach variables. When no key is left, and
// no goroutine is in the code, it cannot run any more.

// A loadedUnit is what the code of one load needs.
type loadedUnit struct {
	n     *native
	code  *loader.Module
	keyFn func(int) unsafe.Pointer // what the code calls for the keys of literals
	texts []*textKey               // of the cells that its functions are from
	stays bool                     // code of it may run that holds no key

	mu       sync.Mutex
	keep     []unsafe.Pointer
	made     int // keys
	key      weak.Pointer[unitKey]
	literals []nativeLiteral
}

// A unitKey is held by what code can be entered by.
type unitKey struct{ of *loadedUnit }

// A nativeLiteral is a function literal in native code.
type nativeLiteral struct {
	pos  token.Pos
	vars []unsafe.Pointer
	key  weak.Pointer[unitKey]
}

// A nativeFunc is a func value of native code without variables, which holds its
// key.
type nativeFunc struct {
	pc  uintptr
	key *unitKey
}

// newLoaded begins to keep what loading a unit will need.
func (n *native) newLoaded(u *nativeUnit) *loadedUnit {
	l := &loadedUnit{n: n}
	l.keyFn = func(i int) unsafe.Pointer { return unsafe.Pointer(l.keyOf(&l.literals[i].key)) }
	l.holdTexts(u)
	for _, lit := range u.out.Literals {
		x := nativeLiteral{pos: lit.Pos}
		for _, sym := range lit.Vars {
			x.vars = append(x.vars, u.vars[sym])
		}
		l.literals = append(l.literals, x)
	}
	return l
}

// holdTexts keeps the texts that a unit's functions are from. Function literals
// that reach no variable hold no key, and goroutines ask for the place where they
// were started: texts with such stay.
func (l *loadedUnit) holdTexts(u *nativeUnit) {
	for _, f := range u.in.Funcs {
		key, _ := f.Key.(*textKey)
		l.texts = append(l.texts, key)
		ast.Inspect(f.Decl, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.FuncLit, *ast.GoStmt:
				l.stays = true
				if key != nil {
					key.pin()
				}
			}
			return true
		})
	}
}

// keyOf is the key that w leads to, a new one if there is none any more.
func (l *loadedUnit) keyOf(w *weak.Pointer[unitKey]) *unitKey {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := w.Value(); k != nil {
		return k
	}
	k := &unitKey{l}
	*w = weak.Make(k)
	l.made++
	runtime.AddCleanup(k, func(n weak.Pointer[native]) {
		if n := n.Value(); n != nil {
			n.sweep()
		}
	}, weak.Make(l.n))
	return k
}

// forms are the native forms of what a load has brought.
func (l *loadedUnit) forms(roots []string) map[string]engine.Native {
	key := l.keyOf(&l.key)
	value := func(sym string) unsafe.Pointer {
		fv := (*uintptr)(l.code.Func(sym))
		if fv == nil {
			return nil
		}
		return unsafe.Pointer(&nativeFunc{*fv, key})
	}
	forms := map[string]engine.Native{}
	for _, sym := range roots {
		forms[sym] = engine.Native{Func: value(sym), Pointer: value(cmp.Or(pointerForm(sym), sym+emit.PointerSuffix))}
	}
	l.n.mu.Lock()
	l.n.loaded = append(l.n.loaded, l)
	l.n.load.units++
	l.n.load.bytes += l.code.Size()
	l.n.mu.Unlock()
	return forms
}

// slot is where the func value of keyFn stands.
func (l *loadedUnit) slot() *unsafe.Pointer { return (*unsafe.Pointer)(unsafe.Pointer(&l.keyFn)) }

// idle reports whether there is no key; made tells whether there has been one
// since.
func (l *loadedUnit) idle() (made int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := func(x nativeLiteral) bool { return x.key.Value() != nil }
	return l.made, l.key.Value() == nil && !slices.ContainsFunc(l.literals, held)
}

// A nativeLoad is how much has been loaded. Code stays until the process ends:
// some 2 kB for a small function, with what the runtime has to know of it. Cells
// are no slower for it (5,000 of them were measured), so it is only for its memory
// that there is a bound; the address space for code is 256 MB.
type nativeLoad struct {
	units, bytes int
	told         bool
}

// Loads from which on a restart is worth a thought.
var (
	manyUnits = 10_000
	muchCode  = 64 << 20
)

// hint is a note, once, when so much has been loaded that a restart would help.
func (n *native) hint() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := &n.load
	if l.told || n.s.cfg.Exit != nil || l.units < manyUnits && l.bytes < muchCode {
		return ""
	}
	l.told = true
	return fmt.Sprintf("note: compiled code has been loaded %s times by now, and what is out of date stays in memory (%s of code); "+
		"a restart gives that back, and %%rerun repeats the cells", grouped(l.units), SizeText(int64(l.bytes)))
}

// sweep lets go what only code leads to that cannot run any more.
func (n *native) sweep() {
	if n.s.cfg.Exit != nil {
		return // a program's functions stay
	}
	n.mu.Lock()
	list := slices.Clone(n.loaded)
	n.mu.Unlock()
	idle := map[*loadedUnit]int{}
	for _, l := range list {
		if made, ok := l.idle(); ok {
			idle[l] = made
		}
	}
	if len(idle) == 0 {
		return
	}
	// In this order: what has no key now, is in no stack after that and is given
	// none in between has nothing left that could enter it.
	stacks := loader.TakeStacks()
	over := func(l *loadedUnit) bool {
		made, ok := idle[l]
		if !ok || l.code.Runs(stacks) {
			return false
		}
		now, still := l.idle()
		return still && now == made
	}
	n.mu.Lock()
	gone := map[uintptr]bool{}
	n.loaded = slices.DeleteFunc(n.loaded, func(l *loadedUnit) bool {
		is := over(l)
		if is && !l.stays {
			from, _ := l.code.Range()
			gone[from] = true
		}
		return is
	})
	n.mu.Unlock()
	n.s.machine.Unlocate(gone)
}

// forget gives up the units, whose functions have no names any more.
func (n *native) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, u := range append(n.units, n.later...) {
		u.stale = true
	}
	n.units, n.later = nil, nil
	clear(n.generic)
	clear(n.inline)
	clear(n.objs)
	clear(n.instanceUnits)
}

// literalsOf is where the function literals of native code are that mention a
// variable and that there are still function values of.
func (n *native) literalsOf(g *engine.Global) (at []token.Pos) {
	n.mu.Lock()
	list := slices.Clone(n.loaded)
	n.mu.Unlock()
	looked := false
	for _, l := range list {
		for i := range l.literals {
			x := &l.literals[i]
			if !slices.Contains(x.vars, g.Addr) {
				continue
			}
			if !looked {
				looked = true
				runtime.GC() // what is not found by it is of no interest to anyone
			}
			l.mu.Lock()
			if x.key.Value() != nil && !slices.Contains(at, x.pos) {
				at = append(at, x.pos)
			}
			l.mu.Unlock()
		}
	}
	return at
}

// keyName is the symbol of the function that gives keys.
const keyName = "main." + emit.KeyName
