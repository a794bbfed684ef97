package sheet_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"siaran/campaign/sheet"
)

func TestAFullTemporaryFolderIsAnErrorAndNeverBlankCells(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Fatalf("a small disk is needed (a container needs CAP_SYS_ADMIN for it): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	path := stream(t, func(w io.Writer) {
		fmt.Fprint(w, simple(3).rows)
	}, func(w io.Writer) {
		for i := range 20_000 {
			fmt.Fprintf(w, `<si><t>%d %s</t></si>`, i, strings.Repeat("y", 100))
		}
	})
	for name, s := range map[string]sheet.Settings{
		"shared texts":   {Path: path, TempDir: dir, Limits: sheet.Limits{Memory: 1000}},
		"standard input": {Path: "-", Input: strings.NewReader("Nama,HP\n" + strings.Repeat("Ani,1\n", 100_000)), TempDir: dir},
	} {
		_, err := sheet.Open(t.Context(), s)
		var e *sheet.Error
		if !errors.As(err, &e) || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(e.Problem, "temporary space") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
