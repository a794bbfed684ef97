package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"siaran/campaign/definition"
	"siaran/campaign/gateway/simulator"
	"siaran/campaign/operation"
)

// simulateCmd is siaran simulate.
type simulateCmd struct {
	Address  string `help:"Where to listen; loopback only." default:"127.0.0.1:8085" placeholder:"HOST:PORT"`
	Receipts string `help:"URL that receipts are posted to." placeholder:"URL"`
	Record   string `help:"Write what it saw to FILE, as JSON lines." placeholder:"FILE"`
	Faults   string `help:"Misbehave: latency=0..500ms,reset-before=1%,reset-after=1%,hang=1%,429=1%,500=1%,html=1%,truncated=1%,rc=8:1%,receipts=late:10s+shuffled+repeated:3+early." placeholder:"FAULTS"`
	Seed     uint64 `help:"Seed of what happens to which message: the same seed, the same story." default:"1"`
	Username string `help:"User name it knows. Default: the accounts of siaran.yaml, else anyone."`
	Password string `help:"Password of --username." env:"SIARAN_SIMULATE_PASSWORD"`
}

// Run serves until it is told to stop.
func (cmd *simulateCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	faults, err := simulator.ParseFaults(cmd.Faults)
	if err != nil {
		return usage(err, "")
	}
	host, _, err := net.SplitHostPort(cmd.Address)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usage(fmt.Errorf("--address %s: the simulator listens on loopback only", cmd.Address), "for example --address 127.0.0.1:8085")
	}
	s := simulator.Settings{Accounts: cmd.accounts(c), ReceiptURL: cmd.Receipts, Faults: faults, Seed: cmd.Seed}
	if cmd.Record != "" {
		f, err := os.OpenFile(cmd.Record, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
		if err != nil {
			return usage(err, "")
		}
		defer closing(f, &err)
		s.Record = f
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", cmd.Address)
	if err != nil {
		return usage(err, "another program uses that address; --address names another")
	}
	server, err := simulator.New(s)
	if err != nil {
		return usage(err, "")
	}
	for _, i := range simulator.Imitations() {
		ui.Note("simulating %s at http://%s%s; stop with Ctrl-C", i.Title, listener.Addr(), i.Path)
	}
	started := time.Now()
	if err := server.Serve(ctx, listener); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	n := server.Counts()
	ui.Say("%s in %s: %s taken, %s", plural(n.Requests, "request"), span(time.Since(started)), count(n.Taken), plural(n.Receipts.Posted, "receipt")+" posted")
	return nil
}

// accounts are who may sign: --username, else the accounts of siaran.yaml at a gateway that is imitated, if there is one.
func (cmd *simulateCmd) accounts(c *common) map[string]simulator.Account {
	if cmd.Username != "" {
		return map[string]simulator.Account{cmd.Username: {Password: cmd.Password}}
	}
	path := c.Config
	if path == "" {
		path = filepath.Join(".", "siaran.yaml")
	}
	s, err := definition.ReadSettings(path, os.LookupEnv, operation.KnownGateways())
	if err != nil {
		return nil // anyone
	}
	accounts := make(map[string]simulator.Account)
	for _, a := range s.Accounts {
		if imitated := func(i simulator.Imitation) bool { return i.Name == a.Gateway }; !a.Live && slices.ContainsFunc(simulator.Imitations(), imitated) {
			accounts[a.Username] = simulator.Account{Password: string(a.Password)}
		}
	}
	return accounts
}
