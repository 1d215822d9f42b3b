package objfile

import "testing"

// TestJoin: names that one object refers to and another defines are one symbol,
// by name and calling convention; static ones are nobody else's; contents come
// before a variable without; files are told apart.
func TestJoin(t *testing.T) {
	ref := func(name string, abi uint16) *Sym { return &Sym{Name: name, ABI: abi} }
	bare := &Sym{Name: "p.table", Kind: NoPtrBSS, Defined: true, Size: 4}
	caller := &Sym{Name: "p.F", ABI: 1, Kind: Text, Defined: true, Func: &Func{FuncData: []*Sym{ref("p.F.args", 0)}}, Relocs: []Reloc{
		{Sym: ref("p.F", 0)}, {Sym: ref("p.table", 0)}, {Sym: ref("p.local", 0)}, {Sym: ref("q.G", 0)}, {Sym: bare},
	}}
	asm := &Sym{Name: "p.F", ABI: 0, Kind: Text, Defined: true, Asm: true, Func: &Func{}}
	table := &Sym{Name: "p.table", Kind: NoPtrData, Defined: true, Asm: true, Size: 4, Data: []byte{1, 2, 3, 4}}
	local := &Sym{Name: "p.local", ABI: Static, Kind: ROData, Defined: true, Data: []byte{1}}
	args := &Sym{Name: "p.F.args", Kind: ROData, Defined: true, Data: []byte{2}}
	o := Join(&Object{Files: []string{"a.go", "b.go"}, Defs: []*Sym{bare, caller, args}}, &Object{Files: []string{"a.s"}, Defs: []*Sym{asm, table, local}})
	for i, want := range []*Sym{asm, table, nil, nil, table} {
		if got := caller.Relocs[i].Sym; want != nil && got != want || want == nil && got.Defined {
			t.Errorf("reference %d is %+v", i, got)
		}
	}
	if caller.Func.FuncData[0] != args {
		t.Error("the table of a function is not found")
	}
	if len(o.Files) != 3 || caller.Func.FirstFile != 0 || asm.Func.FirstFile != 2 || len(o.Defs) != 6 {
		t.Errorf("files %q, from %d and %d; %d symbols", o.Files, caller.Func.FirstFile, asm.Func.FirstFile, len(o.Defs))
	}
}
