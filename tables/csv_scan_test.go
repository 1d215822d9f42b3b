package tables

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestScan compares what the machine's way finds with what a loop does.
func TestScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		b := make([]byte, rng.IntN(300))
		special := 1 + rng.IntN(60)
		for i := range b {
			b[i] = 'a' + byte(rng.IntN(20))
			if rng.IntN(special) == 0 {
				b[i] = ",\n,\n,,,,\"\r\x00\xac\x8a"[rng.IntN(13)]
			}
		}
		from := rng.IntN(len(b) + 1)
		marks := scanner{delim: ',', line: '\n', quote: '"', extra: []byte{'\r', '"'}[rng.IntN(2)]}
		var ends, rows []uint32
		at := from
	loop:
		for ; at < len(b); at++ {
			switch b[at] {
			case marks.quote, marks.extra, 0:
				break loop
			case '\n':
				ends = append(ends, uint32(at))
				rows = append(rows, uint32(len(ends)))
			case ',':
				ends = append(ends, uint32(at))
			}
		}
		for name, scan := range map[string]func(*scanner) int{
			"machine": func(s *scanner) int { return s.scan(b, from) },
			"words":   func(s *scanner) int { return s.scanWords(b, from) },
		} {
			s := marks
			s.reset(len(b))
			pos := scan(&s)
			if pos != at || !slices.Equal(s.ends[:s.found], ends) || !slices.Equal(s.rows[:s.lines], rows) {
				t.Fatalf("%s: %q from %d: stops at %d, want %d\nends %v, want %v\nrows %v, want %v",
					name, b, from, pos, at, s.ends[:s.found], ends, s.rows[:s.lines], rows)
			}
		}
	}
}

// TestLines compares the machine's way of counting lines with a loop.
func TestLines(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		b := make([]byte, rng.IntN(1<<rng.IntN(16)))
		dense, quotes := 1+rng.IntN(40), rng.IntN(2) == 0
		want, has := 0, false
		for i := range b {
			b[i] = byte(rng.IntN(256))
			if rng.IntN(dense) == 0 {
				b[i] = '\n'
			}
			if b[i] == '"' && (!quotes || rng.IntN(1000) > 0) {
				b[i] = 'x'
			}
			if b[i] == '\n' {
				want++
			}
			has = has || b[i] == '"'
		}
		if n, quotes := lines(b, '"'); n != want || quotes != has {
			t.Fatalf("%d bytes: %d lines, quotes %v; want %d, %v", len(b), n, quotes, want, has)
		}
	}
}

// TestQuoted compares the machine's way of reading text with quotes with a
// loop, from any state.
func TestQuoted(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	words := []string{"a", "bc", ",", "\n", "\"x\",", "\"y,z\"\n", ",\"\"", "\"\"", "#", "\n#"}
	stops := 0
	for range 20_000 {
		var b []byte
		for n := rng.IntN(300); len(b) < n; {
			b = append(b, words[rng.IntN(len(words))]...)
			if rng.IntN(100) == 0 {
				b = append(b, "\"\r\x00"[rng.IntN(3)])
			}
		}
		from := rng.IntN(len(b) + 1)
		q := quoteScan{delim: ',', line: '\n', quote: '"', extra: "\r\x00"[rng.IntN(2)], after: ",\r"[rng.IntN(2)], comment: "#\x00"[rng.IntN(2)]}
		if rng.IntN(2) == 0 {
			q.in = math.MaxUint64
		} else {
			q.open, q.closed, q.begin = rng.Uint64N(2), rng.Uint64N(2), rng.Uint64N(2)
		}
		slow, fast, p, r := scanner{}, scanner{}, q, q
		slow.reset(len(b))
		fast.reset(len(b))
		at, stop := slow.quotedBytes(b, from, &p)
		pos, stopped := fast.quoted(b, from, &r)
		if at != pos || stop != stopped || !stop && p.in != r.in || !slices.Equal(slow.ends[:slow.found], fast.ends[:fast.found]) || !slices.Equal(slow.rows[:slow.lines], fast.rows[:fast.lines]) {
			t.Fatalf("%q from %d, %+v: stops at %d %v, want %d %v\nends %v, want %v\nrows %v, want %v", b, from, q, pos, stopped, at, stop,
				fast.ends[:fast.found], slow.ends[:slow.found], fast.rows[:fast.lines], slow.rows[:slow.lines])
		}
		if stop {
			stops++
		}
	}
	if stops < 2000 || stops > 19_000 {
		t.Errorf("%d stops of 20,000", stops)
	}
}
