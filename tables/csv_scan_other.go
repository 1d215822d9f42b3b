//go:build !amd64

package tables

// scan is scanWords, which other machines do in a faster way.
func (s *scanner) scan(b []byte, from int) (pos int) { return s.scanWords(b, from) }
