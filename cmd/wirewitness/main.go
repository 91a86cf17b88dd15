// Command wirewitness tells which process on which host sent what where, from event logs and captures.
package main

import (
	"os"

	"github.com/wirewitness/wirewitness/cmd"
)

func main() { os.Exit(cmd.Main(os.Args[1:], os.Stdout, os.Stderr)) }
