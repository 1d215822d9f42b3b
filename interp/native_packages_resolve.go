package interp

import (
	"go/types"
	"strings"
	"unsafe"
)

// What the names of compiled packages mean, to those that load code.

// find parts a symbol of one of the packages; the rest begins as emit has it.
func (ps *nativePackages) find(symbol string) (p *nativePackage, rest string) {
	head := symbol
	if i := strings.IndexAny(head, "[("); i >= 0 {
		head = head[:i]
	}
	slash := strings.LastIndexByte(head, '/') + 1
	dot := strings.IndexByte(head[slash:], '.')
	if dot < 0 {
		return nil, ""
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.prefix[head[:slash+dot]], "main" + symbol[slash+dot:]
}

// repeats reports generic functions of packages that have loops.
func (ps *nativePackages) repeats(f *types.Func) bool {
	for _, p := range ps.of([]string{f.Pkg().Path()}) {
		for _, d := range p.functions() {
			if p.src.Info.Defs[d.Name] == f.Origin() && d.Body != nil {
				return loops(d.Body)
			}
		}
	}
	return false
}

// atWork reports whether packages are being compiled.
func (ps *nativePackages) atWork() bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.busy
}

// code is the address of a function that is compiled or in assembler.
func (ps *nativePackages) code(symbol string, abi uint16) uintptr {
	if pc := ps.asm.code(symbol, abi); pc != 0 {
		return pc
	}
	if p, _ := ps.find(symbol); p != nil && p.mod != nil {
		return p.mod.Code(symbol, abi)
	}
	return 0
}

// own reports symbols that mention a package that comes as source.
func (ps *nativePackages) own(symbol string) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for prefix := range ps.prefix {
		if mentionsPackage(symbol, prefix) {
			return true
		}
	}
	return false
}

// variable is the memory of one of a package's variables.
func (p *nativePackage) variable(n *native, sym string) unsafe.Pointer {
	return n.s.packageVar(p.src, strings.TrimPrefix(sym, "main."))
}

// slot is where a function stands that a package has no body for.
func (p *nativePackage) slot(n *native, sym string) *unsafe.Pointer {
	if f := p.out.Hooks[sym]; f != nil {
		n.packages.mu.Lock()
		defer n.packages.mu.Unlock()
		if p.hooks[sym] == nil {
			v := n.s.machine.HookValue(f)
			p.hooks[sym] = &v
		}
		return p.hooks[sym]
	}
	if p.why[sym] != "" {
		return n.s.machine.Slot(p.objs[sym])
	}
	return n.standing(strings.TrimPrefix(sym, "main."))
}

// mentionsPackage reports symbols in which a package's name, as symbols have it,
// stands before one of its names.
func mentionsPackage(symbol, pkg string) bool {
	for _, prefix := range []string{"type:.eq.", "type:.hash."} {
		symbol = strings.TrimPrefix(symbol, prefix)
	}
	for from := 0; ; {
		i := strings.Index(symbol[from:], pkg+".")
		if i < 0 {
			return false
		}
		before := symbol[:from+i]
		if before == "" || strings.HasSuffix(before, "...") || strings.IndexByte("*[](){}- ,;", before[len(before)-1]) >= 0 {
			return true
		}
		from += i + 1
	}
}
