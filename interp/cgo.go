package interp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sheaf-go/sheaf/interp/internal/cgo"
	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A foreign is a cell with C in it, as Go: split takes it in place of the
// cell's own text.
type foreign struct {
	imports []string // of what C names stand for
	decls   []string // what C names stand for
	vars    string   // the same, variables: statements of a cell
	body    string   // the cell's imports, declarations and statements, in the form of split

	built    *cgo.Built
	preamble *preamble // of the cell; nil: it goes on with that of an earlier one
	names    []string  // C functions and variables that decls and vars give Go names
	declared []string  // the names that decls declare
	texts    map[string]string
	work     string // a folder
}

// A preamble is what stands above import "C" in a cell.
type preamble struct {
	text  string // as line comments of Go
	known map[string]bool
}

// cState is what a session has for C.
type cState struct {
	once      sync.Once
	toolchain *toolchain.Toolchain
	err       error // why there is none

	preamble *preamble         // that cells go on with
	texts    map[string]string // of declarations of C names, by name
}

// cFile is the name that the cell has for compilers.
const cFile = "_cgo_cell.go"

// cVoid is the type that cgo gives to what C functions without result return.
const cVoid = "_Ctype_void"

var (
	mentionsC = pattern(`\bC\s*\.\s*[A-Za-z_]`)
	cWords    = pattern(`\w+`)
)

// foreignCell compiles the C of a cell; nil: it has none.
func (s *Session) foreignCell(src string) (*foreign, *failure) {
	goesOn := s.c.preamble != nil && s.names["C"] == nil && mentionsC().MatchString(src)
	if !goesOn && !strings.Contains(src, `"C"`) {
		return nil, nil
	}
	chunks, err := cut(s.name, src)
	if err != nil {
		return nil, nil // split will say it
	}
	in := &cCell{s: s, src: src, lines: lineStarts(src)}
	if err := in.read(chunks); err != nil {
		return nil, nil
	}
	if in.at == 0 && !goesOn {
		return nil, nil
	}
	f, err := s.buildForeign(in)
	if err != nil {
		f.close()
		if errors.Is(err, context.Canceled) {
			return nil, s.interrupted()
		}
		return nil, &failure{show: s.foreignError(in, err)}
	}
	return f, nil
}

// buildForeign has the cell's C compiled.
func (s *Session) buildForeign(in *cCell) (*foreign, error) {
	tools, err := s.cTools()
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "sheaf-cgo-")
	if err != nil {
		return nil, err
	}
	f := &foreign{work: work, texts: map[string]string{}}
	pre, extra := in.preamble, ""
	if in.at > 0 {
		f.preamble = &preamble{text: pre, known: map[string]bool{}}
		extra = mentionAll(cFunctions(pre))
	} else {
		pre = s.c.preamble.text
	}
	f.built, err = s.runCgo(tools, f, in.file(pre, extra), pre)
	if wrong := (*cgo.SourceError)(nil); extra != "" && errors.As(err, &wrong) {
		// Some function has no form for Go; what the cell itself mentions has.
		f.built, err = s.runCgo(tools, f, in.file(pre, ""), pre)
	}
	if err != nil {
		return f, err
	}
	if err := f.take(s.name); err != nil {
		return f, err
	}
	f.known(s)
	return f, nil
}

func (s *Session) runCgo(tools cgo.Tools, f *foreign, text, preamble string) (*cgo.Built, error) {
	dir, err := s.cDir()
	if err != nil {
		return nil, err
	}
	p := cgo.Package{Path: sessionPath, Dir: dir, Go: []cgo.File{{Name: cFile, Text: []byte(text)}}}
	if f.preamble == nil {
		p.Known = s.c.preamble.known
	}
	if err := directivesOf(&p, preamble); err != nil {
		return nil, err
	}
	s.mu.Lock()
	ctx := s.ctx
	s.mu.Unlock()
	return cgo.Build(ctx, tools, p, f.work)
}

// cDir is the folder in which C is compiled: a program's own, or the session's
// working directory.
func (s *Session) cDir() (string, error) {
	if path := s.cfg.Files[s.title]; path != "" {
		return filepath.Dir(filepath.FromSlash(path)), nil
	}
	return os.Getwd()
}

// cTools finds what compiles C.
func (s *Session) cTools() (cgo.Tools, error) {
	if err := cgo.Available(); err != nil {
		return cgo.Tools{}, err
	}
	s.c.once.Do(func() {
		s.c.toolchain, s.c.err = toolchain.Find(context.Background(), s.cfg.Toolchain)
	})
	if s.c.err != nil {
		return cgo.Tools{}, s.c.err
	}
	c, err := s.c.toolchain.Cgo()
	if err != nil {
		return cgo.Tools{}, err
	}
	return cgo.Tools{Cgo: c.Cgo, CC: c.CC, CXX: c.CXX, Env: c.Env}, nil
}

// cCompiler is what compiles the C of packages.
func (s *Session) cCompiler() (pkgs.CCompiler, error) {
	tools, err := s.cTools()
	if err != nil {
		return pkgs.CCompiler{}, err
	}
	return pkgs.CCompiler{Tools: tools, Kept: s.c.toolchain.Kept("cgo")}, nil
}

