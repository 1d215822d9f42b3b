package worker

import (
	"errors"
	"os"
)

// A standard is standard output or standard error of the worker. Cells may
// close it; the next ones are to print again.
type standard struct {
	is    **os.File // what cells know it as
	file  *os.File  // what that was at the start
	fd    uintptr
	spare uintptr // a descriptor that no file of a cell's has
}

func newStandard(is **os.File) (*standard, error) {
	d := &standard{is: is, file: *is, fd: (*is).Fd()}
	var err error
	d.spare, err = duplicate(d.fd)
	return d, err
}

// mend opens the stream again if it is closed, and puts it back where a closed
// file has taken its place.
func (d *standard) mend() {
	if f := *d.is; f != d.file {
		if _, err := f.Stat(); errors.Is(err, os.ErrClosed) || f == nil {
			*d.is = d.file
		}
	}
	_, err := d.file.Stat()
	if err == nil {
		return
	}
	fd, failed := again(d.spare, d.fd)
	if failed == nil && errors.Is(err, os.ErrClosed) {
		*d.file = *os.NewFile(fd, d.file.Name()) // in place: others hold the pointer
	}
}
