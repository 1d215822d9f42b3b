package show

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Input asks the person for a line and returns it without its end. The error
// says why there is no answer: nobody is there to ask, as in a notebook that
// runs headless, or the input has ended.
func Input(prompt string) (string, error) { return connected().Input(prompt, false) }

// Password is Input for what should not be seen on the screen.
func Password(prompt string) (string, error) { return connected().Input(prompt, true) }

// stdin is the standard input of a compiled program; what is read ahead must
// be there for the next question.
var stdin struct {
	sync.Mutex
	lines *bufio.Reader
}

// Input implements Output.
func (printer) Input(prompt string, password bool) (string, error) {
	stdin.Lock()
	defer stdin.Unlock()
	fmt.Print(prompt)
	if fd := int(os.Stdin.Fd()); password && term.IsTerminal(fd) {
		b, err := term.ReadPassword(fd)
		fmt.Println()
		return string(b), err
	}
	if stdin.lines == nil {
		stdin.lines = bufio.NewReader(os.Stdin)
	}
	line, err := stdin.lines.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}
