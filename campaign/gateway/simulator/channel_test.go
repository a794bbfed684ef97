package simulator

import (
	"fmt"
	"strings"
	"testing"
)

// A channelCase is a channel object and the rc it is answered with.
type channelCase struct{ name, channel, rc string }

func checkChannels(t *testing.T, typ string, cases []channelCase) {
	t.Helper()
	var record notebook
	_, url := start(t, Settings{Accounts: map[string]Account{"demouser": ops()}, Record: &record})
	for i, c := range cases {
		body := strings.Replace(request(fmt.Sprint("ref-", i), c.channel), `"type":"2"`, `"type":"`+typ+`"`, 1)
		if got := post(t, url, body); got.RC != c.rc {
			t.Errorf("%s: got rc %s, want %s; the record says %q", c.name, got.RC, c.rc, record.entries(t)[i].Why)
		}
	}
}

func TestSMSBlocks(t *testing.T) {
	block := func(rest string) string { return `{"sms":{"message":"Halo","msisdn":"081200000001"` + rest + `}}` }
	to := func(msisdn string) string { return `{"sms":{"message":"Halo","msisdn":"` + msisdn + `"}}` }
	checkChannels(t, "2", []channelCase{
		{"a good one", block(``), "0"},
		{"with a backup sender", block(`,"use_backup_sender":true`), "0"},
		{"a backup sender as text", block(`,"use_backup_sender":"true"`), "1"},
		{"an unknown key", block(`,"text":"x"`), "1"},
		{"an attachment", block(`,"attachment":"https://files.example.test/a.pdf"`), "1"},
		{"no message", `{"sms":{"msisdn":"081200000001"}}`, "1"},
		{"an empty message", `{"sms":{"message":"","msisdn":"081200000001"}}`, "1"},
		{"no number", `{"sms":{"message":"Halo"}}`, "1"},
		{"a number as a number", `{"sms":{"message":"Halo","msisdn":6281200000001}}`, "1"},
		{"not an object", `{"sms":"Halo"}`, "1"},
		{"62", to("6281200000001"), "0"},
		{"+62", to("+6281200000001"), "0"},
		{"blanks", to("0812 0000 0001"), "3"},
		{"without the nought", to("81200000001"), "23"},
		{"a landline", to("0215550001"), "3"},
		{"too short", to("0812"), "3"},
		{"too long", to("0812000000000001"), "3"},
		{"letters", to("0812abc00001"), "3"},
		{"a float", to("6.2812E+12"), "3"},
		{"Singapore", to("+6580000001"), "23"},
		{"opted out", to("081200000099"), "21"},
		{"a test number for rc 22", to("6281299910022"), "22"},
		{"a test number for an rc unheard of", to("6281299910042"), "42"},
	})
}

func TestEmailBlocks(t *testing.T) {
	to := func(address string) string { return `{"email":{"message":"Halo","email":"` + address + `"}}` }
	checkChannels(t, "2", []channelCase{
		{"free text", to("budi@example.test"), "0"},
		{"a static template", `{"email":{"email":"budi@example.test","template_id":"tpl01"}}`, "0"},
		{"a static template with an empty message", `{"email":{"message":"","email":"budi@example.test","template_id":"tpl01"}}`, "0"},
		{"a dynamic template", `{"email":{"message":"nama:Sprint;alamat:Jl. Fatmawati","email":"budi@example.test","template_id":"tpl01"}}`, "0"},
		{"a value with a colon", `{"email":{"message":"jam:10:30","email":"budi@example.test","template_id":"tpl01"}}`, "1"},
		{"a value without a name", `{"email":{"message":"nama:Budi;Solo","email":"budi@example.test","template_id":"tpl01"}}`, "1"},
		{"an unknown template", `{"email":{"email":"budi@example.test","template_id":"tpl99"}}`, "2"},
		{"neither text nor template", `{"email":{"message":"","email":"budi@example.test"}}`, "1"},
		{"no address", `{"email":{"message":"Halo"}}`, "1"},
		{"no @", to("budi.example.test"), "3"},
		{"no dot in the domain", to("budi@localhost"), "3"},
		{"two dots", to("bu..di@example.test"), "3"},
		{"a blank", to("bu di@example.test"), "3"},
		{"a name round it", to("Budi <budi@example.test>"), "3"},
		{"opted out, in another case", to("gone@Example.test"), "21"},
		{"a test address for rc 21", to("sim-rc21@example.test"), "21"},
		{"attachments", `{"email":{"message":"Halo","email":"budi@example.test","attachment":"https://files.example.test/a.pdf; https://files.example.test/b.XLSX"}}`, "0"},
		{"an attachment by http", `{"email":{"message":"Halo","email":"budi@example.test","attachment":"http://files.example.test/a.pdf"}}`, "1"},
		{"an attachment of another kind", `{"email":{"message":"Halo","email":"budi@example.test","attachment":"https://files.example.test/a.exe"}}`, "1"},
		{"an empty one among them", `{"email":{"message":"Halo","email":"budi@example.test","attachment":"https://files.example.test/a.pdf;"}}`, "1"},
	})
}

