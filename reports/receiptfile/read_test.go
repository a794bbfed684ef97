package receiptfile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"siaran/campaign"
	"siaran/campaign/sheet"
	"siaran/reports/receiptline"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
)

// readAll writes what Read yields as lines: "line gateway body" and "line broken: problem".
func readAll(t *testing.T, r io.Reader, f Formats) []string {
	t.Helper()
	var got []string
	for e, err := range Read(t.Context(), r, "log", f) {
		var b *receiptline.BrokenLine
		switch {
		case errors.As(err, &b):
			got = append(got, fmt.Sprintf("%d broken: %s: %q", b.Line, b.Problem, b.Text))
		case err != nil:
			got = append(got, "stopped: "+err.Error())
		default:
			kind := ""
			if e.Text {
				kind = "text "
			}
			got = append(got, fmt.Sprintf("%d %s%s %s", e.Line, kind, e.Gateway, e.Body))
		}
	}
	return got
}

func TestALogIsReadHoweverItIsLaidOut(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"JSON lines":                {"{\"a\":1}\n{\"a\":2}\n", []string{"1  {\"a\":1}", "2  {\"a\":2}"}},
		"no line feed at the end":   {"{\"a\":1}\n{\"a\":2}", []string{"1  {\"a\":1}", "2  {\"a\":2}"}},
		"CR LF and empty lines":     {"{\"a\":1}\r\n\r\n{\"a\":2}\r\n", []string{"1  {\"a\":1}", "3  {\"a\":2}"}},
		"one after the other":       {`{"a":1}{"a":2} {"a":3}`, []string{`1  {"a":1}`, `1  {"a":2}`, `1  {"a":3}`}},
		"an array":                  {`[{"a":1}, {"a":2}]`, []string{`1  {"a":1}`, `1  {"a":2}`}},
		"an array over many lines":  {"[\n  {\n    \"a\": 1\n  },\n  {\"a\": 2}\n]\n", []string{"2  {\n    \"a\": 1\n  }", "5  {\"a\": 2}"}},
		"an array a line":           {"[{\"a\":1}]\n[{\"a\":2}]\n", []string{`1  {"a":1}`, `2  {"a":2}`}},
		"one body, pretty-printed":  {"{\n  \"a\": {\n    \"b\": []\n  }\n}\n", []string{"1  {\n  \"a\": {\n    \"b\": []\n  }\n}"}},
		"byte order mark":           {"\ufeff{\"a\":1}\n", []string{`1  {"a":1}`}},
		"UTF-16":                    {"\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00\n\x00", []string{`1  {"a":1}`}},
		"commas at the line's ends": {"{\"a\":1},\n{\"a\":2},\n", []string{`1  {"a":1}`, `2  {"a":2}`}},
		"nothing":                   {"", nil},
		"blanks":                    {" \n\n", nil},
		"our own log": {
			`{"at":"2026-11-21T13:00:00.123456Z","gateway":"sandeza","body":{"status":1}}` + "\n\n" +
				`{"at":"2026-11-21T13:00:00.123456Z","gateway":"d7","text":"<html>\n"}` + "\n",
			[]string{`1 sandeza {"status":1}`, "3 text d7 <html>\n"},
		},
		"keys like our own in another's log": {
			`{"at":"yesterday","gateway":"x","body":{}}`,
			[]string{`1  {"at":"yesterday","gateway":"x","body":{}}`},
		},
		"our own keys twice": {
			`{"at":"2026-11-21T13:00:00Z","gateway":"x","gateway":"y","body":{}}`,
			[]string{`1  {"at":"2026-11-21T13:00:00Z","gateway":"x","gateway":"y","body":{}}`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, readAll(t, strings.NewReader(c.in), Formats{})); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.want, readAll(t, iotest.OneByteReader(strings.NewReader(c.in)), Formats{})); diff != "" {
				t.Errorf("byte by byte: %s", diff)
			}
		})
	}
}

