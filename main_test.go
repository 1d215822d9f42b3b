package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asSheaf names a subcommand in the environment: the test binary runs it
// instead of the tests.
const asSheaf = "SHEAF_TEST_COMMAND"

// The test binary is the sheaf command, its own worker too: a session is
// started as "sheaf session" by the path of the running executable.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "session" {
		main()
	}
	if name := os.Getenv(asSheaf); name != "" {
		os.Exit(sheaf([]string{name}, os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){"sheaf": main})
}

// TestScripts runs testdata/script/*.txtar: the command as a person types it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, ".config"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, ".data"))
			env.Setenv("JUPYTER_DATA_DIR", filepath.Join(env.WorkDir, "jupyter"))
			env.Setenv("SHEAF_DATA", filepath.Join(env.WorkDir, "nowhere"))
			return nil
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}
