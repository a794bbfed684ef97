package main

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"siaran/campaign/ledger/ledgertest"
)

// startPostgres starts a server of the test's own, which it may crash. It ends with the test.
func startPostgres(t testing.TB) *ledgertest.Server {
	t.Helper()
	sv, err := ledgertest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sv.Stop(); err != nil {
			t.Error(err)
		}
	})
	return sv
}

// shared is the server of all tests that only want a database.
var shared struct {
	sync.Mutex
	server *ledgertest.Server
}

// postgresDSN makes a database on the server that the tests share.
func postgresDSN(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		sv, err := ledgertest.Start(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		shared.server = sv
	}
	return shared.server.DSN(t)
}

// A house runs all tests, and stops the server that they share.
type house struct{ *testing.M }

func (h house) Run() int {
	defer func() {
		if shared.server != nil {
			_ = shared.server.Stop() // a temporary folder
		}
	}()
	return h.M.Run()
}

// TestScriptsOnPostgreSQL runs the sessions that have a ledger of their own again, on a server: the
// ledger's place is the only difference.
func TestScriptsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	p := session()
	p.Dir = ""
	for _, name := range []string{"job", "again", "listen", "settle", "status", "throttled", "postgres/server"} {
		p.Files = append(p.Files, filepath.Join("testdata", name+".txt"))
	}
	databases := make(chan string, len(p.Files)) // one a script
	for range p.Files {
		databases <- postgresDSN(t)
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
