// Calls of compiled functions with all kinds of parameters and results, and
// calls back.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/bits"
	"math/cmplx"
	"net/http"
	"net/http/httptest"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing/fstest"
	"time"
	"unicode"
)

type temperature float32

type byLength []string

func (b byLength) Len() int           { return len(b) }
func (b byLength) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLength) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

func numbers() {
	frac, exp := math.Frexp(10)
	hi, lo := bits.Mul64(math.MaxUint64, 3)
	n, err := strconv.ParseInt("-128", 10, 8)
	_, bad := strconv.Atoi("x")
	fmt.Println(math.Pow(2, 10), frac, exp, hi, lo, n, err, bad)
	fmt.Println(cmplx.Sqrt(-4), math.Float32bits(float32(temperature(1.5))), strconv.FormatFloat(1.25, 'f', 1, 32))
	sign, whole := math.Modf(-2.5)
	fmt.Println(sign, whole, math.FMA(2, 3, 4), unicode.IsUpper('A'), bits.Reverse8(1))
}

func structs() {
	day := time.Date(2024, time.February, 28, 23, 30, 0, 0, time.UTC)
	next := day.Add(time.Hour)
	year, week := next.ISOWeek()
	fmt.Println(next.Format(time.RFC3339), next.After(day), next.Sub(day), year, week, day.IsZero())
	before, after, ok := strings.Cut("key=value", "=")
	fmt.Println(before, after, ok, strings.NewReplacer("a", "b", "c", "d").Replace("abcd"))
}

func callbacks() {
	words := []string{"pear", "fig", "banana", "kiwi"}
	sort.Slice(words, func(i, j int) bool { return words[i] < words[j] })
	fmt.Println(words)
	sort.Stable(byLength(words))
	fmt.Println(words, sort.Search(100, func(i int) bool { return i*i >= 50 }))
	fmt.Println(strings.Map(func(r rune) rune {
		if r == 'a' {
			return -1
		}
		return unicode.ToUpper(r)
	}, "banana"), strings.FieldsFunc("a1b22c", unicode.IsDigit), strings.IndexFunc("abC", func(r rune) bool { return r < 'a' }))
	files := fstest.MapFS{"a/b.txt": {Data: []byte("b")}, "a/c.txt": {Data: []byte("cc")}}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, "c.txt") {
			return fmt.Errorf("stopped at %s: %w", path, fs.ErrExist)
		}
		fmt.Print(path, " ", d.IsDir(), "; ")
		return err
	})
	fmt.Println(err, errors.Is(err, fs.ErrExist))
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, r.URL.Path)
	})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/tea", nil))
	fmt.Println(rec.Code, rec.Body.String())
	var once sync.Once
	for range 3 {
		once.Do(func() { fmt.Println("once") })
	}
}

// A callback may call back, panic, and be called again.
func nested() {
	var search func(n int) int
	search = func(n int) int {
		if n == 0 {
			return 0
		}
		return sort.Search(n, func(i int) bool { return i >= search(n-1) }) + 1
	}
	fmt.Println(search(5))
	calls := 0
	f := func(i int) bool {
		calls++
		if calls == 2 {
			panic(fmt.Sprint("call ", calls))
		}
		return i > 3
	}
	try := func() (n int, err any) {
		defer func() { err = recover() }()
		return sort.Search(8, f), nil
	}
	fmt.Println(try())
	fmt.Println(try())
}

type point struct{ X, Y float64 }

// Func values of signatures without a compiled form of their own.
func rare() {
	f := func(a, b byte, p [2]int, q point) (byte, [2]int, point) {
		return a + b, [2]int{p[1], p[0]}, point{q.Y, q.X}
	}
	var any any = f
	g := any.(func(a, b byte, p [2]int, q point) (byte, [2]int, point))
	fmt.Println(g(1, 2, [2]int{3, 4}, point{5, 6}))
	var fs []func() int
	for i := range 3 {
		fs = append(fs, func() int { i *= 10; return i })
	}
	for _, f := range fs {
		fmt.Print(f(), " ", f(), " ")
	}
	fmt.Println(time.Duration(1500) * time.Millisecond)
}

func main() {
	numbers()
	structs()
	callbacks()
	nested()
	rare()
}

/* Output:
1024 0.625 4 2 18446744073709551613 -128 <nil> strconv.Atoi: parsing "x": invalid syntax
(0+2i) 1069547520 1.2
-2 -0.5 10 true 128
2024-02-29T00:30:00Z true 1h0m0s 2024 9 false
key value true bbdd
[banana fig kiwi pear]
[fig kiwi pear banana] 8
BNN [a b c] 2
. true; a true; a/b.txt false; stopped at a/c.txt: file already exists true
418 /tea
once
5
0 call 2
4 <nil>
3 [4 3] {6 5}
0 0 10 100 20 200 1.5s
*/
