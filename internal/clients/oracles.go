package clients

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/install"
)

// oracles holds, in a file NAME.txt in pip's format, what each of the Python
// environments installs that tests compare our results with.
//
//go:embed testdata/oracles/*.txt
var oracles embed.FS

const oracleDir = "testdata/oracles"

// Oracles are the names of the environments, sorted.
func Oracles() []string {
	files, err := oracles.ReadDir(oracleDir)
	if err != nil {
		panic(fmt.Sprintf("clients: %v", err))
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".txt"))
	}
	slices.Sort(names)
	return names
}

// Oracle returns the environment of that name, and makes it when it is not
// there yet, which takes a network and up to minutes.
func Oracle(ctx context.Context, name string, progress io.Writer) (*install.Env, error) {
	requirements, err := oracles.ReadFile(path.Join(oracleDir, name+".txt"))
	if err != nil {
		return nil, fmt.Errorf("clients: no oracle %q; there are %s", name, strings.Join(Oracles(), ", "))
	}
	return install.MakeEnv(ctx, name, requirements, progress)
}

// Script runs a Python script in an environment and returns what it printed.
// Its error holds that too, and all that it said of its failure.
func Script(ctx context.Context, env *install.Env, script string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, env.Python(), append([]string{script}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "TF_CPP_MIN_LOG_LEVEL=3")
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		err = fmt.Errorf("clients: %s %s: %w\n%s%s", script, strings.Join(args, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String(), err
}
