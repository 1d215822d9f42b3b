package engine

import (
	"io"
	"os"
	"unsafe"
)

// fileWriters makes what functions write to a file go where Config.Writer says.
func (m *Machine) fileWriters() {
	writer := m.cfg.Writer
	if writer == nil {
		return
	}
	// Methods of files know nil ones themselves.
	file := func(params unsafe.Pointer) *os.File { return *(**os.File)(unsafe.Add(params, -int(word))) }
	write := func(_ *F, params unsafe.Pointer) {
		p := (*struct {
			data []byte
			n    int
			err  error
		})(params)
		p.n, p.err = writer(file(params)).Write(p.data)
	}
	writeString := func(_ *F, params unsafe.Pointer) {
		p := (*struct {
			text string
			n    int
			err  error
		})(params)
		p.n, p.err = io.WriteString(writer(file(params)), p.text)
	}
	m.hosts["os.File.Write"], m.hosts["os.File.WriteString"] = write, writeString
	m.hostMethod("Write", (*os.File)(nil), write)
	m.hostMethod("WriteString", (*os.File)(nil), writeString)
}
