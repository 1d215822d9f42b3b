package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/stdlib"
)

// tierVariable names the tier of sessions in the environment; --tier goes
// before it.
const tierVariable = "SHEAF_TIER"

// A tierFlag is --tier.
type tierFlag interp.Tier

var _ flag.Value = (*tierFlag)(nil)

// addTier gives a command the flag --tier.
func addTier(fs *flag.FlagSet) *tierFlag {
	var t tierFlag
	fs.Var(&t, "tier", "how functions of cells run: `auto` (compiled as soon as that is done), interp or native (compiled first)")
	return &t
}

// String implements flag.Value.
func (t *tierFlag) String() string { return string(*t) }

// Set implements flag.Value.
func (t *tierFlag) Set(name string) error {
	tier, err := interp.ParseTier(name)
	*t = tierFlag(tier)
	return err
}

// tier is what the flag says, else the environment.
func (t *tierFlag) tier() (interp.Tier, error) {
	if *t != "" {
		return interp.Tier(*t), nil
	}
	return tierOfEnvironment()
}

func tierOfEnvironment() (interp.Tier, error) {
	name := os.Getenv(tierVariable)
	if name == "" {
		return interp.Auto, nil
	}
	tier, err := interp.ParseTier(name)
	if err != nil {
		err = fmt.Errorf("%s: %w", tierVariable, err)
	}
	return tier, err
}

// compiling is what sessions compile cells with.
func compiling() interp.Config {
	cfg := interp.Config{Library: stdlib.Library()}
	cfg.Toolchain.Sources = sources
	return cfg
}
