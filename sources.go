package main

import "embed"

// sources are the files that this binary's own packages were compiled from, as
// far as cells can import them or they serve those. Cells that are compiled are
// compiled against these, whatever has become of the checkout meanwhile. A test
// names what is missing here.
//
//go:embed go.mod go.sum
//go:embed internal/atomicfile/*.go internal/ccall/*.go internal/ccall/*.s internal/grid/*.go internal/interrupt/*.go internal/memory/*.go internal/near/*.go internal/pace/*.go internal/quantile/*.go internal/radix/*.go internal/values/*.go notebooks/comm/*.go notebooks/show/*.go
//go:embed tables/*.go tables/*.s tables/datum/*.go tables/datum/data
//go:embed learn/*.go learn/classic/*.go learn/gather/*.go learn/model/*.go learn/model/keras/*.go learn/scatter/*.go learn/tensor/*.go
//go:embed learn/tensor/internal/cpu/*.go learn/tensor/internal/cpu/*.s learn/tensor/internal/cpu/*.h
//go:embed plots/*.go
//go:embed stdlib/internal/twin/*.go stdlib/internal/twin/*.s
var sources embed.FS
