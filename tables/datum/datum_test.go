package datum

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/needs"
)

func TestIris(t *testing.T) {
	iris := Iris()
	want := []string{"id", "sepal_length", "sepal_width", "petal_length", "petal_width", "class_text"}
	if iris.Len() != 150 || !cmp.Equal(iris.Names(), want) {
		t.Fatalf("%d rows, %v", iris.Len(), iris.Names())
	}
	sums := map[string]float64{}
	for _, name := range want[1:5] {
		for _, v := range iris.Float64s(name) {
			sums[name] += v
		}
	}
	for name, sum := range map[string]float64{"sepal_length": 876.5, "petal_length": 563.8, "petal_width": 179.8} {
		if math.Abs(sums[name]-sum) > 1e-9 {
			t.Errorf("%s sums to %v, want %v", name, sums[name], sum)
		}
	}
	g := iris.GroupBy("class_text").View("class_text", "n = count(id)")
	if !cmp.Equal(g.Strings("class_text"), []string{"Iris-setosa", "Iris-versicolor", "Iris-virginica"}) ||
		!cmp.Equal(g.Int64s("n"), []int64{50, 50, 50}) {
		t.Error(g)
	}
}

func TestToy(t *testing.T) {
	sum := 0.0
	for _, c := range Toy(100).Update("C = A + B").Float64s("C") {
		sum += c
	}
	if math.Abs(sum-410.381665577585) > 1e-9 {
		t.Errorf("the sum of C is %v", sum)
	}
	if Toy(-1).Err() == nil || Blobs(-1, 1).Err() == nil || Linspace(0, 1, -1).Err() == nil || Wave(-1, 0, 1).Err() == nil {
		t.Error("a negative number of rows is no error")
	}
}

func TestGenerators(t *testing.T) {
	if g := Groups().GroupBy("X"); g.Len() != 3 {
		t.Error(g)
	}
	x := Linspace(-1, 0.3, 14).Float64s("X")
	if x[0] != -1 || x[13] != 0.3 || math.Abs(x[1]+0.9) > 1e-15 {
		t.Error(x)
	}
	b := Blobs(4000, 7)
	if !cmp.Equal(b.Float64s("X"), Blobs(4000, 7).Float64s("X")) || cmp.Equal(b.Float64s("X"), Blobs(4000, 8).Float64s("X")) {
		t.Error("points do not follow the seed")
	}
	mean := b.GroupBy("Class").Update("X = avg(X)", "S = std(Y)")
	for i, want := range []float64{-2, 2} {
		if got := mean.Float64s("X")[i]; math.Abs(got-want) > 0.1 {
			t.Errorf("cloud %d lies at %v", i, got)
		}
		if got := mean.Float64s("S")[i]; math.Abs(got-1) > 0.1 {
			t.Errorf("cloud %d has deviation %v", i, got)
		}
	}
	if w := Wave(100, 0, 1); w.Float64s("Y")[25] != math.Sin(w.Float64s("X")[25]) {
		t.Error("a wave without noise is no sine")
	}
}

func TestInsurance(t *testing.T) {
	if os.Getenv("SHEAF_DATA") == "" && len(theStore().folders()) < 2 {
		needs.Have(t, errors.New("no insurance.csv: set SHEAF_DATA to the folder of test data"))
	}
	ins, err := Insurance()
	if err != nil {
		t.Fatal(err)
	}
	if ins.Len() != 1338 || ins.NumCols() != 7 {
		t.Errorf("%d × %d", ins.Len(), ins.NumCols())
	}
}

// serve gives a store whose only known file, x.csv, comes from a server.
func serve(t *testing.T, handlers ...http.HandlerFunc) *fileStore {
	sum := sha256.Sum256([]byte(body))
	src := source{sha256: hex.EncodeToString(sum[:])}
	for _, h := range handlers {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		src.addresses = append(src.addresses, srv.URL+"/x.csv")
	}
	return &fileStore{cache: filepath.Join(t.TempDir(), "sheaf", "data"), known: map[string]source{"x.csv": src}, client: http.DefaultClient}
}

const body = "a,b\n1,2\n"

func good(w http.ResponseWriter, _ *http.Request)    { fmt.Fprint(w, body) }
func wrong(w http.ResponseWriter, _ *http.Request)   { fmt.Fprint(w, "a,b\n1,3\n") }
func missing(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	fmt.Fprint(w, body)
}

