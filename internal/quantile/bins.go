package quantile

import "math"

const (
	manyValues = 1 << 13 // are worth counting in bins
	bins       = 1 << 11
)

// binned finds quantiles by counting the values in bins of equal width, and
// placing only those of the bins in which the ranks lie. It gives up, with nil,
// where such bins do not divide the values well.
func binned(v, qs []float64) []float64 {
	b, ok := newBinning(v)
	if !ok {
		return nil
	}
	b.count(v)
	gathered := 0
	for _, q := range qs {
		k, share := rank(q, len(v))
		gathered += b.want(k)
		if share > 0 {
			gathered += b.want(k + 1)
		}
	}
	if gathered > len(v)/2 {
		return nil
	}
	b.gather(v)
	out := make([]float64, len(qs))
	for i, q := range qs {
		k, share := rank(q, len(v))
		if out[i] = b.value(k); share > 0 {
			out[i] = interpolated(out[i], b.value(k+1), share)
		}
	}
	return out
}

// A binning is the values of a list by bins.
type binning struct {
	lo, hi, scale float64
	starts        [bins + 1]int // rank of each bin's first value
	wanted        [bins]bool
	values        [bins][]float64 // of the wanted bins
}

func newBinning(v []float64) (*binning, bool) {
	b := &binning{}
	b.lo, b.hi = Ends(v)
	b.scale = bins / (b.hi - b.lo)
	return b, b.scale > 0 && b.scale <= math.MaxFloat64 && b.hi-b.lo <= math.MaxFloat64
}

// bin is the bin of a value: none is in a lower bin than a smaller one.
func (b *binning) bin(x float64) int { return min(int((x-b.lo)*b.scale), bins-1) }

func (b *binning) count(v []float64) {
	for i, x := range v {
		poll(i)
		b.starts[b.bin(x)+1]++
	}
	for k := range bins {
		b.starts[k+1] += b.starts[k]
	}
}

// binOf is the bin of a rank.
func (b *binning) binOf(rank int) int {
	lo, hi := 0, bins-1
	for lo < hi {
		if mid := (lo + hi) / 2; b.starts[mid+1] > rank {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// want asks for the values around a rank, and returns how many more those are.
func (b *binning) want(rank int) int {
	k := b.binOf(rank)
	if b.known(rank) || b.wanted[k] {
		return 0
	}
	b.wanted[k] = true
	return b.starts[k+1] - b.starts[k]
}

// known reports whether a rank is that of an end.
func (b *binning) known(rank int) bool { return rank == 0 || rank == b.starts[bins]-1 }

func (b *binning) gather(v []float64) {
	for k, wanted := range b.wanted {
		if wanted {
			b.values[k] = make([]float64, 0, b.starts[k+1]-b.starts[k])
		}
	}
	for i, x := range v {
		poll(i)
		if k := b.bin(x); b.wanted[k] {
			b.values[k] = append(b.values[k], x)
		}
	}
}

// value is the value of a rank that has been wanted.
func (b *binning) value(rank int) float64 {
	switch {
	case rank == 0:
		return b.lo
	case b.known(rank):
		return b.hi
	}
	k := b.binOf(rank)
	at := rank - b.starts[k]
	place(b.values[k], at)
	return b.values[k][at]
}
