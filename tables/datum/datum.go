// Package datum holds the example data that the tour, the tests and the
// documentation work on: small tables made from formulas, Fisher's irises,
// which ship with the project, and files that are fetched once.
//
// It is no general downloader: [Load] reads files that the package knows by
// their checksum, and files that the user has put into the data folder.
package datum

import (
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/sheaf-go/sheaf/tables"
)

//go:embed data/iris_seed001.csv
var irisText string

// Iris is Fisher's 150 irises as seed 001 lists them (the UCI variant with its
// two known misprints, rows 35 and 38): id, sepal_length, sepal_width,
// petal_length, petal_width in centimetres, and class_text, one of
// Iris-setosa, Iris-versicolor and Iris-virginica, 50 of each in this order.
func Iris() *tables.Table {
	t, err := tables.ParseCSV(irisText)
	if err != nil {
		panic(fmt.Sprintf("datum: the embedded iris is damaged: %v", err))
	}
	return t
}

// Toy is the table that seed 000 begins with: n rows of A = √i and B = −√√i
// (rows DH-1 and DH-41). Of 100 rows A and B together sum to 410.381665577585.
func Toy(n int) *tables.Table {
	return tables.Empty(n).Update("A = sqrt(i)", "B = -sqrt(sqrt(i))")
}

// Groups is the nine-row table of rows DH-44 and DH-45: X is A, B, A, C, B, A,
// B, B, C, and Y counts from 1.
func Groups() *tables.Table {
	return tables.New(tables.Strings("X", "A", "B", "A", "C", "B", "A", "B", "B", "C"),
		tables.Ints("Y", 1, 2, 3, 4, 5, 6, 7, 8, 9))
}

// Blobs is n points X, Y around (-2, -2) and (2, 2) with standard deviation 1,
// and Class, 0 or 1, the cloud that each belongs to, alternating. The same
// seed gives the same points.
func Blobs(n int, seed int64) *tables.Table {
	if n < 0 {
		return tables.Empty(n)
	}
	rng := rand.New(rand.NewPCG(uint64(seed), 0))
	x, y, class := make([]float64, n), make([]float64, n), make([]int, n)
	for i := range n {
		class[i] = i % 2
		centre := float64(4*class[i] - 2)
		x[i], y[i] = centre+rng.NormFloat64(), centre+rng.NormFloat64()
	}
	return tables.New(tables.Floats("X", x...), tables.Floats("Y", y...), tables.Ints("Class", class...))
}

// Linspace is n evenly spaced values X from from to to, both included.
func Linspace(from, to float64, n int) *tables.Table {
	if n < 0 {
		return tables.Empty(n)
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = from
		if n > 1 {
			// Weights of both ends, so that the last value is exactly to.
			w := float64(i) / float64(n-1)
			x[i] = from*(1-w) + to*w
		}
	}
	return tables.New(tables.Floats("X", x...))
}

// Wave is n points X from 0 to 2π with Y = sin X and normal noise of the given
// standard deviation. The same seed gives the same points.
func Wave(n int, noise float64, seed int64) *tables.Table {
	t := Linspace(0, 2*math.Pi, n)
	if t.Err() != nil {
		return t
	}
	rng := rand.New(rand.NewPCG(uint64(seed), 1))
	y := make([]float64, n)
	for i, x := range t.Float64s("X") {
		y[i] = math.Sin(x) + noise*rng.NormFloat64()
	}
	return t.With(tables.Floats("Y", y...))
}

// Insurance is the medical expenses of 1,338 insured persons: age, sex, bmi,
// children, smoker, region, expenses (rows DH-48 and DH-60). The file is found
// as [Load] describes.
func Insurance() (*tables.Table, error) { return Load("insurance.csv") }

// Load reads a data file by its name, looking in the folder that the
// environment variable SHEAF_DATA names (without it, in shared/data of this
// folder and those above), in Sheaf's cache, and, for the files that the
// package knows, on the network, whence it keeps a copy in the cache. A file
// that the package knows must have the right checksum. If the file is nowhere,
// the error says where to put it.
func Load(name string) (*tables.Table, error) {
	path, err := theStore().find(name)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(strings.ToLower(name), ".csv") && !strings.Contains(strings.ToLower(name), ".tsv") {
		return nil, fmt.Errorf("datum: load: %s was found at %s, but only CSV and TSV files can be read", name, path)
	}
	if strings.Contains(strings.ToLower(name), ".tsv") {
		return tables.ReadCSV(path, tables.Delimiter('\t'))
	}
	return tables.ReadCSV(path)
}
