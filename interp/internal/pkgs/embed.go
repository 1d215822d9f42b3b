package pkgs

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// An Embed is a variable with a go:embed directive, and the files it holds.
type Embed struct {
	Name  string
	Files []EmbedFile // sorted as package embed has them, folders among them
}

// An EmbedFile is a file, or with a slash at the end of its name a folder,
// that a directive embeds. The name is relative to the package's folder.
type EmbedFile struct {
	Name string
	Data []byte
}

// embeds reads the files that a package's directives name.
func embeds(p *Package, files fs.FS, dir string) ([]Embed, error) {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		return nil, err
	}
	var out []Embed
	for _, f := range p.Files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				vs := s.(*ast.ValueSpec)
				doc := vs.Doc
				if doc == nil && !g.Lparen.IsValid() {
					doc = g.Doc
				}
				patterns, err := patternsOf(doc)
				if err != nil {
					return nil, err
				}
				if len(patterns) == 0 {
					continue
				}
				list, err := embedded(sub, patterns)
				if err != nil {
					return nil, fmt.Errorf("package %s: go:embed of %s: %w", p.Path, vs.Names[0].Name, err)
				}
				out = append(out, Embed{vs.Names[0].Name, list})
			}
		}
	}
	return out, nil
}

// patternsOf lists the patterns of the go:embed directives in a comment.
func patternsOf(doc *ast.CommentGroup) ([]string, error) {
	var out []string
	if doc == nil {
		return nil, nil
	}
	for _, c := range doc.List {
		rest, ok := strings.CutPrefix(c.Text, "//go:embed ")
		if !ok {
			continue
		}
		for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
			if rest[0] != '"' && rest[0] != '`' {
				word := strings.Fields(rest)[0]
				out, rest = append(out, word), rest[len(word):]
				continue
			}
			q, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, fmt.Errorf("go:embed: %q: %w", rest, err)
			}
			word, err := strconv.Unquote(q)
			if err != nil {
				return nil, fmt.Errorf("go:embed: %q: %w", rest, err)
			}
			out, rest = append(out, word), rest[len(q):]
		}
	}
	return out, nil
}

// embedded finds the files that the patterns match, with the folders around
// them.
func embedded(files fs.FS, patterns []string) ([]EmbedFile, error) {
	found := map[string][]byte{}
	add := func(name string) error {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		found[name] = data
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			found[d+"/"] = nil
		}
		return nil
	}
	for _, pattern := range patterns {
		glob, all := strings.CutPrefix(pattern, "all:")
		names, err := fs.Glob(files, glob)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", pattern, err)
		}
		n := len(found)
		for _, name := range names {
			err := fs.WalkDir(files, name, func(at string, d fs.DirEntry, err error) error {
				hidden := at != name && !all && (d.Name()[0] == '.' || d.Name()[0] == '_')
				switch {
				case err != nil:
					return err
				case hidden && d.IsDir():
					return fs.SkipDir
				case hidden || d.IsDir():
					return nil
				}
				return add(at)
			})
			if err != nil {
				return nil, err
			}
		}
		if len(found) == n && len(names) == 0 {
			return nil, fmt.Errorf("no file matches %q", pattern)
		}
	}
	var out []EmbedFile
	for _, name := range sorted(found) {
		out = append(out, EmbedFile{name, found[name]})
	}
	slices.SortFunc(out, func(a, b EmbedFile) int {
		ad, ae := path.Split(strings.TrimSuffix(a.Name, "/"))
		bd, be := path.Split(strings.TrimSuffix(b.Name, "/"))
		if c := strings.Compare(dirOf(ad), dirOf(bd)); c != 0 {
			return c
		}
		return strings.Compare(ae, be)
	})
	return out, nil
}

// dirOf is a folder as package embed compares it.
func dirOf(dir string) string {
	if dir == "" {
		return "."
	}
	return strings.TrimSuffix(dir, "/")
}
