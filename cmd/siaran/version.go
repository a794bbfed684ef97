package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the linker for released binaries.
var version = "dev"

// versionCmd is siaran version.
type versionCmd struct{}

// Run prints version, commit and Go.
func (versionCmd) Run(ui *ui) error { //nolint:unparam // kong wants it so
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value[:min(len(s.Value), 12)]
			}
		}
	}
	ui.JSON(struct {
		Type    string `json:"type"`
		Version string `json:"version"`
		Commit  string `json:"commit"`
		Go      string `json:"go"`
	}{"version", version, commit, runtime.Version()})
	ui.Say("siaran %s, commit %s, %s, %s/%s", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// programVersion is what the report says it was made by.
func programVersion() string { return fmt.Sprintf("siaran %s (%s)", version, runtime.Version()) }