func TestABrokenLineCostsItselfOnly(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"torn in a text": {
			"{\"a\":1}\n{\"a\":\"2\n{\"a\":3}\n",
			[]string{`1  {"a":1}`, `2 broken: a text in quotes is not ended: "{\"a\":\"2\n"`, `3  {"a":3}`},
		},
		"torn before a value": {
			"{\"a\":1}\n{\"a\":\n{\"a\":3}\n{\"a\":4}\n",
			[]string{`1  {"a":1}`, `2 broken: a comma or } was expected: "{\"a\":\n"`, `3  {"a":3}`, `4  {"a":4}`},
		},
		"torn in an array": {
			"{\"a\":[\n{\"a\":3}\n{\"a\":4}\n",
			[]string{`1 broken: a comma or ] was expected: "{\"a\":[\n"`, `2  {"a":3}`, `3  {"a":4}`},
		},
		"torn at the end": {"{\"a\":1}\n{\"a\":2", []string{`1  {"a":1}`, `2 broken: it is cut off: "{\"a\":2"`}},
		"garbage":         {"{\"a\":1}\nhello\n{\"a\":3}\n", []string{`1  {"a":1}`, `2 broken: no JSON object begins here: "hello\n"`, `3  {"a":3}`}},
		"garbage after":   {"{\"a\":1}}\n{\"a\":2} x\n{\"a\":3}\n", []string{`1 broken: something else follows the JSON object: "{\"a\":1}}\n"`, `2 broken: something else follows the JSON object: "{\"a\":2} x\n"`, `3  {"a":3}`}},
		"zeros of a power cut": {
			"\x00\x00\x00\n{\"a\":3}\n",
			[]string{`1 broken: no JSON object begins here: "\x00\x00\x00\n"`, `2  {"a":3}`},
		},
		"a body of many lines": {
			"{\n  \"a\": {\n    \"b\": x\n  }\n}\n{\n  \"a\": 2\n}\n",
			[]string{"1 broken: a value was expected: \"{\\n  \\\"a\\\": {\\n    \\\"b\\\": x\\n  }\\n}\\n\"", "6  {\n  \"a\": 2\n}"},
		},
		"in an array": {
			"[\n  {\"a\":1},\n  {\"a\":oops},\n  {\"a\":3}\n]\n",
			[]string{`2  {"a":1}`, "3 broken: a value was expected: \"{\\\"a\\\":oops},\\n\"", `4  {"a":3}`},
		},
		"an array cut off": {"[{\"a\":1},\n", []string{`1  {"a":1}`, `2 broken: the array is not ended: the file was cut off: ""`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, readAll(t, strings.NewReader(c.in), Formats{})); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.want, readAll(t, iotest.OneByteReader(strings.NewReader(c.in)), Formats{})); diff != "" {
				t.Errorf("byte by byte: %s", diff)
			}
		})
	}
}

