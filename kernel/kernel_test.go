package kernel

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestMain lets the test binary be a kernel, for tests that need a process.
func TestMain(m *testing.M) {
	if file := os.Getenv("KERNEL_TEST_CONNECTION"); file != "" {
		err := Run(context.Background(), file, &script{}, Options{Debug: os.Getenv("KERNEL_TEST_DEBUG") != ""})
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// kinds lists messages in a form that tests compare: the type, with what
// matters of the content.
func kinds(ms []msg) string {
	var s []string
	for _, m := range ms {
		kind := m.Header.MsgType
		for _, key := range []string{"execution_state", "name", "text", "ename"} {
			if v, ok := m.content[key].(string); ok {
				kind += " " + strings.ReplaceAll(v, "\n", `\n`)
			}
		}
		s = append(s, kind)
	}
	return strings.Join(s, "; ")
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func bundleOf(data map[string]any) show.Bundle { return show.Bundle{Data: data} }

func marshalPlain(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}
