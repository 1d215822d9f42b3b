// Package layers holds the import table of the project: which package may
// import which other package of ours, and why. Its test reads `go list` and
// names every offender, so the table is the architecture, not a picture of it.
//
// Tests may import more than the table allows. Nothing imports this package.
package layers

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Module is the path of our module.
const Module = "github.com/sheaf-go/sheaf"

// everything, as an allowed import, allows all of our packages.
const everything = "*"

// A Door is one package's row of the table: what it may import of ours, as
// paths below [Module], and why it stands where it stands.
type Door struct {
	May    []string
	Reason string
}

// Cells is what a cell may import of ours, as paths below [Module], and so what
// stdlib must carry of what is there.
var Cells = []string{
	"gpu", "learn", "learn/board", "learn/classic", "learn/data", "learn/gather", "learn/graph",
	"learn/model", "learn/model/keras", "learn/model/onnx", "learn/runs", "learn/scatter",
	"learn/search", "learn/tensor", "learn/zoo", "notebooks/comm", "notebooks/show", "plots", "tables",
	"tables/datum", "tables/sql",
}

// Table is the import table, by path below [Module]; "." is the command. A
// package D/internal/X needs no row: it may import what D may, and only
// packages of D may import it.
var Table = map[string]Door{
	".": {[]string{everything}, "the command joins all doors"},

	"notebooks/show": {[]string{"internal/grid", "internal/pace", "internal/values"}, "the vocabulary all faces share must drag nothing along"},
	"notebooks/comm": {[]string{"notebooks/show"}, "channels between cells and code of the front end"},
	"learn/tensor":   {[]string{"internal/memory"}, "numbers in memory know no tables and no devices"},
	"learn/runs":     {nil, "a run record outlives whatever made it"},
	"install":        {nil, "installing must work when all else is broken"},
	"internal/hdf5":  {nil, "a file format"},

	"internal/direct":     {nil, "reads and writes descriptors, and knows no messages"},
	"internal/ccall":      {nil, "between Go code of a session and C, which knows no session"},
	"internal/interrupt":  {nil, "what takes long asks whether its cell is interrupted, and knows no session"},
	"internal/grid":       {nil, "rows and columns of texts, as values that can be laid out so show them"},
	"internal/values":     {nil, "values as text, which displays share"},
	"internal/pace":       {nil, "when displays of several kinds are drawn again"},
	"internal/quantile":   {[]string{"internal/interrupt"}, "numbers by their rank, for tables and for charts"},
	"internal/radix":      {[]string{"internal/interrupt"}, "words in order, for tables and for charts"},
	"internal/atomicfile": {nil, "files that are there whole or not at all, whatever is in them"},
	"internal/memory":     {nil, "memory that is filled before it is read, for any kind of number"},
	"internal/near":       {nil, "the name that was meant, for errors"},
	"internal/traceback":  {nil, "colours of errors, which more than one face shows"},
	"internal/gosyntax":   {nil, "what package ast does not tell"},

	"tables":       {[]string{"internal/atomicfile", "internal/grid", "internal/interrupt", "internal/memory", "internal/near", "internal/quantile", "internal/radix", "notebooks/show"}, "a table shows itself and needs nobody"},
	"tables/sql":   {[]string{"tables"}, "SQL is one more way into tables"},
	"tables/datum": {[]string{"internal/interrupt", "tables"}, "example data are tables"},
	"plots":        {[]string{"internal/atomicfile", "internal/grid", "internal/interrupt", "internal/near", "internal/pace", "internal/quantile", "internal/radix", "notebooks/show", "tables"}, "a chart is drawn from a table"},
	"gpu":          {[]string{"learn/tensor", "notebooks/show"}, "a device runs tensors and shows its state"},

	"learn/gather":  {[]string{"internal/interrupt", "tables", "learn/tensor"}, "from columns to tensors"},
	"learn/scatter": {[]string{"internal/interrupt", "tables", "learn/tensor"}, "from tensors to columns"},
	"learn":         {[]string{"internal/interrupt", "learn/gather", "learn/scatter", "learn/tensor", "tables"}, "one call around gather, compute, scatter; any function computes"},
	"learn/model": {[]string{"internal/grid", "internal/interrupt", "internal/near", "learn/tensor", "learn/gather", "learn/scatter", "tables", "notebooks/show"},
		"layers run on tensors; Fit and Predict also take tables"},
	"learn/model/keras": {[]string{"learn/model", "learn/tensor", "internal/hdf5"}, "interchange reads and writes models"},
	"learn/model/onnx":  {[]string{"learn/model", "learn/tensor", "internal/hdf5"}, "interchange reads and writes models"},
	"learn/classic":     {[]string{"internal/grid", "internal/interrupt", "learn/tensor", "learn/gather", "tables", "notebooks/show"}, "estimators on tables, without the training engine"},
	"learn/graph":       {[]string{"learn/tensor", "learn/model"}, "expressions export models"},
	"learn/data":        {[]string{"tables", "learn/tensor", "learn/gather"}, "what is fitted to data before a model sees it"},
	"learn/search":      {[]string{"learn", "learn/model", "learn/classic", "learn/data", "learn/runs"}, "searching fits models and records runs"},
	"learn/board":       {[]string{"learn/runs"}, "pages over run records"},
	"learn/zoo":         {[]string{"learn/model", "learn/tensor", "tables"}, "ready models"},

	"interp":           {[]string{"internal/ccall", "internal/gosyntax", "internal/grid", "internal/interrupt", "internal/near", "internal/values", "notebooks/show"}, "a session of cells knows no protocol and no library of ours"},
	"interp/worker":    {[]string{"internal/direct", "internal/traceback", "interp", "notebooks/comm", "notebooks/show"}, "the process around a session"},
	"interp/repl":      {[]string{"internal/grid", "internal/traceback", "interp", "interp/worker", "notebooks/show"}, "a face of a session"},
	"kernel":           {[]string{"internal/direct", "internal/traceback", "notebooks/show"}, "a face; reaches a session through its own interface"},
	"kernel/history":   {[]string{"kernel"}, "a file of executed cells, which the kernel needs not know"},
	"notebooks":        {[]string{"notebooks/show"}, "a face; reaches a session through its own interface"},
	"notebooks/nbtest": {[]string{"notebooks"}, "runs notebooks through the command, as a user would"},
	"stdlib":           {append([]string{"internal/gosyntax", "interp", "stdlib/std", "stdlib/system", "stdlib/own", "stdlib/withcgo"}, Cells...), "carries what a cell may import into the interpreter"},

	"stdlib/std":     {nil, "generated symbols of Go's own library; none of ours"},
	"stdlib/system":  {nil, "as stdlib/std, for what differs between platforms"},
	"stdlib/withcgo": {nil, "as stdlib/std, for what only programs built with cgo have"},
	"stdlib/own":     {append([]string{"internal/ccall"}, Cells...), "generated symbols of our packages that a cell may import"},

	"internal/clients":           {[]string{"install"}, "tests find Jupyter clients with the code that lab uses"},
	"internal/clients/provision": {[]string{"internal/clients"}, "the command that makes the clients before tests want them"},

	"bench/gotest": {nil, "runs Go's own tests through the command, as a user would"},

	"bench/examples": {nil, "runs packages' own examples through the command, as a user would"},
	"bench/progen":   {[]string{"internal/gosyntax"}, "compares the command with compiled Go from outside"},

	"bench/tables/jobs": {[]string{"tables"}, "does with tables what its peers do"},
	"bench/plots/jobs":  {[]string{"notebooks/show", "plots", "tables"}, "draws with plots what its peers do"},
	"bench/train/jobs":  {[]string{"learn/model", "learn/tensor"}, "does with the training engine what its peers do"},
	"bench/kernel/soak": {nil, "uses the kernel from outside, and shares no code with it"},

	"internal/layers": {nil, "only reads the others"},
	"internal/rows":   {nil, "only reads the others"},
	"internal/needs":  {nil, "for tests; they may import it anywhere"},
}

