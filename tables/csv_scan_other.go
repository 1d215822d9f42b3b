//go:build !amd64

package tables

// scan is scanWords, which other machines do in a faster way.
func (s *scanner) scan(b []byte, from int) (pos int) { return s.scanWords(b, from) }

// lines counts line feeds and tells whether there are quotes.
func lines(b []byte, quote byte) (n int, quotes bool) { return linesByByte(b, quote) }

// quoted is quotedBytes, which other machines do in a faster way.
func (s *scanner) quoted(b []byte, from int, q *quoteScan) (pos int, stop bool) {
	return s.quotedBytes(b, from, q)
}
