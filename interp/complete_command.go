package interp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// proposals are what can stand in place of a word.
type proposals func(s *Session, word string) []show.Completion

// takes has what the arguments of commands are. Those of others are Go.
var takes = map[string]proposals{
	"load": files, "run": files, "writefile": files, "save": files, "cd": folders, "pkg": localFolders, "env": environment, "help": commandsFor,
	"tier": oneOf("auto", "interp", "native"), "limit": oneOf("mem", "output"), "test": oneOf("-bench", "-run"),
	"vars": noWords, "go": noWords, "reset": noWords, "native": noWords, "interp": noWords, "pwd": noWords, "bash": noWords, "sh": noWords,
	"capture": noWords, "history": noWords, "rerun": noWords, "fmt": noWords,
}

// argument proposes what a command can be given where the offset is in an
// argument that is no Go: of a shell line, a file.
func (s *Session) argument(src string, offset int) (items []show.Completion, start int, ok bool) {
	h, ok := headAt(src, offset)
	if !ok {
		return nil, 0, false
	}
	line := src[strings.LastIndexByte(src[:offset], '\n')+1 : offset]
	word := line[strings.LastIndexAny(line, " \t")+1:]
	if word == strings.TrimSpace(line) { // the command itself
		return nil, 0, false
	}
	start = offset - len(word)
	if strings.HasPrefix(h.text, "!") {
		return files(s, word), start, true
	}
	propose := takes[strings.TrimLeft(strings.Fields(h.text)[0], "%")]
	if propose == nil {
		return nil, 0, false
	}
	return propose(s, word), start, true
}

// headAt is the command line that the offset is in.
func headAt(src string, offset int) (headLine, bool) {
	heads, _ := commandLines(src)
	lines := lineStarts(src)
	for _, h := range heads {
		last := h.end == len(src) && !strings.HasSuffix(src, "\n")
		if offset >= lines[h.row] && (offset < h.end || last) {
			return h, true
		}
	}
	return headLine{}, false
}

func noWords(*Session, string) []show.Completion { return nil }

func oneOf(list ...string) proposals {
	return func(_ *Session, word string) []show.Completion { return beginning(word, "keyword", list) }
}

func environment(_ *Session, word string) []show.Completion {
	var names []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return beginning(word, "variable", names)
}

func commandsFor(s *Session, word string) []show.Completion {
	return beginning(word, "command", sortedKeys(s.commands))
}

// beginning lists the names that continue a word.
func beginning(word, kind string, names []string) (items []show.Completion) {
	for _, n := range names {
		if strings.HasPrefix(n, word) {
			items = append(items, show.Completion{Text: n, Kind: kind})
		}
	}
	return items
}

func files(_ *Session, word string) []show.Completion { return paths(word, true) }

func folders(_ *Session, word string) []show.Completion { return paths(word, false) }

// localFolders proposes folders where a word says that it is one, and not the
// path of a package.
func localFolders(_ *Session, word string) []show.Completion {
	if strings.HasPrefix(word, ".") || filepath.IsAbs(word) || strings.HasPrefix(word, "~") {
		return paths(word, false)
	}
	return nil
}

// maxPaths is how many files are proposed: nobody reads more.
const maxPaths = 200

// paths lists the folders, and perhaps the files, that continue a word. Hidden
// ones have to be begun, and names that would need quotes are left out.
func paths(word string, all bool) (items []show.Completion) {
	begun, prefix := filepath.Split(word)
	dir, err := fileName(begun)
	if begun == "" {
		dir, err = ".", nil
	}
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := e.Name()
		hidden := strings.HasPrefix(name, ".") && !strings.HasPrefix(prefix, ".")
		if len(items) == maxPaths || hidden || !strings.HasPrefix(name, prefix) || strings.ContainsAny(name, " \t\"'`$\\") {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, name)) // a link may lead to a folder
		switch {
		case err == nil && info.IsDir():
			items = append(items, show.Completion{Text: begun + name + "/", Kind: "folder"})
		case all:
			items = append(items, show.Completion{Text: begun + name, Kind: "file"})
		}
	}
	return items
}

// explainCommand says what the command does whose name is at the offset.
func (s *Session) explainCommand(src string, offset int) (string, bool) {
	h, ok := headAt(src, offset)
	if !ok || !strings.HasPrefix(h.text, "%") {
		return "", false
	}
	line := src[strings.LastIndexByte(src[:offset], '\n')+1:]
	label := strings.Fields(line)[0]
	begin := len(src) - len(line) + strings.Index(line, label)
	cmd, known := s.commands[strings.TrimLeft(label, "%")]
	if !known || offset > begin+len(label) {
		return "", false
	}
	return "%" + cmd.Name + ": " + cmd.Doc, true
}
