package kernel

import "testing"

func TestCursor(t *testing.T) {
	const s = "aé€😀z"
	offsets := []int{0, 1, 3, 6, 10, 11}
	for n, off := range offsets {
		same(t, "byteOffset", byteOffset(s, n), off)
		same(t, "codePoints", codePoints(s, off), n)
	}
	same(t, "before the start", byteOffset(s, -1), 0)
	same(t, "behind the end", byteOffset(s, 99), len(s))
	same(t, "before the start", codePoints(s, -1), 0)
	same(t, "behind the end", codePoints(s, 99), 5)
	same(t, "no cursor", codeRequest{Code: s}.offset(), len(s))
}
