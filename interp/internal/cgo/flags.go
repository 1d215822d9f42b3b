package cgo

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A package's own lines must not make the compilers run or read what they like:
// only flags that say how C is compiled and what is linked are passed on. As
// with the go command, CGO_CFLAGS_ALLOW and its like allow more, and
// CGO_CFLAGS_DISALLOW forbids.
const (
	path  = `[a-zA-Z0-9_/.=+~, :\\$-]*`
	begin = `[a-zA-Z0-9_/.~\\$]` // of a path or a name: no option, no file of options
)

// both are flags of compilers and of the linker.
var both = []string{
	`-f[a-z0-9][a-z0-9-]*(=[a-zA-Z0-9._+-]+)?`,
	`-m[a-z0-9][a-zA-Z0-9._-]*(=[a-zA-Z0-9._+,-]+)?`,
	`-g[a-z0-9-]*`, `-O[0-9a-z]*`, `-pthread`, `-w`, `-arch`, `-pipe`,
	`-std=[a-z0-9:+]+`, `--sysroot=` + begin + path, `-isysroot`, `-F` + begin + path, `-v`,
}

var compilers = []string{
	`-D[A-Za-z_][A-Za-z0-9_]*(=[^@-][^@]*|=-?[0-9]+|=)?`, `-U[A-Za-z_][A-Za-z0-9_]*`,
	`-I` + begin + path, `-I`, `-isystem` + path, `-iquote` + path, `-idirafter` + path, `-include`,
	`-W(no-)?[a-z0-9][a-zA-Z0-9+-]*(=[a-zA-Z0-9-]+)?`, `-Wp,-D[^@-][^@]*`, `-Wp,-U[A-Za-z0-9_]+`,
	`-ansi`, `-pedantic(-errors)?`, `-nostdinc`, `-nostdinc\+\+`, `-undef`, `-stdlib=[a-z+]+`, `-x[a-z+-]*`,
}

var linkers = []string{
	`-l` + begin + path, `-L` + begin + path, `-L`, `-l`, `-framework`, `-static(-pie|-lib[a-z+]+)?`,
	`-shared-libgcc`, `-s`, `-rdynamic`, `-nodefaultlibs`, `-nostartfiles`, `-nostdlib`, `-u`, `-z`, `-stdlib=[a-z+]+`,
	`-Wl,--?(no-)?[a-z][a-z0-9-]*(,[a-zA-Z0-9_/.$+-][a-zA-Z0-9_/.$+=-]*|=[a-zA-Z0-9_/.$+-]+)*`,
	begin + path + `\.(a|o|obj|so|dll|dylib|tbd)(\.[0-9.]+)?`,
}

// never are flags that the patterns above would let pass.
var never = []string{
	"-fplugin", "-fpass-plugin", "-fload", "-fdump", "-fprofile", "-fuse-ld", "-mllvm", "-specs", "-fcallgraph",
	"-Wl,-plugin", "-Wl,--plugin", "-Wl,-dynamic-linker", "-Wl,--dynamic-linker", "-Wl,-T", "-Wl,--script", "-Wl,-o", "-Wl,--output", "-Wl,-Map", "-Wl,--version-script=/",
}

// argued are flags whose argument is the next word.
var argued = []string{"-I", "-L", "-l", "-F", "-framework", "-arch", "-include", "-isystem", "-iquote", "-idirafter", "-isysroot", "-x", "-u", "-z"}

var allowed = sync.OnceValue(func() map[bool]*regexp.Regexp {
	compile := func(lists ...[]string) *regexp.Regexp {
		return regexp.MustCompile(`^(?:` + strings.Join(slices.Concat(lists...), "|") + `)$`)
	}
	return map[bool]*regexp.Regexp{false: compile(both, compilers), true: compile(both, linkers)}
})

// checkFlags refuses flags that a package may not give.
func (b *builder) checkFlags() error {
	for name, flags := range map[string][]string{
		"CPPFLAGS": b.pkg.CPPFLAGS, "CFLAGS": b.pkg.CFLAGS, "CXXFLAGS": b.pkg.CXXFLAGS, "LDFLAGS": b.pkg.LDFLAGS,
	} {
		if err := checkFlags(name, flags); err != nil {
			return err
		}
	}
	return nil
}

func checkFlags(name string, flags []string) error {
	allow, disallow := own("CGO_"+name+"_ALLOW"), own("CGO_"+name+"_DISALLOW")
	pattern := allowed()[name == "LDFLAGS"]
	for i := 0; i < len(flags); i++ {
		f := flags[i]
		banned := slices.ContainsFunc(never, func(n string) bool { return strings.HasPrefix(f, n) })
		ok := pattern.MatchString(f) && !banned || allow != nil && allow.MatchString(f)
		if !ok || disallow != nil && disallow.MatchString(f) {
			return fmt.Errorf("#cgo %s: the flag %s is not allowed (CGO_%s_ALLOW allows more)", name, f, name)
		}
		if !slices.Contains(argued, f) {
			continue
		}
		if i++; i == len(flags) || !plainArgument().MatchString(flags[i]) {
			return fmt.Errorf("#cgo %s: the flag %s wants a name behind it", name, f)
		}
	}
	return nil
}

var plainArgument = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^` + begin + path + `$`) })

// own is a pattern that the user has set; nil: none.
func own(variable string) *regexp.Regexp {
	text := os.Getenv(variable)
	if text == "" {
		return nil
	}
	re, err := regexp.Compile(`^(?:` + text + `)$`)
	if err != nil {
		return nil
	}
	return re
}