func TestFetch(t *testing.T) {
	served := 0
	s := serve(t, missing, cutOff, wrong, func(w http.ResponseWriter, r *http.Request) { served++; good(w, r) })
	for range 2 {
		path, err := s.find("x.csv")
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != body || filepath.Dir(path) != s.cache {
			t.Errorf("%s: %q %v", path, b, err)
		}
	}
	if served != 1 {
		t.Errorf("fetched %d times, want once", served)
	}
	// A damaged copy in the cache is fetched anew.
	if err := os.WriteFile(filepath.Join(s.cache, "x.csv"), []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.find("x.csv"); err != nil || served != 2 {
		t.Errorf("after damage: %v, fetched %d times", err, served)
	}
}

func TestFetchFails(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{"404": missing, "EOF": cutOff, "wrong checksum": wrong} {
		s := serve(t, h)
		_, err := s.find("x.csv")
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), s.cache) || !strings.Contains(err.Error(), "SHEAF_DATA") {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(s.cache); len(left) != 0 {
			t.Errorf("%s: left %v in the cache", name, left)
		}
	}
	s := serve(t)
	for _, name := range []string{"", "../x.csv", "a/b.csv", ".."} {
		if _, err := s.find(name); err == nil {
			t.Errorf("%q: no error", name)
		}
	}
	if _, err := s.find("other.csv"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown file: %v", err)
	}
}

// An interrupt ends a download whatever the network is doing, the second
// address is not tried, and no part of a file stays.
func TestFetchInterrupted(t *testing.T) {
	hangs := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	stalls := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, body)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for name, h := range map[string]http.HandlerFunc{"hangs": hangs, "stalls": stalls} {
		var reached, interrupted atomic.Bool
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { reached.Store(true); h(w, r) }, good)
		interrupt.Watch(interrupted.Load)
		defer interrupt.Watch(func() bool { return false })
		var since time.Time
		go func() {
			for !reached.Load() {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(50 * time.Millisecond)
			since = time.Now()
			interrupted.Store(true)
		}()
		func() {
			defer func() {
				if p := recover(); p != any(interrupt.Err) {
					t.Errorf("%s: panic %v, want %v", name, p, interrupt.Err)
				}
			}()
			path, err := s.find("x.csv")
			t.Errorf("%s: got %s, %v", name, path, err)
		}()
		if took := time.Since(since); !interrupted.Load() || took > time.Second {
			t.Errorf("%s: ended %v after the interrupt", name, took)
		}
		if left, _ := os.ReadDir(s.cache); len(left) != 0 {
			t.Errorf("%s: left %v in the cache", name, left)
		}
	}
}

func TestFindInFolders(t *testing.T) {
	root := t.TempDir()
	shared, deep := filepath.Join(root, "shared", "data"), filepath.Join(root, "project", "tables")
	for _, dir := range []string{shared, deep} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	os.WriteFile(filepath.Join(shared, "x.csv"), []byte(body), 0o644)
	s := serve(t)
	s.start = deep
	if path, err := s.find("x.csv"); err != nil || path != filepath.Join(shared, "x.csv") {
		t.Errorf("above: %s %v", path, err)
	}
	s.data = filepath.Join(root, "project")
	os.WriteFile(filepath.Join(s.data, "x.csv"), []byte("other"), 0o644)
	if _, err := s.find("x.csv"); !errors.Is(err, ErrChecksum) {
		t.Errorf("another file of that name: %v", err)
	}
}

// DH-63: the columns, the rate of frauds and the spread of the real data.
func TestDH63Fraud(t *testing.T) {
	f := Fraud(284_807, 1)
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	names := f.Names()
	if len(names) != 31 || names[0] != "Time" || names[1] != "V1" || names[28] != "V28" || names[29] != "Amount" || names[30] != "Class" {
		t.Fatalf("columns %v", names)
	}
	frauds := 0
	for _, c := range f.Int64s("Class") {
		frauds += int(c)
	}
	if frauds != 492 {
		t.Errorf("%d frauds; want 492", frauds)
	}
	times := f.Float64s("Time")
	if !slices.IsSorted(times) || times[0] < 0 || times[len(times)-1] > 172_792 {
		t.Errorf("times from %v to %v; want ascending within two days", times[0], times[len(times)-1])
	}
	test := f.Where("Time >= 50400 && Time < 57600")
	if test.Len() < 10_000 {
		t.Errorf("%d payments in the hours of the test; want at least 10,000", test.Len())
	}
	if !slices.Equal(f.Float64s("V14"), Fraud(284_807, 1).Float64s("V14")) {
		t.Error("the same seed gives other payments")
	}
	if slices.Equal(Fraud(1000, 1).Float64s("V14"), Fraud(1000, 2).Float64s("V14")) {
		t.Error("another seed gives the same payments")
	}
	if err := Fraud(-1, 1).Err(); err == nil {
		t.Error("-1 payments are no error")
	}
}
