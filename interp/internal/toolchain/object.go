package toolchain

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// readObject reads what the compiler has written.
func readObject(path, object, export string) (*Object, error) {
	o := &Object{Path: path}
	data, err := os.ReadFile(object)
	if err == nil {
		o.Header, o.Code, err = codeOf(data)
	}
	if err == nil {
		o.Export, err = os.ReadFile(export)
	}
	if err != nil {
		return nil, fmt.Errorf("toolchain: package %s: %w", path, err)
	}
	return o, nil
}

// Code returns the object file in an archive such as those of
// [Toolchain.Export], from its magic bytes on.
func Code(archive []byte) ([]byte, error) {
	_, code, err := codeOf(archive)
	if err != nil {
		return nil, fmt.Errorf("toolchain: %w", err)
	}
	return code, nil
}

// Parts of the format of archives: a word, then members with a header of text
// in columns, each padded to an even length.
const (
	archiveMagic = "!<arch>\n"
	headerSize   = 60
	objectMember = "_go_.o"
	objectStart  = "\n!\n"     // between the text and the object
	objectMagic  = "\x00go120" // then "ld" and the like
)

// codeOf finds the object file in an archive.
func codeOf(archive []byte) (header string, code []byte, err error) {
	rest, ok := bytes.CutPrefix(archive, []byte(archiveMagic))
	if !ok {
		return "", nil, errors.New("not an archive of Go")
	}
	for len(rest) >= headerSize {
		name := strings.TrimSpace(string(rest[:16]))
		size, err := strconv.Atoi(strings.TrimSpace(string(rest[48:58])))
		if rest = rest[headerSize:]; err != nil || size < 0 || size > len(rest) {
			break
		}
		if name == objectMember {
			return objectIn(rest[:size])
		}
		rest = rest[min(size+size&1, len(rest)):]
	}
	return "", nil, errors.New("an archive without an object file")
}

func objectIn(member []byte) (header string, code []byte, err error) {
	text, code, ok := bytes.Cut(member, []byte(objectStart))
	if !ok || !bytes.HasPrefix(code, []byte(objectMagic)) {
		return "", nil, fmt.Errorf("an object file of another format than %q", objectMagic[1:])
	}
	return string(text), code, nil
}
