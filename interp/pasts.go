package interp

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"slices"
)

// A Past is a cell that ran before.
type Past struct {
	Count  int // execution count
	Source string
	OK     bool // it succeeded
}

// Pasts are cells that ran before, in their order. They are seldom looked at and
// stay as long as the session, so all but the last are compressed. The zero value
// has none.
type Pasts struct {
	blocks [][]byte
	last   []Past
	size   int // of the sources in last
	n      int
}

// A block has so many cells, or bytes of sources: little enough for nobody to
// notice when it is compressed.
const (
	blockCells = 256
	blockBytes = 32 << 10
)

// Len is how many cells there are.
func (p *Pasts) Len() int { return p.n }

// Add appends a cell.
func (p *Pasts) Add(x Past) {
	p.n++
	p.last = append(p.last, x)
	if p.size += len(x.Source); len(p.last) < blockCells && p.size < blockBytes {
		return
	}
	p.blocks = append(p.blocks, pack(p.last))
	clear(p.last)
	p.last, p.size = p.last[:0], 0
}

// All returns the cells, the oldest first.
func (p *Pasts) All() []Past {
	list := make([]Past, 0, p.n)
	for _, b := range p.blocks {
		list = unpack(list, b)
	}
	return append(list, p.last...)
}

// pack compresses cells; unpack appends them to a list.
func pack(list []Past) []byte {
	var plain []byte
	for _, x := range list {
		ok := byte(0)
		if x.OK {
			ok = 1
		}
		plain = append(binary.AppendVarint(plain, int64(x.Count)), ok)
		plain = append(binary.AppendUvarint(plain, uint64(len(x.Source))), x.Source...)
	}
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestSpeed) // the level is one that it has
	w.Write(plain)                                 // memory takes everything
	w.Close()
	return slices.Clip(slices.Clone(out.Bytes()))
}

func unpack(list []Past, block []byte) []Past {
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(block)))
	if err != nil {
		panic(err) // pack has written it
	}
	for len(plain) > 0 {
		count, n := binary.Varint(plain)
		ok := plain[n] == 1
		size, m := binary.Uvarint(plain[n+1:])
		plain = plain[n+1+m:]
		list = append(list, Past{int(count), string(plain[:size]), ok})
		plain = plain[size:]
	}
	return list
}
