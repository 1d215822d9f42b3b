package datum

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sheaf-go/sheaf/tables"
)

// Of the real data, two days of European cardholders in 2013: how many
// payments there are, how many of them frauds, and over how many seconds.
const (
	fraudRows    = 284_807
	fraudCases   = 492
	fraudSeconds = 172_792
)

// pcaDeviations are the standard deviations of V1 to V28 over all payments.
var pcaDeviations = [28]float64{1.96, 1.65, 1.52, 1.42, 1.38, 1.33, 1.24, 1.19, 1.10, 1.09, 1.02, 1.00, 1.00, 0.96,
	0.92, 0.88, 0.85, 0.84, 0.81, 0.77, 0.73, 0.73, 0.62, 0.61, 0.52, 0.48, 0.40, 0.33}

// fraudMeans are about where V1 to V28 of frauds lie, by their place.
var fraudMeans = map[int]float64{1: -4.8, 2: 3.6, 3: -7.0, 4: 4.5, 5: -3.2, 6: -1.4, 7: -5.6, 8: 0.6, 9: -2.6, 10: -5.7, 11: 3.8,
	12: -6.3, 14: -7.0, 16: -4.1, 17: -6.7, 18: -2.2, 19: 0.7, 20: 0.4, 21: 0.7}

// Fraud is n made-up card payments with the columns and the rates of the data
// of row DH-63, which may not be passed on: Time in seconds over two days,
// ascending; V1 to V28, components without names; Amount; Class, 1 for a fraud
// and 0 for others, of which 0.1727 % are frauds. One fraud in six looks like an
// honest payment. The same seed gives the same payments; 284807 are as many as
// the data have.
func Fraud(n int, seed int64) *tables.Table {
	if n < 0 {
		return tables.Empty(n)
	}
	rng := rand.New(rand.NewPCG(uint64(seed), 63))
	seconds := make([]float64, n)
	for i := range seconds {
		seconds[i] = math.Floor(dayTime(rng) + 86_396*float64(rng.IntN(2)))
	}
	slices.Sort(seconds)
	class := make([]int, n)
	cases := int(math.Round(float64(n) * fraudCases / fraudRows))
	for _, i := range rng.Perm(n)[:cases] {
		class[i] = 1
	}
	columns := []tables.Col{tables.Floats("Time", seconds...)}
	how := severities(class, rng)
	for v, deviation := range pcaDeviations {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()*deviation*(1+0.8*how[i]) + fraudMeans[v+1]*how[i]
		}
		columns = append(columns, tables.Floats(fmt.Sprintf("V%d", v+1), x...))
	}
	amount := make([]float64, n)
	for i := range amount {
		amount[i] = math.Round(100*math.Exp(3.09+1.65*rng.NormFloat64())) / 100
	}
	return tables.New(append(columns, tables.Floats("Amount", amount...), tables.Ints("Class", class...))...)
}

// dayTime is a second of a day; nights are quiet.
func dayTime(rng *rand.Rand) float64 {
	for {
		s := rng.Float64() * fraudSeconds / 2
		if rng.Float64() < 0.55-0.45*math.Cos(2*math.Pi*(s-3*3600)/86_400) {
			return s
		}
	}
}

// severities are how far each payment is moved towards what frauds look like.
func severities(class []int, rng *rand.Rand) []float64 {
	how := make([]float64, len(class))
	for i, c := range class {
		if c == 1 && rng.Float64() > 1.0/6 {
			how[i] = math.Abs(0.9 + 0.45*rng.NormFloat64())
		}
	}
	return how
}
