package interp

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"golang.org/x/mod/module"

	"github.com/sheaf-go/sheaf/interp/internal/pkgs"
)

// runPkg brings a third-party package into the session, or lists those that it
// has.
func runPkg(_ context.Context, c *Call) error {
	args, err := c.Words()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		c.listPackages()
		return nil
	}
	for _, arg := range args {
		path, query, _ := strings.Cut(arg, "@")
		path = strings.TrimSuffix(path, "/")
		if _, ok := c.Session.lib.Library.Name(path); ok {
			c.print(fmt.Sprintf("%s is compiled into sheaf; import it as it is", path))
			continue
		}
		require := func() (*pkgs.Package, module.Version, error) { return c.Session.lib.loader.Require(path, query) }
		if pkgs.IsLocal(arg) {
			require = func() (*pkgs.Package, module.Version, error) { return c.Session.lib.loader.RequireFolder(arg) }
		}
		pkg, m, err := require()
		if err != nil {
			return err
		}
		switch {
		case pkg == nil:
			c.print(fmt.Sprintf("%s %s", m.Path, m.Version))
		default:
			c.Session.native.packages.ahead(pkg.Path)
			c.print(fmt.Sprintf("%s %s: import %q%s", m.Path, m.Version, pkg.Path, called(pkg)+c.otherwise(pkg)))
		}
	}
	return nil
}

// called says what a package is called where its path does not.
func called(p *pkgs.Package) string {
	note := ""
	if name := p.Types.Name(); !strings.HasSuffix(p.Path, "/"+name) {
		note = " is package " + name
	}
	if len(p.Tags) > 0 {
		note += " (as Go alone, build tags " + strings.Join(p.Tags, ",") + ")"
	}
	return note
}

// otherwise says what a package's name means as long as it is not imported,
// where that is another package.
func (c *Call) otherwise(p *pkgs.Package) string {
	if path, ok := c.Session.lib.AutoImport(p.Types.Name()); ok && path != p.Path {
		return fmt.Sprintf(" (without the import %s is %s)", p.Types.Name(), path)
	}
	return ""
}

// listPackages prints the modules of the session and what is loaded of them.
func (c *Call) listPackages() {
	list := c.Session.lib.loader.List()
	if len(list) == 0 {
		c.print("no packages yet; %pkg PATH@VERSION loads one")
		return
	}
	var buf bytes.Buffer
	w := tabwriter.NewWriter(&buf, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "module\tversion\tpackages")
	for _, m := range list {
		var names []string
		for _, p := range m.Packages {
			name := strings.TrimPrefix(strings.TrimPrefix(p.Path, m.Module.Path), "/")
			if name == "" {
				name = p.Types.Name()
			}
			names = append(names, name)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", m.Module.Path, m.Module.Version, strings.Join(names, " "))
	}
	w.Flush()
	c.print(buf.String())
}
