//go:build windows

package ledgertest

import (
	"os"
	"os/exec"
)

// quit ends the server at once.
var quit = os.Kill

func own(string) error { return nil }

func asPostgres(*exec.Cmd) {}
