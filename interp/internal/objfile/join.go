package objfile

// Join makes one object of those that a package is compiled and assembled into:
// what one of them refers to by a name that another defines is that symbol.
// Where two define a name, the code and the contents of the first count, but
// contents come before a variable that has none.
func Join(objs ...*Object) *Object {
	if len(objs) == 1 {
		return objs[0]
	}
	type key struct {
		name string
		abi  uint16
	}
	all, defs := &Object{}, map[key]*Sym{}
	for _, o := range objs {
		for _, s := range o.Defs {
			if s.Func != nil {
				s.Func.FirstFile += len(all.Files)
			}
			k := key{s.Name, s.ABI}
			if was := defs[k]; s.Name != "" && s.ABI != Static && (was == nil || len(was.Data) == 0 && len(s.Data) > 0) {
				defs[k] = s
			}
		}
		all.Files = append(all.Files, o.Files...)
		all.Defs = append(all.Defs, o.Defs...)
		all.Imports = append(all.Imports, o.Imports...)
	}
	find := func(s *Sym) *Sym {
		if s != nil && s.ABI == Static && !s.Defined {
			s.ABI = 0 // a name of another package; a linker meets it in code only that nothing reaches
		}
		if s != nil && s.ABI != Static {
			if d := defs[key{s.Name, s.ABI}]; d != nil {
				return d
			}
		}
		return s
	}
	for _, s := range all.Defs {
		for i := range s.Relocs {
			s.Relocs[i].Sym = find(s.Relocs[i].Sym)
		}
		if s.Func != nil {
			for i, fd := range s.Func.FuncData {
				s.Func.FuncData[i] = find(fd)
			}
		}
	}
	return all
}
