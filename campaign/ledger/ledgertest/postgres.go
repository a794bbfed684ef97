// Package ledgertest starts a throwaway PostgreSQL, so that tests run on a real server.
package ledgertest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// A Server is a PostgreSQL of our own, in a temporary folder, on a unix socket. It does not sync.
type Server struct {
	folder string
	bin    string
	cmd    *exec.Cmd
	exited chan error
	bases  int
}

// Start starts a server. It installs Debian's package where there is none and we may. The caller must Stop it.
func Start(ctx context.Context) (*Server, error) {
	bin, err := binaries(ctx)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "siaran-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, bin: bin}
	if err := own(folder); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	out, err := s.command(ctx, "initdb", "-D", s.data(), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N").CombinedOutput()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(folder))
	}
	if err := s.Launch(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// binaries returns the folder with initdb and postgres.
func binaries(ctx context.Context) (string, error) {
	find := func() (string, bool) {
		dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is fine
		if len(dirs) > 0 {
			return dirs[len(dirs)-1], true
		}
		path, err := exec.LookPath("initdb")
		return filepath.Dir(path), err == nil
	}
	if dir, ok := find(); ok {
		return dir, nil
	}
	install := exec.CommandContext(ctx, "sh", "-c", "apt-get update && apt-get install -y --no-install-recommends postgresql")
	install.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := install.CombinedOutput()
	if dir, ok := find(); ok {
		return dir, nil
	}
	return "", fmt.Errorf("no PostgreSQL here; install Debian's package postgresql: %w: %s", err, out)
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// Launch starts the server's process, also after Halt, and waits until it answers.
func (s *Server) Launch(ctx context.Context) error {
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := s.command(context.WithoutCancel(ctx), "postgres", "-D", s.data(), "-k", s.folder, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "full_page_writes=off", "-c", "max_connections=100")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	s.cmd, s.exited = cmd, make(chan error, 1)
	go func() { s.exited <- cmd.Wait() }()
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for deadline := time.Now().Add(30 * time.Second); ; {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name()) // for the message only
			return fmt.Errorf("postgres does not answer: %w: %s", err, text)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Halt ends the server's process as a crash does (immediate shutdown). Launch starts it again.
func (s *Server) Halt() error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(quit); err != nil {
		return err
	}
	<-s.exited //nolint:errcheck // a server that was killed says so
	s.cmd = nil
	return nil
}

// Stop ends the server and removes everything.
func (s *Server) Stop() error {
	return errors.Join(s.Halt(), os.RemoveAll(s.folder))
}

func (s *Server) url(base string) string {
	return "postgres://postgres@/" + base + "?host=" + url.QueryEscape(s.folder)
}

// DSN makes an empty database for one test and returns its URL.
func (s *Server) DSN(t testing.TB) string {
	t.Helper()
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	s.bases++
	base := fmt.Sprintf("test%d", s.bases)
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+base); err != nil {
		t.Fatal(err)
	}
	return s.url(base)
}

// command runs one of PostgreSQL's programs, as a user who is not root.
func (s *Server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	cmd.Dir = s.folder
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Env = strip(cmd.Env, "PG")
	asPostgres(cmd)
	return cmd
}

// strip removes variables that begin with prefix.
func strip(env []string, prefix string) []string {
	kept := env[:0]
	for _, e := range env {
		if !strings.HasPrefix(e, prefix) {
			kept = append(kept, e)
		}
	}
	return kept
}
