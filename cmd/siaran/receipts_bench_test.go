//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fastjson"
	"github.com/xuri/excelize/v2"
	_ "modernc.org/sqlite"

	"siaran/campaign"
	"siaran/campaign/ledger"
	"siaran/campaign/operation"
)

// A benchRun is a folder with a ledger in which one run was sent, and the receipts that came.
type benchRun struct {
	dir      string
	run      campaign.Run
	messages int
	receipts int
}

const benchCampaign = `name: promo
account: sprint
file: promo.xlsx
channels:
  - whatsapp: {to: HP, template: promo, category: marketing, body: ["{{Nama}}"]}
`

// newBenchRun plans a run of so many messages, all accepted, and writes log.jsonl: a receipt that each was
// sent, one that it was delivered, and one that it was read for as many as there are left.
func newBenchRun(b *testing.B, messages, receipts int) benchRun {
	b.Helper()
	s := benchRun{dir: b.TempDir(), messages: messages, receipts: receipts}
	settings := "accounts:\n  sprint: {gateway: sandeza, url: \"http://127.0.0.1:1\", username: demo, password: demo, sender_id: BANKKU,\n" +
		"    prices: {currency: IDR, whatsapp: [{from: 2025-07-01, marketing: 586.33, utility: 356.65, authentication: 356.65, service: 0}]}}\n"
	if err := os.WriteFile(filepath.Join(s.dir, "siaran.yaml"), []byte(settings), 0o600); err != nil {
		b.Fatal(err)
	}
	s.siaran(b, "init")
	book, err := ledger.Open(b.Context(), ledger.Settings{DSN: filepath.Join(s.dir, "siaran.db"), Host: "test", Gateways: operation.KnownGateways()})
	if err != nil {
		b.Fatal(err)
	}
	s.plan(b, book)
	s.log(b, book.Key())
	if err := book.Close(); err != nil {
		b.Fatal(err)
	}
	return s
}

var benchSent = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func (s *benchRun) plan(b *testing.B, book *ledger.Ledger) {
	b.Helper()
	s.run = campaign.Run{
		ID: "3k9x2f", Kind: campaign.KindSend, Campaign: "promo", Account: "sprint", Gateway: "sandeza", FileName: "promo.xlsx", RowsDigest: "promo", Channels: []campaign.ChannelKind{campaign.WhatsApp}, Tries: 4,
		Definition: []byte(benchCampaign), CreatedAt: benchSent, Header: campaign.Header{Row: 1},
	}
	for i, name := range benchHeading {
		s.run.Header.Columns = append(s.run.Header.Columns, campaign.Column{Name: name.(string), Letter: campaign.ColumnLetter(i)})
	}
	p, err := book.Plans.Start(b.Context(), s.run)
	for i := 0; i < s.messages && err == nil; {
		n := min(10_000, s.messages-i)
		ms, as := make([]campaign.Message, n), make([]campaign.Attempt, n)
		for k := range n {
			seq := i + k + 2
			cells := make([]campaign.Cell, 0, len(benchHeading))
			for _, v := range benchRow(seq) {
				text := fmt.Sprint(v)
				kind := campaign.Text
				if _, number := v.(int); number {
					kind = campaign.Number
				}
				cells = append(cells, campaign.Cell{Kind: kind, Raw: text, Text: text})
			}
			ms[k] = campaign.Message{Run: s.run.ID, Seq: seq, RefID: book.Key().RefID("promo", s.run.ID, seq), Address: fmt.Sprintf("62812%08d", seq), Cells: cells}
			at := benchSent.Add(time.Duration(seq) * 5 * time.Millisecond)
			as[k] = campaign.Attempt{Run: s.run.ID, Seq: seq, N: 1, BegunAt: at, EndedAt: at, Answer: campaign.Answer{Outcome: campaign.Accepted, HTTP: 200, GatewayID: fmt.Sprintf("wMjAyMTA0%08d", seq)}}
		}
		if err = p.Add(b.Context(), ms); err == nil {
			err = p.AddSent(b.Context(), as)
		}
		i += n
	}
	if err == nil {
		err = p.Ready(b.Context(), campaign.Ready{Rows: s.messages})
	}
	if err == nil {
		_, err = book.Runs.SetState(b.Context(), s.run.ID, nil, campaign.StateDone, "", "")
	}
	if err != nil {
		b.Fatal(err)
	}
}

