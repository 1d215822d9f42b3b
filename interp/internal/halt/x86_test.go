package halt

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// TestDecode compares the sizes of instructions, and where jumps lead, with what
// the disassembler says of compiled packages.
func TestDecode(t *testing.T) {
	needs.Program(t, "go")
	dir := t.TempDir()
	bin := filepath.Join(dir, "program")
	src := filepath.Join(dir, "program.go")
	program := `package main
import ("encoding/json"; "fmt"; "math"; "math/big"; "math/bits"; "regexp"; "sort"; "strconv"; "strings"; "text/template")
func main() {
	fmt.Println(json.Valid(nil), big.NewInt(1), regexp.MustCompile("a"), strconv.Quote(""), strings.ToUpper(""), template.New(""), math.FMA(1, 2, 3), bits.OnesCount(7))
	sort.Ints(nil)
}
`
	if err := os.WriteFile(src, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", bin, src)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%v", out, err)
	}
	out, err := exec.Command("go", "tool", "objdump", "-s", `^(main|fmt|sort|strconv|strings|math|regexp|text/template|encoding/json|internal/fmtsort)\.`, bin).Output()
	if err != nil {
		t.Fatal(err)
	}
	n, jumps := 0, 0
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 4 || !strings.HasPrefix(f[1], "0x") {
			continue
		}
		code, err := hex.DecodeString(f[2])
		if err != nil || f[3] == "?" || code[0] == 0xC4 { // the disassembler does not know these
			continue
		}
		n++
		in, err := decode(append(code, make([]byte, 8)...))
		if err != nil || in.size != len(code) {
			t.Errorf("% x is %s of %d bytes, got %d, %v", code, strings.Join(f[3:], " "), len(code), in.size, err)
		}
		if isJump := strings.HasPrefix(f[3], "J"); isJump != (in.jump != none) {
			t.Errorf("% x is %s, got jump %d", code, strings.Join(f[3:], " "), in.jump)
		} else if isJump {
			jumps++
		}
	}
	if n < 20_000 || jumps < 3_000 {
		t.Errorf("only %d instructions and %d jumps were compared", n, jumps)
	}
}

// TestHolds compares conditions with comparisons of numbers.
func TestHolds(t *testing.T) {
	numbers := []int8{-128, -127, -1, 0, 1, 2, 126, 127}
	for _, a := range numbers {
		for _, b := range numbers {
			d := a - b
			flags := uint64(0)
			set := func(is bool, flag uint64) {
				if is {
					flags |= flag
				}
			}
			set(d == 0, zero)
			set(d < 0, sign)
			set(uint8(a) < uint8(b), carry)
			set((int(a)-int(b)) != int(d), overflow)
			for cond, want := range map[byte]bool{
				0x2: uint8(a) < uint8(b), 0x3: uint8(a) >= uint8(b), 0x4: a == b, 0x5: a != b, 0x6: uint8(a) <= uint8(b), 0x7: uint8(a) > uint8(b),
				0x8: d < 0, 0x9: d >= 0, 0xC: a < b, 0xD: a >= b, 0xE: a <= b, 0xF: a > b,
			} {
				if holds(cond, flags) != want {
					t.Errorf("condition %x of %d and %d: want %v", cond, a, b, want)
				}
			}
		}
	}
	if !holds(0xA, parity) || holds(0xB, parity) || !holds(0x0, overflow) || holds(0x1, overflow) {
		t.Error("parity or overflow")
	}
}

func all(int, int) bool { return true }

// TestFind wants the jumps of small functions to be places, or not.
func TestFind(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		want string // offsets of the places: e of a function's beginning, j by a table, b back
	}{
		"straight":          {"48 89 c3 c3", ""},
		"entry":             {"49 3b 66 10 76 01 c3 e8 00 00 00 00 eb f2", "e4 b12"},
		"entry, large":      {"4c 8d 64 24 80 4d 3b 66 10 0f 86 01 00 00 00 c3 e8 00 00 00 00 eb e9", "e9 b21"},
		"back":              {"ff c8 75 fc c3", "b2"},
		"back, far":         {"ff c8 0f 85 f8 ff ff ff c3", "b2"},
		"forward":           {"75 01 90 c3", ""},
		"to another":        {"ff c8 e9 80 ff ff ff", ""},
		"by a table":        {"ff 24 c1", "j0"},
		"a register":        {"41 ff e0", "j0"},
		"clears much":       {"44 0f 11 38 48 83 c0 40 ff c9 75 f4 c3", ""},
		"copies much":       {"44 0f 10 36 44 0f 11 37 48 83 c6 40 48 83 c7 40 ff c9 75 ec c3", ""},
		"copies by itself":  {"44 0f 10 36 44 0f 11 37 48 83 c6 40 48 83 c7 40 48 39 c6 75 eb c3", "b19"},
		"around a call":     {"e8 00 00 00 00 eb f9", "b5"},
		"nothing leads out": {"eb fe", "error"},
		"inside of another": {"75 fe eb fc", "error"},
	} {
		code, err := hex.DecodeString(strings.ReplaceAll(c.code, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		places, err := Find(code, all)
		var got []string
		for _, p := range places {
			kind := "b"
			if p.entry {
				kind = "e"
			} else if p.jump == indirect {
				kind = "j"
			}
			got = append(got, kind+strconv.Itoa(int(p.Off)))
		}
		if err != nil {
			got = []string{"error"}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", name, s, c.want)
		}
	}
	if places, err := Find([]byte{0xFF, 0xC8, 0x75, 0xFC, 0xC3}, func(int, int) bool { return false }); len(places) > 0 || err != nil {
		t.Errorf("code that is not the session's has places: %v, %v", places, err)
	}
}
