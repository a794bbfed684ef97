package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScriptsOnPostgreSQL runs the sessions that have a ledger of their own again, on a server: the
// ledger's place is the only difference.
func TestScriptsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	sv := startPostgres(t)
	p := session()
	p.Dir = ""
	for _, name := range []string{"job", "again", "listen", "settle", "status", "throttled", "postgres/server"} {
		p.Files = append(p.Files, filepath.Join("testdata", name+".txt"))
	}
	databases := make(chan string, len(p.Files)) // one a script
	for range p.Files {
		databases <- sv.DSN(t)
	}
	p.Setup = func(env *testscript.Env) error {
		err := setUp(env)
		env.Setenv("LEDGER", <-databases)
		return err
	}
	p.Condition = func(cond string) (bool, error) { return cond == "postgres", nil }
	testscript.Run(t, p)
}

// TestARestartedServerMeansWaiting runs sessions in which the server goes away and comes back.
func TestARestartedServerMeansWaiting(t *testing.T) {
	t.Parallel()
	sv := startPostgres(t)
	dsn := sv.DSN(t)
	p := session()
	p.Dir, p.Files = "", []string{filepath.Join("testdata", "postgres", "restart.txt")}
	p.Setup = func(env *testscript.Env) error {
		err := setUp(env)
		env.Setenv("LEDGER", dsn)
		return err
	}
	p.Cmds["halt"] = func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(sv.Halt()) }
	p.Cmds["launch"] = func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(sv.Launch(t.Context())) }
	testscript.Run(t, p)
}