func TestALineThatIsTooLongCostsItselfOnly(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", receiptline.MaxLine) + `"}`
	got := readAll(t, strings.NewReader("{\"a\":1}\n"+long+"\n{\"a\":3}\n"), Formats{})
	if len(got) != 3 || !strings.HasPrefix(got[1], "2 broken: it is longer than") || got[2] != `3  {"a":3}` {
		t.Errorf("got %d: %.80q", len(got), got)
	}
}

func TestCompressedLogsAreReadAndACutIsToldAfterWhatIsWhole(t *testing.T) {
	text := strings.Repeat("{\"a\":1}\n", 1000)
	var gz, zst bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	for name, b := range map[string][]byte{"gzip": gz.Bytes(), "two gzip parts": append(bytes.Clone(gz.Bytes()), gz.Bytes()...), "zstd": zst.Bytes()} {
		got := readAll(t, bytes.NewReader(b), Formats{})
		if want := 1000 * (1 + strings.Count(name, "two")); len(got) != want {
			t.Errorf("%s: %d bodies, not %d", name, len(got), want)
		}
	}
	got := readAll(t, bytes.NewReader(gz.Bytes()[:gz.Len()-6]), Formats{})
	if last := got[len(got)-1]; !strings.HasPrefix(last, "stopped:") {
		t.Errorf("a cut gzip file ends with %q", last)
	}
}

func smsTA(t *testing.T) Formats {
	t.Helper()
	r, err := Format{
		Gateway: "sinchindia", Channel: "sms", ID: "msg_id", Status: "sms_delv_status", Time: "sms_delv_dttime",
		Layout: "dd/mm/yyyy hh:mm:ss", Zone: "+05:30", Words: map[string]string{"DELIVRD": "delivered"},
	}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return Formats{Custom: map[string]*Reader{"sms-ta": r}}
}

func TestATableIsReadByItsHeadings(t *testing.T) {
	want := []string{
		`2 sms-ta {"msg_id":"1234567890123456789012345","sms_delv_dttime":"14/03/2023 16:27:33","sms_delv_status":"DELIVRD"}`,
		`3 sms-ta {"msg_id":"b","sms_delv_dttime":"","sms_delv_status":"FAILED"}`,
	}
	for name, in := range map[string]string{
		"comma":     "SMS_Delv_Status,msg_id, sms_delv_dttime ,remarks\nDELIVRD,1234567890123456789012345,14/03/2023 16:27:33,x\nFAILED,b,,\n",
		"semicolon": "\ufeffmsg_id;sms_delv_status;sms_delv_dttime\r\n\"1234567890123456789012345\";DELIVRD;14/03/2023 16:27:33\r\nb;FAILED;\r\n",
		"tab":       "msg_id\tsms_delv_status\tsms_delv_dttime\tmsg\n1234567890123456789012345\tDELIVRD\t14/03/2023 16:27:33\nb\tFAILED\t\t",
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, readAll(t, strings.NewReader(in), smsTA(t))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABrokenRecordOfATableCostsItselfOnly(t *testing.T) {
	in := "msg_id,sms_delv_status,sms_delv_dttime,remarks\n" +
		"a,DELIVRD,,\"two\nlines\"\n" +
		"b,DELIVRD,,x\"y\"\n" +
		",DELIVRD,,\n" +
		"c\n" +
		"d,DELIVRD,,\xff\n" +
		"e,DELIVRD,,\"open\n" +
		"f,DELIVRD,,\n"
	want := []string{
		`2 sms-ta {"msg_id":"a","sms_delv_dttime":"","sms_delv_status":"DELIVRD"}`,
		`4 broken: it is no CSV: bare " in non-quoted-field: "b,DELIVRD,,x\"y\"\n"`,
		`5 broken: msg_id or sms_delv_status is missing or empty: ",DELIVRD,,\n"`,
		`6 broken: msg_id or sms_delv_status is missing or empty: "c\n"`,
		`7 broken: it is no UTF-8: save the file as CSV UTF-8: "d,DELIVRD,,\xff\n"`,
		`8 broken: a quotation mark is not closed: "e,DELIVRD,,\"open\n"`,
		`9 sms-ta {"msg_id":"f","sms_delv_dttime":"","sms_delv_status":"DELIVRD"}`,
	}
	if diff := cmp.Diff(want, readAll(t, strings.NewReader(in), smsTA(t))); diff != "" {
		t.Error(diff)
	}
}

func TestAWorkbookIsReadByItsHeadingsAndIDsThatLostDigitsAreRefused(t *testing.T) {
	f := excelize.NewFile()
	cells := [][]any{
		{"Export of 14 March"},
		{"sms_delv_status", "msg_id", "sms_delv_dttime"},
		{"DELIVRD", "1234567890123456789012345", "14/03/2023 16:27:33"},
		{"DELIVRD", 1.2345678901234568e+24, "14/03/2023 16:27:33"},
		{"READ", "r", 44999.5},
		{"", "x", ""},
	}
	for i, row := range cells {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	formats := smsTA(t)
	formats.Workbook = openTable
	got := readAll(t, b, formats)
	want := []string{
		`3 sms-ta {"msg_id":"1234567890123456789012345","sms_delv_dttime":"14/03/2023 16:27:33","sms_delv_status":"DELIVRD"}`,
		`4 broken: msg_id is a number that has lost digits: export the column as text: "DELIVRD,1234567890123456800000000,14/03/2023 16:27:33\n"`,
		`5 sms-ta {"msg_id":"r","sms_delv_dttime":"2023-03-14T12:00:00+05:30","sms_delv_status":"READ"}`,
		`6 broken: msg_id or sms_delv_status is missing or empty: ",x\n"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = readAll(t, strings.NewReader("PK\x03\x04 nonsense"), formats)
	if len(got) != 1 || !strings.HasPrefix(got[0], "stopped: log: is no complete .xlsx file") {
		t.Errorf("a broken workbook: %q", got)
	}
}

