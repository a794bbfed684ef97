package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// exitCrashed is how Go ends a program that panics.
const exitCrashed = 2

// TestEveryDocumentedExitCodeIsReachedByAScript reads testdata/*.txt for what they want of commands.
func TestEveryDocumentedExitCodeIsReachedByAScript(t *testing.T) {
	reached := map[int][]string{}
	wanted := regexp.MustCompile(`(?m)^(?:\[[^\]]*\] )?(?:(?:exits|exec ends) (\d+)|exec siaran) `)
	for _, pattern := range []string{"*.txt", "*/*.txt"} {
		paths, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range wanted.FindAllStringSubmatch(string(text), -1) {
				code, _ := strconv.Atoi(m[1]) // none is exec, which wants 0
				reached[code] = append(reached[code], path)
			}
		}
	}
	documented := []int{exitCrashed}
	for code := range exitWords {
		documented = append(documented, code)
	}
	for _, code := range documented {
		if len(reached[code]) == 0 {
			t.Errorf("no script ends with exit code %d", code)
		}
	}
	for code, paths := range reached {
		if !slices.Contains(documented, code) {
			t.Errorf("exit code %d, which %s wants, is not documented", code, paths[0])
		}
	}
}

func TestHelpDocumentsNoExitCodeWithoutWords(t *testing.T) {
	for name, more := range helpMore {
		for _, code := range more.exits {
			if exitWords[code] == "" {
				t.Errorf("%s: exit code %d has no words", name, code)
			}
		}
	}
}
