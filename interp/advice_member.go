package interp

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/near"
)

// adviseMember is for fields and methods that a type does not have.
func (s *Session) adviseMember(c *checked, path []ast.Node, msg string) string {
	if strings.Contains(msg, "but does have") {
		return "" // said already
	}
	id, ok := last(path, 0).(*ast.Ident)
	if !ok {
		return ""
	}
	var known []candidate
	hint := ""
	switch {
	case strings.Contains(msg, " has no field or method "):
		sel, ok := last(path, 1).(*ast.SelectorExpr)
		if !ok || sel.Sel != id {
			return ""
		}
		known = c.members(sel.X)
		hint = foreignMember(c.info.TypeOf(sel.X), types.ExprString(sel.X), id.Name)
	case strings.HasPrefix(msg, "unknown field "):
		if len(path) > 1 {
			known, _ = c.literalFields(path)
		}
	default:
		return ""
	}
	meant := near.Name(id.Name, func(yield func(string) bool) {
		for _, k := range known {
			if !yield(k.Text) {
				return
			}
		}
	})
	if meant != "" {
		return "did you mean " + meant + "?"
	}
	return cmp.Or(plain(hint), enumerated(known))
}

// fewMembers are so many that an error can name them all.
const fewMembers = 8

// enumerated names what there is instead, if that is little.
func enumerated(known []candidate) string {
	var names []string
	for _, k := range known {
		names = append(names, k.Text)
	}
	slices.Sort(names)
	switch names = slices.Compact(names); {
	case len(names) == 0 || len(names) > fewMembers:
		return ""
	case len(names) == 1:
		return "it has " + names[0]
	}
	return "it has " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// foreignMember says how Go does what x.name does in other languages, for
// types without methods.
func foreignMember(t types.Type, x, name string) string {
	if t == nil {
		return ""
	}
	name = strings.ToLower(name)
	switch name {
	case "len", "length", "size", "count":
		switch t.Underlying().(type) {
		case *types.Slice, *types.Map, *types.Array:
			return "len(" + x + ") counts"
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		switch name {
		case "append", "push", "add":
			return fmt.Sprintf("%s = append(%s, …) adds to a slice", x, x)
		case "sort":
			return "slices.Sort(" + x + ") sorts"
		case "contains", "index", "insert":
			return fmt.Sprintf("slices.%s%s(%s, …) is the function", strings.ToUpper(name[:1]), name[1:], x)
		case "reverse":
			return "slices.Reverse(" + x + ") reverses"
		case "map", "filter", "foreach":
			return fmt.Sprintf("a loop does it: for i, v := range %s { … }", x)
		}
	case *types.Map:
		switch name {
		case "keys", "values", "items", "foreach":
			return fmt.Sprintf("for k, v := range %s { … } goes through a map", x)
		case "get", "has", "contains":
			return fmt.Sprintf("v, ok := %s[key] looks one up", x)
		}
		if types.Identical(u.Key(), types.Typ[types.String]) {
			return fmt.Sprintf("%s[%q] is the value at a key", x, name)
		}
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return foreignString(x, name)
		}
	}
	return ""
}

// foreignString is foreignMember for strings.
func foreignString(x, name string) string {
	if name == "len" || name == "length" || name == "size" {
		return "len(" + x + ") counts its bytes, utf8.RuneCountInString(" + x + ") its letters"
	}
	f := map[string]string{
		"upper": "ToUpper", "touppercase": "ToUpper", "toupper": "ToUpper", "lower": "ToLower", "tolowercase": "ToLower", "tolower": "ToLower",
		"strip": "TrimSpace", "trim": "TrimSpace", "split": "Split", "replace": "ReplaceAll", "startswith": "HasPrefix",
		"endswith": "HasSuffix", "contains": "Contains", "includes": "Contains", "find": "Index", "index": "Index", "indexof": "Index",
		"count": "Count", "repeat": "Repeat", "title": "ToTitle", "splitlines": "Lines", "fields": "Fields",
	}[name]
	switch {
	case strings.HasPrefix(f, "To"), f == "TrimSpace", f == "Fields", f == "Lines":
		return fmt.Sprintf("strings.%s(%s) is the function", f, x)
	case f != "":
		return fmt.Sprintf("strings.%s(%s, …) is the function", f, x)
	case name == "join":
		return "strings.Join(list, separator) is the function"
	case name == "format":
		return "fmt.Sprintf formats"
	}
	return ""
}