// openTable opens a workbook as the program does.
func openTable(ctx context.Context, r io.Reader, name string, wanted [][]string) (Table, error) {
	f, err := sheet.Open(ctx, sheet.Settings{Path: "-", Input: r, Name: name, AnyOf: wanted, HiddenRows: campaign.HiddenInclude})
	if errors.Is(err, sheet.ErrNoTable) {
		return Table{}, ErrNoTable
	}
	if err != nil {
		return Table{}, err
	}
	return Table{Header: f.Header(), Rows: f.Rows(ctx), Since1904: f.Since1904(), Close: f.Close}, nil
}

func TestTheTabOfAWorkbookThatHasAFormatsHeadingsIsRead(t *testing.T) {
	f := excelize.NewFile()
	for _, tab := range []string{"Hidden", "Empty", "Other", "Receipts"} {
		if _, err := f.NewSheet(tab); err != nil {
			t.Fatal(err)
		}
	}
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("dd/mm/yyyy hh:mm")})
	if err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{
		"Hidden!A1": "msg_id", "Hidden!B1": "sms_delv_status", "Hidden!C1": "sms_delv_dttime", "Hidden!A2": "no", "Hidden!B2": "DELIVRD",
		"Other!A1": "msg_id", "Other!B1": "status", "Other!A2": "no", "Other!B2": "DELIVRD",
		"Receipts!A1": "Title", "Receipts!A3": "SMS_delv_status", "Receipts!B3": "sms_delv_dttime\n", "Receipts!D3": "msg_id",
		"Receipts!A4": "DELIVRD", "Receipts!B4": 44999.5, "Receipts!D4": "a", "Receipts!H4": "beside",
		"Receipts!A6": "READ", "Receipts!D6": "b",
	} {
		tab, at, _ := strings.Cut(cell, "!")
		if err := f.SetCellValue(tab, at, value); err != nil {
			t.Fatal(err)
		}
	}
	err = errors.Join(f.SetSheetVisible("Hidden", false), f.SetCellStyle("Receipts", "B4", "B4", style))
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	formats := smsTA(t)
	formats.Workbook = openTable
	whole := b.String()
	want := []string{
		`4 sms-ta {"msg_id":"a","sms_delv_dttime":"2023-03-14T12:00:00+05:30","sms_delv_status":"DELIVRD"}`,
		`6 sms-ta {"msg_id":"b","sms_delv_dttime":"","sms_delv_status":"READ"}`,
	}
	if diff := cmp.Diff(want, readAll(t, strings.NewReader(whole), formats)); diff != "" {
		t.Error(diff)
	}
	formats.Custom = nil
	formats.Only = "other"
	got := readAll(t, strings.NewReader(whole), formats)
	if len(got) != 1 || !strings.Contains(got[0], "listen.formats") {
		t.Errorf("no format: %q", got)
	}
}

func TestATableWithoutTheChosenFormatsHeadingsIsRefused(t *testing.T) {
	f := smsTA(t)
	f.Only = "sms-ta"
	got := readAll(t, strings.NewReader("id,status\n1,2\n"), f)
	if len(got) != 1 || !strings.Contains(got[0], "does not have the headings of format sms-ta") {
		t.Errorf("got %q", got)
	}
}

// FuzzRead: whatever a log has, reading ends, and every body is JSON, each a part of the log.
func FuzzRead(f *testing.F) {
	formats := Formats{}
	for _, s := range []string{
		"{\"a\":1}\n{\"a\":2", "[{},\n{}]", "{\"at\":\"2026-11-21T13:00:00Z\",\"gateway\":\"x\",\"body\":[1]}\n", "a,b\n1,2\n", "{\n\"a\":\n{\n}", "\xff\xfe{\x00", "PK\x03\x04", "\x1f\x8b\x08",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for e, err := range Read(t.Context(), strings.NewReader(string(b)), "log", formats) {
			if err == nil && !e.Text && !json.Valid(e.Body) {
				t.Errorf("%q is no JSON", e.Body)
			}
		}
	})
}