// directivesOf reads the #cgo lines of a preamble.
func directivesOf(p *cgo.Package, preamble string) error {
	text := []byte("package main\n" + preamble + "import \"C\"\n")
	ctxt := build.Default
	ctxt.CgoEnabled = true
	ctxt.IsDir = func(path string) bool { return path == p.Dir }
	ctxt.HasSubdir = func(string, string) (string, bool) { return "", false }
	ctxt.ReadDir = func(string) ([]fs.FileInfo, error) { return []fs.FileInfo{onlyFile{len(text)}}, nil }
	ctxt.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	// Names that begin with _ are not built.
	bp, err := ctxt.ImportDir(p.Dir, 0)
	if err != nil {
		return errors.New(strings.ReplaceAll(err.Error(), filepath.Join(p.Dir, onlyFile{}.Name())+": ", ""))
	}
	p.CPPFLAGS, p.CFLAGS, p.CXXFLAGS, p.LDFLAGS = bp.CgoCPPFLAGS, bp.CgoCFLAGS, bp.CgoCXXFLAGS, bp.CgoLDFLAGS
	p.PkgConfig = bp.CgoPkgConfig
	return nil
}

// onlyFile is the only file of a folder.
type onlyFile struct{ size int }

// Name implements fs.FileInfo.
func (onlyFile) Name() string { return "cell.go" }

// Size implements fs.FileInfo.
func (f onlyFile) Size() int64 { return int64(f.size) }

// Mode implements fs.FileInfo.
func (onlyFile) Mode() fs.FileMode { return 0o444 }

// ModTime implements fs.FileInfo.
func (onlyFile) ModTime() time.Time { return time.Time{} }

// IsDir implements fs.FileInfo.
func (onlyFile) IsDir() bool { return false }

// Sys implements fs.FileInfo.
func (onlyFile) Sys() any { return nil }

// extraName is the function that mentions what the cell does not.
const extraName = sep + "mentions"

var cDefinition = pattern(`(?s)\b([A-Za-z_]\w*)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*\{\}`)

// cFunctions lists the functions that a preamble defines. Whatever is taken for
// one and is none, cgo will refuse.
func cFunctions(preamble string) []string {
	var names []string
	for _, m := range cDefinition().FindAllStringSubmatch(cSkeleton(preamble), -1) {
		names = append(names, m[1])
	}
	return names
}

var cNoise = pattern(`(?s)/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?m:^[ \t]*#(?:[^\n\\]|\\.)*)`)

// cSkeleton is C code without comments, strings, directives, and what stands
// between braces.
func cSkeleton(preamble string) string {
	var c strings.Builder
	for line := range strings.Lines(preamble) {
		c.WriteString(strings.TrimPrefix(line, "//"))
	}
	var b strings.Builder
	depth := 0
	for _, r := range cNoise().ReplaceAllString(c.String(), " ") {
		if r == '}' && depth > 0 {
			depth--
		}
		if depth == 0 {
			b.WriteRune(r)
		}
		if r == '{' {
			depth++
		}
	}
	return b.String()
}

// mentionAll is a Go function that mentions functions of C, as calls with and
// without errno.
func mentionAll(names []string) string {
	if len(names) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "func %s() {\n", extraName)
	for _, n := range names {
		fmt.Fprintf(&b, "C.%s()\n_, _ = C.%s()\n", n, n)
	}
	b.WriteString("}\n")
	return b.String()
}