func TestChatBlocks(t *testing.T) {
	checkChannels(t, "2", []channelCase{
		{"line", `{"line":{"message":"Halo","chat_id":"U0001","attachment":"https://files.example.test/a.png"}}`, "0"},
		{"line with a pdf", `{"line":{"message":"Halo","chat_id":"U0001","attachment":"https://files.example.test/a.pdf"}}`, "1"},
		{"telegram with a pdf", `{"telegram":{"message":"Halo","chat_id":"700001","attachment":"https://files.example.test/a.pdf"}}`, "0"},
		{"telegram with a docx", `{"telegram":{"message":"Halo","chat_id":"700001","attachment":"https://files.example.test/a.docx"}}`, "1"},
		{"facebook", `{"facebook":{"message":"Halo","chat_id":"psid-1","attachment":"https://files.example.test/a.docx"}}`, "0"},
		{"a chat id as a number", `{"telegram":{"message":"Halo","chat_id":700001}}`, "1"},
		{"a chat id with a blank", `{"telegram":{"message":"Halo","chat_id":"70 01"}}`, "3"},
		{"no chat id", `{"line":{"message":"Halo"}}`, "1"},
		{"no message", `{"line":{"chat_id":"U0001"}}`, "1"},
		{"HTML", `{"facebook":{"message":"<b>Halo</b>","chat_id":"psid-1"}}`, "22"},
		{"less and more, but no HTML", `{"facebook":{"message":"1 < 2 > 0 <3","chat_id":"psid-1"}}`, "0"},
	})
}

func TestBackupLists(t *testing.T) {
	pair := func(k, rest string) string {
		blocks := map[string]string{
			"sms":      `"sms":{"message":"Halo","msisdn":"081200000001"%s}`,
			"email":    `"email":{"message":"Halo","email":"budi@example.test"%s}`,
			"line":     `"line":{"message":"Halo","chat_id":"U0001"%s}`,
			"whatsapp": `"whatsapp":{"msisdn":"081200000001","template_id":"promo_01"%s}`,
		}
		return "{" + fmt.Sprintf(blocks[k], rest) + `,"telegram":{"message":"Halo","chat_id":"700001"}}`
	}
	lists := func(on, exp string) string { return `,"backup_on":"` + on + `","backup_exp":"` + exp + `"` }
	checkChannels(t, "1", []channelCase{
		{"sms", pair("sms", lists("1;2;3;4", "0;0;10;0")), "0"},
		{"sms, with blanks", pair("sms", lists("1; 3", "0; 10")), "0"},
		{"sms on spam", pair("sms", lists("5", "0")), "1"},
		{"sms on delivered", pair("sms", lists("9", "0")), "1"},
		{"email", pair("email", lists("1;2;3;5;6;7", "0;0;5;0;0;0")), "0"},
		{"email on failed", pair("email", lists("4", "0")), "1"},
		{"line", pair("line", lists("1;3;4", "0;5;0")), "0"},
		{"line on undelivered", pair("line", lists("2", "0")), "1"},
		{"whatsapp", pair("whatsapp", lists("1;2;3;4;9", "0;0;10;0;0")), "0"},
		{"whatsapp on opened", pair("whatsapp", lists("7", "0")), "1"},
		{"a code twice", pair("sms", lists("1;1", "0;0")), "1"},
		{"a word", pair("sms", lists("unsent", "0")), "1"},
		{"lists of two lengths", pair("sms", lists("1;3", "10")), "1"},
		{"minutes where there is nothing to wait for", pair("sms", lists("2", "10")), "1"},
		{"pending without minutes", pair("sms", lists("3", "0")), "1"},
		{"pending of less than nothing", pair("sms", lists("3", "-5")), "1"},
		{"no backup_exp", pair("sms", `,"backup_on":"1"`), "1"},
		{"no backup_on", pair("sms", `,"backup_exp":"0"`), "1"},
		{"type 1 without any", pair("sms", ""), "1"},
		{"type 1 with one channel", `{"sms":{"message":"Halo","msisdn":"081200000001","backup_on":"1","backup_exp":"0"}}`, "1"},
		{"backup_on on the backup", `{"telegram":{"message":"Halo","chat_id":"700001"},"sms":{"message":"Halo","msisdn":"081200000001","backup_on":"1","backup_exp":"0"}}`, "1"},
	})
	checkChannels(t, "2", []channelCase{
		{"send all", pair("sms", ""), "0"},
	})
}
