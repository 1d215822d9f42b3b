package interp

import "go/types"

// A program that has the process to itself is compiled as it is: what tells
// about calls sees the native ones, under the names that its files have.

// shownFiles gives the files of an object the names that package runtime tells.
func (s *Session) shownFiles(files []string) {
	if s.cfg.Exit == nil {
		return
	}
	for i, f := range files {
		shown := plain(f)
		if path := s.cfg.Files[shown]; path != "" {
			shown = path
		}
		if shown != f {
			s.machine.Shown(f, shown)
			files[i] = shown
		}
	}
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
func (r *nativeResolver) FuncName(symbol string) string { return plain(symbol) }
