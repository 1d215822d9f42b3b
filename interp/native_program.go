package interp

import "go/types"

// A program that has the process to itself is compiled as it is: what tells
// about calls sees the native ones, under the names that its files have.

// shownFile is the name that package runtime tells for a file of positions.
func (s *Session) shownFile(name string) string {
	shown := name
	if s.cfg.Exit != nil {
		shown = plain(name)
		if path := s.cfg.Files[shown]; path != "" {
			shown = path
		}
	}
	if shown == "" {
		shown = "??" // as Go's linker has it
	}
	if shown != name {
		s.machine.Shown(name, shown)
	}
	return shown
}

// tellsCalls reports functions of packages that tell about calls, positions and
// functions.
func tellsCalls(f *types.Func) bool {
	switch f.Pkg().Path() {
	case "runtime", "runtime/debug", "log", "log/slog", "reflect", "testing":
		return true
	}
	return false
}

// FuncName implements loader.Resolver.
func (r *nativeResolver) FuncName(symbol string) string {
	if r.u.in != nil {
		symbol = r.u.literalName(symbol)
	}
	return plain(symbol)
}
