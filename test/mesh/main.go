// Validates manifests and fetches images as meshes do, with their own code.
package main

import (
	"fmt"
	"os"
)

const usage = `usage:
  mesh validate CRDS... < MANIFEST   checks a manifest as the API server and the meshes would
  mesh fetch IMAGE [SHA256]          prints the module that Istio finds in an image with this digest
  mesh json < YAML                   prints the documents of a YAML file as a list`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 2 && args[0] == "validate":
		return validate(args[1:], os.Stdin)
	case len(args) == 2 && args[0] == "fetch":
		return fetch(args[1], "", os.Stdout)
	case len(args) == 3 && args[0] == "fetch":
		return fetch(args[1], args[2], os.Stdout)
	case len(args) == 1 && args[0] == "json":
		return printJSON(os.Stdin, os.Stdout)
	}
	return fmt.Errorf("%s", usage)
}
