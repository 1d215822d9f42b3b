// Package notebooks reads, writes and runs Jupyter notebooks (.ipynb, format 4).
//
// [Read] and [Notebook.Write] keep every field they do not know, and write
// the very bytes Jupyter's own nbformat library would, so that a notebook that
// nobody changed makes no difference in version control. [Run] executes the
// code cells on an [Engine] and stores their outputs as Jupyter would have;
// [Main] is the command `sheaf run` around it.
//
// It is not a kernel and knows nothing of Jupyter's protocol, and it is no
// validator: a field of a wrong type is an error only where it is used.
package notebooks

import (
	"fmt"
	"strings"
)

// Cell types of format 4.
const (
	Code     = "code"
	Markdown = "markdown"
	Raw      = "raw"
)

// Output types of format 4.
const (
	Stream        = "stream"
	DisplayData   = "display_data"
	ExecuteResult = "execute_result"
	ErrorOutput   = "error"
)

// A Notebook is a document of cells. Values under Metadata and Extra are what
// encoding/json decodes into, numbers as json.Number.
type Notebook struct {
	Cells        []*Cell
	Metadata     map[string]any
	Major, Minor int            // version of the format; Major is always 4
	Extra        map[string]any // fields of the file that have no home above
}

// A Cell is one cell of a notebook. Count and Outputs are for code cells.
type Cell struct {
	Type     string // Code, Markdown or Raw
	ID       string // "" before format 4.5
	Source   string
	Metadata map[string]any
	Count    int // execution count; 0 means not executed
	Outputs  []*Output
	Extra    map[string]any
}

// An Output is one stored output of a code cell. Which fields count depends
// on Type, as in the file: Name and Text for a stream; Data, Metadata and (for
// a result) Count for what is displayed; EName, EValue and Traceback for an
// error.
type Output struct {
	Type          string
	Name, Text    string
	Data          map[string]any // by MIME type: text is a string, binary is base64
	Metadata      map[string]any
	Count         int
	EName, EValue string
	Traceback     []string
	Extra         map[string]any
}

// Tags returns the cell's tags.
func (c *Cell) Tags() []string {
	list, _ := c.Metadata["tags"].([]any)
	tags := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

func (c *Cell) hasTag(tag string) bool {
	for _, t := range c.Tags() {
		if t == tag {
			return true
		}
	}
	return false
}

// Cell returns the code cell whose execution count is n, the number in
// brackets that Jupyter shows beside it; nil if there is none.
func (nb *Notebook) Cell(n int) *Cell {
	if n < 1 {
		return nil
	}
	for _, c := range nb.Cells {
		if c.Type == Code && c.Count == n {
			return c
		}
	}
	return nil
}

// Output returns all that code cell n (see [Notebook.Cell]) shows as plain
// text, in order: both streams, the text/plain of displays and of the result,
// and an error as "name: value". There is no such cell: "".
func (nb *Notebook) Output(n int) string {
	c := nb.Cell(n)
	if c == nil {
		return ""
	}
	var b strings.Builder
	for _, o := range c.Outputs {
		text := o.PlainText()
		b.WriteString(text)
		if text != "" && !strings.HasSuffix(text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// MIME returns what the outputs of code cell n hold under a MIME type, in
// order: text and base64 as string, JSON types decoded.
func (nb *Notebook) MIME(n int, mime string) []any {
	var all []any
	if c := nb.Cell(n); c != nil {
		for _, o := range c.Outputs {
			if v, ok := o.Data[mime]; ok {
				all = append(all, v)
			}
		}
	}
	return all
}

// PlainText returns what the output shows where only text can be shown.
func (o *Output) PlainText() string {
	switch o.Type {
	case Stream:
		return o.Text
	case ErrorOutput:
		if o.EValue == "" {
			return o.EName
		}
		return o.EName + ": " + o.EValue
	}
	s, _ := o.Data["text/plain"].(string)
	return s
}

// Language returns the names of the kernel and the language a notebook says
// it is written for; "" where it says nothing.
func (nb *Notebook) Language() (kernel, language string) {
	spec, _ := nb.Metadata["kernelspec"].(map[string]any)
	info, _ := nb.Metadata["language_info"].(map[string]any)
	kernel, _ = spec["name"].(string)
	language, _ = spec["language"].(string)
	if language == "" {
		language, _ = info["name"].(string)
	}
	return kernel, language
}

// CheckLanguage returns an error if the notebook is written for a kernel of
// another language than Go. name is the notebook's, for the message.
func (nb *Notebook) CheckLanguage(name string) error {
	kernel, language := nb.Language()
	switch {
	case strings.EqualFold(language, "go"):
		return nil
	case language != "":
		return fmt.Errorf("notebooks: %s is written for the kernel %q (language %s); sheaf runs Go", name, kernel, language)
	case kernel == "" || strings.Contains(strings.ToLower(kernel), "go") || strings.Contains(kernel, "sheaf"):
		return nil
	}
	return fmt.Errorf("notebooks: %s is written for the kernel %q; sheaf runs Go", name, kernel)
}
