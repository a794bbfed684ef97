// Package samples holds files to try siaran with: what the demo sends, what README shows, what tests
// read. All people, numbers and contracts in them are invented.
//
//	pelanggan.xlsx      1,000 customers of a lender, with the troubles that real files have
//	pelanggan.csv       50 of the kind, as a bank's system exports them: semicolons, UTF-8 with BOM
//	siaran.yaml         one account, at the simulator on loopback
//	gajian-promo.yaml   a WhatsApp template to pelanggan.xlsx
//	tagihan-sms.yaml    an SMS to pelanggan.csv
//	receipts.jsonl      delivery receipts in the shapes that Sandeza sends
package samples

import "embed"

// FS holds the files, at its top.
//
//go:embed *.xlsx *.csv *.yaml *.jsonl
var FS embed.FS

// What pelanggan.xlsx comes to.
const (
	Rows       = 1000 // data rows
	Rejected   = 4    // a landline, two numbers in one cell, no name, a name with ||
	Duplicates = 2    // the same number written in another way
)