// A Package is what Check needs to know of one package.
type Package struct {
	Path    string   // import path
	Doc     string   // synopsis of its doc comment
	Imports []string // import paths, tests not counted
}

// Check returns what the packages do against the table, one line each, sorted.
func Check(pkgs []Package) []string {
	var faults []string
	for _, p := range pkgs {
		name := Short(p.Path)
		if p.Doc == "" {
			faults = append(faults, fmt.Sprintf("%s has no package comment; say what it is and what it is not for", name))
		}
		row, ok := Table[owner(name)]
		if !ok {
			faults = append(faults, fmt.Sprintf("%s is not in the import table; add it to the table with its reason", name))
			continue
		}
		for _, imp := range p.Imports {
			if !ours(imp) || allowed(name, Short(imp), row) {
				continue
			}
			faults = append(faults, fmt.Sprintf("%s imports %s, but may import %s (%s)", name, Short(imp), list(row.May), row.Reason))
		}
	}
	sort.Strings(faults)
	return faults
}

func ours(path string) bool { return path == Module || strings.HasPrefix(path, Module+"/") }

// Short is an import path of ours below [Module]; "." is the command.
func Short(path string) string {
	if path == Module {
		return "."
	}
	return strings.TrimPrefix(path, Module+"/")
}

// owner is the package whose row counts: a door's for its internal packages.
func owner(name string) string {
	door, _, found := strings.Cut(name, "/internal/")
	if found {
		return door
	}
	return name
}

func allowed(name, imp string, row Door) bool {
	door := owner(imp)
	if door != imp {
		// Go itself keeps others out of D/internal; inside D all is allowed.
		return owner(name) == door || strings.HasPrefix(name, door+"/")
	}
	return slices.Contains(row.May, everything) || slices.Contains(row.May, imp)
}

func list(may []string) string {
	if len(may) == 0 {
		return "nothing of ours"
	}
	return "only " + strings.Join(may, ", ")
}
