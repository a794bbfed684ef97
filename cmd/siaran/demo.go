package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"

	"siaran/campaign/dispatch"
	"siaran/campaign/gateway/simulator"
	"siaran/campaign/ledger"
	"siaran/samples"
)

// demoCmd is siaran demo.
type demoCmd struct {
	Dir string `help:"Folder to work in. Default: the next free ./siaran-demo-N." placeholder:"DIR"`
}

const demoCampaign = "gajian-promo.yaml"

// Run does the whole job on the samples, over loopback.
func (cmd *demoCmd) Run(ctx context.Context, c *common, ui *ui) (err error) {
	dir, err := cmd.folder()
	if err != nil {
		return err
	}
	ui.Say("A payday promotion to the 1,000 invented customers in %s, through a simulated gateway on this computer.", filepath.Join(dir, "pelanggan.xlsx"))

	var lc net.ListenConfig
	gateway, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	receipts, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, gateway.Close())
	}
	if err := demoFiles(dir, gateway.Addr().String(), receipts.Addr().String()); err != nil {
		return errors.Join(err, gateway.Close(), receipts.Close())
	}
	local := *c
	local.Config = filepath.Join(dir, "siaran.yaml")
	settings, err := readSettings(&local, dir)
	if err != nil {
		return errors.Join(err, gateway.Close(), receipts.Close())
	}
	book, err := ledger.Create(ctx, ledgerSettings(settings))
	if err != nil {
		return errors.Join(err, gateway.Close(), receipts.Close())
	}
	defer closing(book, &err)
	sim, err := simulator.New(simulator.Settings{
		Accounts:   map[string]simulator.Account{"demo": {Password: demoPassword}},
		ReceiptURL: fmt.Sprintf("http://%s/receipts/sandeza/%s", receipts.Addr(), demoSecret), Seed: 1,
	})
	if err != nil {
		return err
	}

	serve, stop := context.WithCancel(context.WithoutCancel(ctx))
	var servers errgroup.Group
	servers.Go(func() error { return sim.Serve(serve, gateway) })
	servers.Go(func() error { return collect(serve, settings, book, receipts, quietLogger(ui)) })
	err = cmd.play(ctx, &local, ui, dir, book, sim)
	stop()
	return errors.Join(err, servers.Wait())
}

// The demo's own secrets: everything it talks to is itself.
const (
	demoPassword = "demo-rahasia"
	demoSecret   = "demo-secret-of-no-use-elsewhere"
)

// folder makes the folder to work in.
func (cmd *demoCmd) folder() (string, error) {
	if cmd.Dir != "" {
		if err := os.Mkdir(cmd.Dir, 0o755); err != nil {
			return "", usage(err, "name a folder that does not exist yet")
		}
		return cmd.Dir, nil
	}
	for n := 1; ; n++ {
		dir := fmt.Sprintf("siaran-demo-%d", n)
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", usage(err, "the demo makes a folder in the working directory")
		}
	}
}

// demoFiles puts the samples there, with the addresses of this demo in siaran.yaml.
func demoFiles(dir, gateway, receipts string) error {
	for _, name := range []string{"pelanggan.xlsx", "pelanggan.csv", demoCampaign, "tagihan-sms.yaml", "siaran.yaml"} {
		data, err := samples.FS.ReadFile(name)
		if err != nil {
			return err
		}
		if name == "siaran.yaml" {
			data = bytes.ReplaceAll(data, []byte("127.0.0.1:8085"), []byte(gateway))
			data = fmt.Appendf(data, "\nlisten:\n  address: %s\n  secret: %s\n  log: receipts/\n", receipts, demoSecret)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// play is the job itself, as anyone would do it.
func (cmd *demoCmd) play(ctx context.Context, c *common, ui *ui, dir string, book *ledger.Ledger, sim *simulator.Server) error {
	l, err := load(ctx, c, ui, filepath.Join(dir, demoCampaign), "")
	if err != nil {
		return err
	}
	defer l.Close()
	s := &sending{loaded: l, cmd: &sendCmd{Campaign: filepath.Join(dir, demoCampaign), Yes: true}, ui: ui, ledger: book}

	ui.Say("\n1. Check: siaran check %s\n", demoCampaign)
	pre, _, err := l.preflight(ctx)
	if err != nil {
		return err
	}
	l.show(ui, pre)

	ui.Say("\n2. Send: siaran send %s\n", demoCampaign)
	sum, err := s.send(ctx)
	if err != nil {
		return err
	}
	showSummary(ui, sum)
	if s.stop.Kind == dispatch.StopInterrupted {
		return quietly(exitInterrupted)
	}

	ui.Say("\n3. Receipts, as the gateway posts them: siaran listen\n")
	if err := waitForReceipts(ctx, ui, sim); err != nil {
		return err
	}
	if err := catchUp(ctx, l.settings, book, nil); err != nil {
		return err
	}
	ui.Say("  %9s receipts over HTTP, each on disk before it was answered", count(sim.Counts().Receipts.Posted))

	ui.Say("\n4. Report: siaran report gajian-promo\n")
	run, err := book.Runs.ByID(ctx, s.run.ID)
	if err != nil {
		return err
	}
	result, err := writeReport(ctx, l.settings, book, run, filepath.Join(dir, fmt.Sprintf("%s-%s.xlsx", run.Campaign, run.ID)))
	if err != nil {
		return err
	}
	showReport(ui, run, result)
	cd := filepath.Clean(dir)
	ui.Say("\nOpen the workbook. Then try, in %s:", cd)
	ui.Say("  siaran preview %s --rows 2,3     what goes over the wire, and what people read", demoCampaign)
	ui.Say("  siaran send %s --yes             again: nothing is sent twice", demoCampaign)
	ui.Say("  siaran status --verdicts")
	return nil
}

// waitForReceipts waits until the simulator has posted every receipt that is due.
func waitForReceipts(ctx context.Context, ui *ui, sim *simulator.Server) error {
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	drained := make(chan error, 1)
	var g errgroup.Group
	g.Go(func() error { drained <- sim.Drain(ctx); return nil })
	defer func() { _ = g.Wait() }()
	var bar *progressbar.ProgressBar
	if ui.terminal && !ui.quiet && !ui.json {
		bar = progressbar.NewOptions(sim.Counts().Receipts.Due, progressbar.OptionSetWriter(ui.err), progressbar.OptionSetDescription("receipts"),
			progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
		defer func() { _ = bar.Finish() }()
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-drained:
			return err
		case <-tick.C:
			if bar != nil {
				n := sim.Counts().Receipts
				bar.ChangeMax(n.Due)
				_ = bar.Set(n.Posted)
			}
		}
	}
}
