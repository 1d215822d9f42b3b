package kernel

import "unicode/utf8"

// Messages count a cursor in code points, engines in bytes.

// offset returns the byte offset of r's cursor, within the code.
func (r codeRequest) offset() int {
	if r.Cursor == nil {
		return len(r.Code)
	}
	return byteOffset(r.Code, *r.Cursor)
}

// byteOffset returns the byte offset of code point n of s, within s.
func byteOffset(s string, n int) int {
	for i := range s {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(s)
}

// codePoints counts the code points before byte offset off of s.
func codePoints(s string, off int) int {
	return utf8.RuneCountInString(s[:min(max(off, 0), len(s))])
}
