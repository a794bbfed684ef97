package definition

import (
	"testing"
	"time"
)

const contractCampaign = `
name: tagihan                          # [a-z0-9-], at most 40
account: sprint
file: inbox/tagihan-{date}.xlsx        # {date} = today in the zone as 2026-11-21; {date:yyyymmdd} by Excel's patterns; --file overrides; - is standard input
tab: Tagihan                           # default: the first visible tab
header_row: 1                          # default: found
encoding: windows-1252                 # text files only; default UTF-8 (UTF-16 by its BOM)
country: ID                            # how local numbers (0812…) are read
numbers: id                            # id: 1.250,50   en: 1,250.50. Text that is a number only by guessing rejects the row
language: id                           # month names
columns: {phone: Nomor HP, nama: Nama Nasabah}   # short name: heading in the file; headings work as they are, too
hidden_rows: refuse                    # refuse | skip | include
duplicates: {same: [phone, No Kontrak], keep: first}   # default {same: [address], keep: first}; keep: first | last | all | refuse
purpose: service                       # marketing | service: which suppressions apply
expect: {rows: 50000..120000, rejected: 1%, cost: 45000000, file_age: 20h}   # otherwise: ask, or exit 5. cost: the dearest estimate; file_age: by modification time
unfinished: refuse                     # a run of this campaign with another file is unfinished: refuse | finish-first (two summaries, the worse code) | expire.
                                       # One paused by a person is never finished or expired so: exit 5
repeat: ask                            # rows this campaign already sent to (accepted or unknown, or with a receipt) within repeat_within: ask | skip | allow
repeat_within: 20h                     # same address and same values
valid_for: 4h                          # from planning; then unsent rows expire and the run is done
subject: Tagihan {{bulan}}
sender_id: BANKKU
budget_code: COL-11
send: primary-backup                   # single (default; exactly one channel) | primary-backup (the first needs backup_on) | all
channels:                              # in order. The first's address decides duplicates
  - whatsapp:
      to: phone                        # a column, or text with {{…}}
      template: tagihan_v3
      category: utility                # marketing | utility | authentication | service
      text: "Yth. {{1}}, tagihan {{2}} jatuh tempo {{3}}."   # the approved text, pasted: never sent, for checking and showing
      format: delimiter                # delimiter | json
      header: {image: "https://cdn.example.test/{{segment}}.jpg"}
      body: ["{{nama}}", "{{Jumlah | rupiah}}", "{{Jatuh Tempo | date:\"d mmmm yyyy\"}}"]
      buttons: [{url: "{{kode}}"}]
      backup_on: [undelivered, {pending: 10m}]
  - sms: {to: phone, message: "Yth. {{nama}}, …"}
rate: 20/s                             # at most the account's
workers: 16                            # default rate × 0.5 s, between 4 and 256; 64 when unlimited
retry: {attempts: 4, first: 1s, most: 1m}
outage: probe                          # gateway down: probe until the window or valid_for ends (with neither 12h), or a duration (0s: at once); then exit 6
on_unknown: hold                       # hold | resend (same ref_id, after the back-off, counts as a try; unfinished runs only)
`

func TestTheCampaignOfTheContractIsRead(t *testing.T) {
	zone, _ := time.LoadLocation("Asia/Jakarta")
	c, err := ParseCampaign("/srv/tagihan.yaml", []byte(contractCampaign), Options{Now: time.Date(2026, 11, 20, 17, 30, 0, 0, time.UTC), Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", c)
	t.Logf("%s", c.Content)
}