// log writes log.jsonl. Receipts come in about the order of their messages: a thousand are under way at a time.
func (s *benchRun) log(b *testing.B, key campaign.RefKey) {
	b.Helper()
	f, err := os.Create(filepath.Join(s.dir, "log.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same log each time
	left := s.receipts
	for step, status := range []string{`16`, `1`, `9`} {
		for from := 0; from < s.messages; from += 1000 {
			for _, k := range random.Perm(min(1000, s.messages-from)) {
				if left == 0 {
					break
				}
				left--
				seq := from + k + 2
				at := benchSent.Add(time.Duration(step)*time.Minute + time.Duration(seq)*5*time.Millisecond).In(time.FixedZone("WIB", 7*3600))
				fmt.Fprintf(w, `{"status":%s,"channel":"7","ref_id":"%s","time":"%s","division_id":"ccacbcc8-0000-4000-8000-68832955c000","price":"PAID"}`+"\n",
					status, key.RefID("promo", s.run.ID, seq), at.Format(time.DateTime))
			}
		}
	}
	if err := w.Flush(); err != nil || left > 0 {
		b.Fatal(left, err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// A cost is what something took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // the most memory it had, in bytes; 0 if it is no process of its own
}

func (c *cost) add(o cost) {
	c.wall, c.cpu, c.peak = c.wall+o.wall, c.cpu+o.cpu, max(c.peak, o.peak)
}

// here measures what f takes in this process.
func here(b *testing.B, f func()) cost {
	b.Helper()
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	begun, before := time.Now(), cpu()
	f()
	return cost{wall: time.Since(begun), cpu: cpu() - before}
}

// siaran runs a command there, and returns what it took.
func (s *benchRun) siaran(b *testing.B, args ...string) cost {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "siaran", args...)
	cmd.Dir = s.dir
	begun := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("siaran %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	c := cost{wall: time.Since(begun), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	c.peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS == "linux" {
		c.peak *= 1024
	}
	return c
}

// again takes what was imported out of the ledger, for the next round.
func (s *benchRun) again(b *testing.B) {
	b.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.dir, "siaran.db"))
	if err == nil {
		_, err = db.ExecContext(b.Context(), `DELETE FROM receipt`)
	}
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkImportAndReport imports 730,000 receipts of 300,000 messages and writes the report. ratio is the time
// against bare excelize that streams a tab of such cells, and must stay under 3; cpu-ratio is the same in
// processor time, which a busy machine does not spoil. The peaks are in MB and must stay under 400.
func BenchmarkImportAndReport(b *testing.B) {
	const messages, receipts = 300_000, 730_000
	s := newBenchRun(b, messages, receipts)
	var bare, imported, report cost
	for i := 0; b.Loop(); i++ {
		if i > 0 {
			s.again(b)
		}
		bare.add(here(b, func() { streamBare(b, s) }))
		imported.add(s.siaran(b, "import", "log.jsonl", "--quiet"))
		report.add(s.siaran(b, "report", "promo", "-o", "out.xlsx", "--quiet"))
	}
	n := float64(b.N)
	b.ReportMetric(bare.cpu.Seconds()/n, "bare-cpu-s")
	b.ReportMetric(imported.cpu.Seconds()/n, "import-cpu-s")
	b.ReportMetric(report.cpu.Seconds()/n, "report-cpu-s")
	b.ReportMetric(bare.wall.Seconds()/n, "bare-s")
	b.ReportMetric(imported.wall.Seconds()/n, "import-s")
	b.ReportMetric(report.wall.Seconds()/n, "report-s")
	b.ReportMetric((imported.wall+report.wall).Seconds()/bare.wall.Seconds(), "ratio")
	b.ReportMetric((imported.cpu+report.cpu).Seconds()/bare.cpu.Seconds(), "cpu-ratio")
	b.ReportMetric(float64(imported.peak)/1e6, "import-MB")
	b.ReportMetric(float64(report.peak)/1e6, "report-MB")
	b.ReportMetric(0, "ns/op")
}

// streamBare is what the report is compared with: the same cells, and nothing else.
func streamBare(b *testing.B, s benchRun) {
	b.Helper()
	f := excelize.NewFile(excelize.Options{TmpDir: s.dir})
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	at := excelize.Cell{Value: 46347.5416666}
	for seq := 2; seq < s.messages+2; seq++ {
		row := append(benchRow(seq), seq, fmt.Sprintf("promo-3k9x2f-%05d-7m2qk8zd", seq), fmt.Sprintf("62812%08d", seq), "whatsapp", "Reached", "delivered",
			at, at, nil, "PAID", "marketing", nil, 586.33, 1, fmt.Sprintf("wMjAyMTA0%08d", seq), nil, nil)
		if err := w.SetRow(fmt.Sprintf("A%d", seq), row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.SaveAs(filepath.Join(s.dir, "bare.xlsx")); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkImport imports 300,000 receipts into a run of 100,000 messages (SIARAN_SOAK=1: 3,000,000 and
// 1,000,000). ratio is the speed against a bare scan by fastjson and bare inserts into the same keyed table in the
// same order, and must stay above 0.5; the peak is in MB and must stay below 200.
func BenchmarkImport(b *testing.B) {
	messages := 100_000
	if soak() {
		messages = 1_000_000
	}
	s := newBenchRun(b, messages, 3*messages)
	var bare, imported cost
	for i := 0; b.Loop(); i++ {
		if i > 0 {
			s.again(b)
		}
		bare.add(here(b, func() { insertBare(b, s) }))
		imported.add(s.siaran(b, "import", "log.jsonl", "--quiet"))
	}
	n := float64(b.N * s.receipts)
	b.ReportMetric(n/bare.wall.Seconds(), "bare/s")
	b.ReportMetric(n/imported.wall.Seconds(), "receipts/s")
	b.ReportMetric(bare.wall.Seconds()/imported.wall.Seconds(), "ratio")
	b.ReportMetric(bare.cpu.Seconds()/imported.cpu.Seconds(), "cpu-ratio")
	b.ReportMetric(float64(imported.peak)/1e6, "import-MB")
	b.ReportMetric(0, "ns/op")
}

// bareRows is how many rows a bare insert has, bareCommit how many a transaction.
const (
	bareRows   = 64
	bareCommit = 4096
)

// insertBare scans the log and inserts into a table like the ledger's, as fast as the driver takes it.
func insertBare(b *testing.B, s benchRun) {
	b.Helper()
	path := filepath.Join(s.dir, "bare.db")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(path + suffix) // of the last round
	}
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), `CREATE TABLE receipt (run TEXT NOT NULL, seq BIGINT NOT NULL, digest BYTEA NOT NULL, gateway TEXT NOT NULL,
		channel TEXT NOT NULL, delivery TEXT NOT NULL, word TEXT NOT NULL, at BIGINT NOT NULL, received_at BIGINT NOT NULL, billing TEXT NOT NULL,
		category TEXT NOT NULL, parts BIGINT NOT NULL, reason TEXT NOT NULL, gateway_id TEXT NOT NULL, match TEXT NOT NULL, source TEXT NOT NULL,
		PRIMARY KEY (run, seq, digest)) WITHOUT ROWID`); err != nil {
		b.Fatal(err)
	}
	insert := `INSERT INTO receipt VALUES ` + strings.TrimSuffix(strings.Repeat("(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?),", bareRows), ",") + ` ON CONFLICT DO NOTHING`
	log, err := os.Open(filepath.Join(s.dir, "log.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = log.Close() }()

	lines := bufio.NewScanner(log)
	var p fastjson.Parser
	var tx *sql.Tx
	var stmt *sql.Stmt
	values := make([]any, 0, 16*bareRows)
	for n := 0; n < s.receipts; {
		if n%bareCommit == 0 {
			if tx != nil {
				if err := tx.Commit(); err != nil {
					b.Fatal(err)
				}
			}
			if tx, err = db.BeginTx(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
			if stmt, err = tx.PrepareContext(b.Context(), insert); err != nil {
				b.Fatal(err)
			}
		}
		values = values[:0]
		for range bareRows {
			if !lines.Scan() {
				break
			}
			v, err := p.ParseBytes(lines.Bytes())
			if err != nil {
				b.Fatal(err)
			}
			ref, _ := campaign.ParseRefID(string(v.GetStringBytes("ref_id")))
			at, err := time.Parse(time.DateTime, string(v.GetStringBytes("time")))
			if err != nil {
				b.Fatal(err)
			}
			digest := sha256.Sum256(lines.Bytes())
			values = append(values, ref.Run, ref.Seq, digest[:16], "sandeza", "whatsapp", "delivered", fmt.Sprint(v.GetInt("status")), at.UnixMicro(),
				at.UnixMicro(), string(bytes.Clone(v.GetStringBytes("price"))), "", 0, "", "", "ref", "log.jsonl")
			n++
		}
		if len(values) == cap(values) {
			_, err = stmt.ExecContext(b.Context(), values...)
		} else if len(values) > 0 {
			_, err = tx.ExecContext(b.Context(), strings.TrimSuffix(insert[:len(`INSERT INTO receipt VALUES `)+34*(len(values)/16)], ","), values...)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
