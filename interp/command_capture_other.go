//go:build !unix

package interp

import "os"

// redirectStdout makes w what package os calls the standard output.
func redirectStdout(w *os.File) (restore func(), err error) {
	was := os.Stdout
	os.Stdout = w
	return func() { os.Stdout = was }, nil
}