// take reads what cgo has made of the cell.
func (f *foreign) take(name string) error {
	body := string(f.built.Go[0].Text)
	_, body, ok := strings.Cut(body, "import _ \"unsafe\"\n")
	if !ok {
		return errors.New("cgo: the tool's output has another form than that of " + release)
	}
	if i := strings.LastIndex(body, "\nfunc "+extraName+"("); i >= 0 {
		body = body[:i+1]
	}
	f.body = strings.ReplaceAll(body, "/*line "+cFile+":", "/*line "+name+":")
	fset := token.NewFileSet()
	types, err := parser.ParseFile(fset, cgo.TypesFile, f.built.Types, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, d := range types.Decls {
		from, to := fset.Position(d.Pos()), fset.Position(d.End())
		source := string(f.built.Types[from.Offset:to.Offset])
		text := fmt.Sprintf("/*line %s:%d:1*/%s\n", cgo.TypesFile, from.Line, source)
		declares := func(name string) {
			f.decls, f.declared = append(f.decls, text), append(f.declared, name)
			f.texts[name] = source
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			f.names = append(f.names, d.Name.Name)
			declares(d.Name.Name)
		case *ast.GenDecl:
			switch d.Tok {
			case token.IMPORT:
				f.imports = append(f.imports, text)
			case token.VAR:
				f.vars += text
				f.names = append(f.names, d.Specs[0].(*ast.ValueSpec).Names[0].Name)
			case token.TYPE:
				declares(d.Specs[0].(*ast.TypeSpec).Name.Name)
			case token.CONST:
				declares(d.Specs[0].(*ast.ValueSpec).Names[0].Name)
			}
		}
	}
	return nil
}

// open opens the library of a cell that has been checked, and lets later cells
// go on with its names.
func (s *Session) openForeign(f *foreign) *failure {
	if f.built.Library != "" {
		if err := cgo.Open(f.built.Name, f.built.Library, s.cfg.Exit == nil); err != nil {
			return &failure{show: s.report("compile error", []item{{msg: err.Error()}})}
		}
	}
	if f.preamble != nil {
		s.c.preamble = f.preamble
	}
	for _, n := range f.names {
		s.c.preamble.known[n] = true
	}
	if s.c.texts == nil {
		s.c.texts = map[string]string{}
	}
	maps.Copy(s.c.texts, f.texts)
	return nil
}

// text is the cell as one file, with declarations that are made anew.
func (f *foreign) text(anew []piece) string {
	var b strings.Builder
	b.WriteString("package main\n" + strings.Join(f.imports, ""))
	const body = "func " + bodyName + "() {\n"
	b.WriteString(strings.Replace(f.body, body, body+f.vars, 1))
	for _, p := range anew {
		b.WriteString(p.placed())
	}
	b.WriteString(strings.Join(f.decls, ""))
	return b.String()
}

// pieces are the texts of the cell's declarations, for the day when they are
// made anew. What C names stand for is as its library is, and stays.
func (f *foreign) pieces(fset *token.FileSet, decls []ast.Decl, name, text string, anew []piece) []piece {
	list := make([]piece, len(decls))
	own := len(decls) - len(anew) - len(f.decls)
	for i, d := range decls[len(f.imports):own] {
		at := fset.Position(d.Pos())
		from, to := fset.PositionFor(d.Pos(), false).Offset, fset.PositionFor(d.End(), false).Offset
		list[len(f.imports)+i] = piece{file: name, line: at.Line, col: at.Column, text: text[from:to]}
	}
	copy(list[own:], anew)
	return list
}

func (f *foreign) close() {
	if f != nil {
		os.RemoveAll(f.work)
	}
}

var cPlace = pattern(regexp.QuoteMeta(cFile) + `:(\d+)(?::(\d+))?`)

// foreignError words what is wrong with a cell's C, at its places in the cell.
func (s *Session) foreignError(in *cCell, err error) *show.Error {
	var wrong *cgo.SourceError
	if !errors.As(err, &wrong) {
		at := place{}
		if in.at > 0 {
			line, col := position(in.lines, in.at-1)
			at = place{s.name, line, col}
		}
		return s.report("compile error", []item{{at, `import "C": ` + strings.TrimPrefix(strings.TrimPrefix(err.Error(), "toolchain: "), "cgo: ")}})
	}
	var items []item
	isOurs := func(m cgo.Message) bool { return filepath.Base(m.File) == cFile }
	mine := slices.ContainsFunc(wrong.Messages, isOurs)
	for _, m := range wrong.Messages {
		it := item{msg: m.Text}
		if mine && !isOurs(m) {
			continue // what headers have against it follows from that
		}
		if in.at > 0 {
			line, col := position(in.lines, in.at-1)
			it.at = place{s.name, line, col}
		}
		switch {
		case isOurs(m):
			it.at = place{s.name, m.Line, m.Column}
		case m.File != "": // of a header, say
			it.msg = m.File + ":" + strconv.Itoa(m.Line) + ": " + m.Text
		}
		it.msg = cPlace().ReplaceAllString(it.msg, s.title+":$1")
		items = append(items, it)
	}
	return s.report("compile error", items)
}

// cNames are names that cgo gives to what is C's.
var (
	cNames  = pattern(`\b_C(?:2?func|type|var|fpvar_fp|[ifs]const)_(\w)`)
	cParens = pattern(`\((C\.\w+)\)`)
)

// asC writes names of C in a message as cells do.
func asC(msg string) string {
	if !strings.Contains(msg, "_C") {
		return msg
	}
	return cParens().ReplaceAllString(cNames().ReplaceAllString(msg, "C.$1"), "$1")
}

// isForeign reports names that cgo has made up.
func isForeign(name string) bool {
	return strings.HasPrefix(name, "_cgo") || strings.HasPrefix(name, "_Cgo_") || cNames().MatchString(name)
}

// known leaves out of a cell's declarations those that the session has: a type
// of C is one type, however many cells mention it.
func (f *foreign) known(s *Session) {
	have := map[string]bool{}
	for name, text := range f.texts {
		have[name] = s.names[name] != nil && s.c.texts[name] == text
	}
	for again := true; again; { // what mentions something new is new
		again = false
		for name, is := range have {
			if !is {
				continue
			}
			for _, word := range cWords().FindAllString(f.texts[name], -1) {
				if f.texts[word] != "" && !have[word] {
					have[name], again = false, true
					break
				}
			}
		}
	}
	var decls []string
	for i, name := range f.declared {
		if !have[name] {
			decls = append(decls, f.decls[i])
		}
	}
	f.decls = decls
}
