package tables

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// columnOf is a column of a file of three, whose other columns are a text and
// the row's number, ready to be read.
func columnOf(t testing.TB, fields []string, col int) csvCells {
	t.Helper()
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i, s := range fields {
		row := []string{strings.Repeat("x", i%5), strings.Repeat("y", i%3), strconv.Itoa(i)}
		row[col] = s
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	f := &csvFile{csvConfig: newCSVConfig(nil), text: []byte(b.String()), names: []string{"a", "b", "c"}, plain: true}
	f.cols = make([]csvColumn, 3)
	c := &csvChunk{lo: len("a,b,c\n"), hi: b.Len(), parts: make([]csvPart, 3)}
	w := &csvWorker{csvFile: f}
	if err := w.index(f, c); err != nil {
		t.Fatal(err)
	}
	if c.rows = w.n; c.rows != len(fields) {
		t.Fatalf("%d rows of %d", c.rows, len(fields))
	}
	return w.cells(c, col)
}

// randomDecimal is a number of up to 26 digits with a point anywhere.
func randomDecimal(rng *rand.Rand) string {
	b := make([]byte, 1+rng.IntN(26))
	for i := range b {
		b[i] = '0' + byte(rng.IntN(10))
	}
	s := string(b)
	switch rng.IntN(4) {
	case 0:
		s = strings.Repeat("0", rng.IntN(20)) + s[:1+rng.IntN(len(s))]
	case 1:
		s = strconv.FormatFloat(rng.NormFloat64()*math.Pow(10, float64(rng.IntN(8))), 'f', -1, 64)
		return strings.TrimPrefix(s, "-")
	}
	if at := rng.IntN(len(s) + 2); at <= len(s) {
		s = s[:at] + "." + s[at:]
	}
	return s
}

// nearHalf is a decimal of up to 23 digits that is between two floats or next
// to there.
func nearHalf(rng *rand.Rand) string {
	m := int64(1<<53 | rng.Uint64N(1<<53) | 1)
	down := rng.IntN(8)
	x := new(big.Rat).SetFrac64(m, 1<<down)
	s := x.FloatString(down)
	if rng.IntN(3) == 0 {
		return s
	}
	b := []byte(new(big.Rat).SetFrac64(m, 1<<down).FloatString(down + rng.IntN(8-down)))
	if b[len(b)-1] == '9' || rng.IntN(2) == 0 && b[len(b)-1] != '0' && b[len(b)-1] != '.' {
		b[len(b)-1]--
	} else if b[len(b)-1] != '.' {
		b[len(b)-1]++
	}
	return string(b)
}

// TestFastFloats compares what the loops in Go and of the machine read with
// strconv, bit by bit, and sees that it leaves few decimals to others.
func TestFastFloats(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	odd := []string{"", "-", ".", "-.", "+1", "1e5", "1.5e-7", "NaN", "inf", "1.2.3", "1-2", " 1", "1 ", `"1"`, "1:5", "1/5", "\xb05", "1_0", "0x1", "--1",
		"123456789012345678901234", "0.12345678901234567890123", "-0", "-0.0", "0", "5.", ".5", "1.7976931348623157081"}
	read, unread := 0, 0
	for range 200 {
		fields := make([]string, 1+rng.IntN(300))
		for i := range fields {
			switch rng.IntN(8) {
			case 0:
				fields[i] = odd[rng.IntN(len(odd))]
			case 1:
				fields[i] = nearHalf(rng)
			default:
				fields[i] = randomDecimal(rng)
			}
			if fields[i] != "" && rng.IntN(3) == 0 {
				fields[i] = "-" + fields[i]
			}
		}
		cells := columnOf(t, fields, rng.IntN(3))
		out := make([]float64, len(fields))
		cells.col.kind, cells.col.f = kindFloat, out
		for r, s := range fields { // the loop in Go
			cells.part.want = kindUnknown
			cells.someFloats(out, r, r+1)
			want, err := strconv.ParseFloat(s, 64)
			if err == nil && !strings.Contains(s, "_") && (cells.part.want != kindUnknown || math.Float64bits(out[r]) != math.Float64bits(want)) {
				t.Fatalf("%q: %v, want %v", s, out[r], want)
			}
		}
		clear(out)
		from, to, left := cells.fastFloats(out)
		for r := from; r < to; r++ {
			want, err := strconv.ParseFloat(fields[r], 64)
			if len(left) > 0 && int(left[0]) == r-from {
				left = left[1:]
				if plainDecimal(fields[r]) {
					unread++
				}
				continue
			}
			read++
			if err != nil || math.Float64bits(out[r]) != math.Float64bits(want) {
				t.Fatalf("%q: %v, want %v, %v", fields[r], out[r], want, err)
			}
		}
		if len(left) > 0 {
			t.Fatalf("left %v", left)
		}
	}
	if fieldsFast && (read < 15_000 || unread > read/10) { // half of nearHalf is exactly between
		t.Errorf("%d read, %d of plain decimals left", read, unread)
	}
}

// plainDecimal has the loop to read, unless it is between two floats.
func plainDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, frac, _ := strings.Cut(s, ".")
	digits := len(whole) + len(frac)
	return digits > 0 && digits <= 23 && len(frac) <= 22 && strings.Trim(whole+frac, "0123456789") == ""
}

// TestFastInts is TestFastFloats of integers.
func TestFastInts(t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 34))
	odd := []string{"", "-", "+1", "1.0", "1e5", "1-2", " 1", "1 ", `"1"`, "1:5", "1/5", "\xb05", "--1", "12345678901234567", "-12345678901234567", "-0"}
	read := 0
	for range 200 {
		fields := make([]string, 1+rng.IntN(300))
		for i := range fields {
			if rng.IntN(8) == 0 {
				fields[i] = odd[rng.IntN(len(odd))]
				continue
			}
			fields[i] = fmt.Sprint(rng.Int64N(1<<rng.IntN(63)) - rng.Int64N(1<<rng.IntN(63)))
		}
		cells := columnOf(t, fields, rng.IntN(3))
		out := make([]int64, len(fields))
		cells.col.kind, cells.col.i = kindInt, out
		for r, s := range fields { // the loop in Go
			cells.part.want = kindUnknown
			cells.someInts(out, r, r+1)
			want, err := strconv.ParseInt(s, 10, 64)
			if err == nil && (cells.part.want != kindUnknown || out[r] != want) {
				t.Fatalf("%q: %v, want %v", s, out[r], want)
			}
		}
		clear(out)
		from, to, left := cells.fastInts(out)
		for r := from; r < to; r++ {
			want, err := strconv.ParseInt(fields[r], 10, 64)
			if len(left) > 0 && int(left[0]) == r-from {
				left = left[1:]
				if digits := strings.TrimPrefix(fields[r], "-"); err == nil && digits[0] != '+' && len(digits) <= 16 {
					t.Fatalf("%q is left", fields[r])
				}
				continue
			}
			read++
			if err != nil || out[r] != want {
				t.Fatalf("%q: %v, want %v, %v", fields[r], out[r], want, err)
			}
		}
		if len(left) > 0 {
			t.Fatalf("left %v", left)
		}
	}
	if fieldsFast && read < 10_000 {
		t.Errorf("%d read", read)
	}
}
