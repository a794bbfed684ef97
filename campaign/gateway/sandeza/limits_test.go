package sandeza

import (
	"errors"
	"strings"
	"testing"
	"time"

	"siaran/campaign"
)

// TestWhatNoRowCanSayIsAnErrorOfTheCampaign: each limit that the campaign alone breaks, with what to change.
func TestWhatNoRowCanSayIsAnErrorOfTheCampaign(t *testing.T) {
	t.Parallel()
	wa := func(format string, change func(*campaign.Channel)) *campaign.Campaign {
		return single(with(promo(format), change))
	}
	button := func(b ...campaign.Button) func(*campaign.Channel) {
		return func(ch *campaign.Channel) { ch.Buttons = b }
	}
	mpm := func(sections ...campaign.Section) func(*campaign.Channel) {
		return button(campaign.Button{Kind: "mpm", Thumbnail: "sku", Sections: sections})
	}
	section := func(title string, products int) campaign.Section {
		s := campaign.Section{Title: title}
		for range products {
			s.Products = append(s.Products, "sku")
		}
		return s
	}
	card := func(kind string, body int, buttons ...string) campaign.Card {
		c := campaign.Card{Media: campaign.Media{Kind: kind, Link: "https://files.example.test/c.png"}}
		if kind == "video" {
			c.Media.Link = "https://files.example.test/c.mp4"
		}
		for range body {
			c.Body = append(c.Body, "x")
		}
		for i, b := range buttons {
			c.Buttons = append(c.Buttons, campaign.Button{Kind: b, Index: i, Value: "v"})
		}
		return c
	}
	carousel := func(cards ...campaign.Card) func(*campaign.Channel) {
		return func(ch *campaign.Channel) { ch.Carousel = cards }
	}
	head := func(kind, link string) func(*campaign.Channel) {
		return func(ch *campaign.Channel) { ch.Header = &campaign.Media{Kind: kind, Link: link} }
	}
	attach := func(ch campaign.Channel, links ...string) *campaign.Campaign {
		return single(with(ch, func(ch *campaign.Channel) { ch.Attachment = links }))
	}
	common := func(change func(*campaign.Campaign)) *campaign.Campaign { c := single(sms()); change(c); return c }
	pb := func(ch campaign.Channel, on ...campaign.BackupOn) *campaign.Campaign {
		return campaignOf(campaign.SendPrimaryBackup, backup(ch, on...), email())
	}
	auth := func(body string, buttons ...campaign.Button) *campaign.Campaign {
		return wa("delimiter", func(ch *campaign.Channel) {
			ch.Category, ch.Body, ch.Buttons = "authentication", []string{body}, buttons
		})
	}
	long := strings.Repeat("x", 200)

	for name, test := range map[string]struct {
		c    *campaign.Campaign
		want string
	}{
		"an unknown column": {single(with(sms(), func(ch *campaign.Channel) { ch.Message = "{{nema}}" })), "nema"},
		"an empty message":  {single(with(sms(), func(ch *campaign.Channel) { ch.Message = " " })), "sms message: is empty"},
		"an unknown target": {single(with(sms(), func(ch *campaign.Channel) { ch.To = "telepon" })), "sms to: "},
		"an unknown chat":   {single(with(chat(campaign.Line, "x"), func(*campaign.Channel) {})), "line chat_id: "},

		"a subject of 100 characters":     {common(func(c *campaign.Campaign) { c.Subject = long[:100] }), "subject: has 100 characters, 99 is the most"},
		"a subject with punctuation":      {common(func(c *campaign.Campaign) { c.Subject = "Tagihan: November" }), `subject: has ':'`},
		"no subject":                      {common(func(c *campaign.Campaign) { c.Subject = "" }), "subject: is empty"},
		"a sender with signs":             {common(func(c *campaign.Campaign) { c.SenderID = "BANK#KU" }), `sender_id: has '#'`},
		"a budget_code of 181 characters": {common(func(c *campaign.Campaign) { c.BudgetCode = long[:181] }), "budget_code: has 181 characters, 180 is the most"},
		"a budget_code with a line break": {common(func(c *campaign.Campaign) { c.BudgetCode = "a\nb" }), "budget_code: has '\\n'"},
		"single with two channels":        {campaignOf(campaign.SendSingle, sms(), email()), "send: single takes one channel"},
		"all with one channel":            {campaignOf(campaign.SendAll, sms()), "send: all needs two channels"},
		"the same channel twice":          {campaignOf(campaign.SendAll, sms(), sms()), "sms comes twice"},
		"a primary without backup_on":     {campaignOf(campaign.SendPrimaryBackup, sms(), email()), "sms backup_on: say on what"},
		"a backup with backup_on":         {campaignOf(campaign.SendPrimaryBackup, backup(sms(), on("failed")...), backup(email(), on("spam")...)), "email backup_on: only the first channel"},
		"backup_on with send all":         {campaignOf(campaign.SendAll, backup(sms(), on("failed")...), email()), "sms backup_on: only the first channel"},
		"a state the channel has not":     {pb(sms(), on("spam")...), `sms backup_on: "spam" is not a state of this channel: it has unsent, undelivered, pending or failed`},
		"line has no undelivered":         {pb(chat(campaign.Line, "Obrolan"), on("undelivered")...), `line backup_on: "undelivered"`},
		"delivered is whatsapp's alone":   {pb(sms(), on("delivered")...), `sms backup_on: "delivered"`},
		"pending without a time":          {pb(sms(), on("pending")...), "pending needs a time in whole minutes"},
		"pending for half a minute":       {pb(sms(), campaign.BackupOn{Word: "pending", After: 90 * time.Second}), "pending needs a time in whole minutes"},
		"failed with a time":              {pb(sms(), campaign.BackupOn{Word: "failed", After: time.Minute}), "only pending takes a time"},
		"a state twice":                   {pb(sms(), on("failed", "failed")...), "failed comes twice"},
		"a primary without a template":    {campaignOf(campaign.SendPrimaryBackup, backup(session(campaign.SessionMessage{Kind: "text", Text: "x"}), on("failed")...), sms()), "without a template it has no backup_on"},

		"delimiter: header location": {wa("delimiter", func(ch *campaign.Channel) {
			ch.Header = &campaign.Media{Kind: "location", Location: &campaign.Location{Latitude: "1", Longitude: "1"}}
		}), "format: json"},
		"delimiter: two buttons":     {wa("delimiter", button(campaign.Button{Kind: "url", Value: "a"}, campaign.Button{Kind: "url", Index: 1, Value: "b"})), "cannot say more than one button: use format: json"},
		"delimiter: quick reply":     {wa("delimiter", button(campaign.Button{Kind: "quick_reply", Value: "a"})), "cannot say a quick_reply button: use format: json"},
		"delimiter: catalog":         {wa("delimiter", button(campaign.Button{Kind: "catalog", Thumbnail: "a"})), "use format: json"},
		"delimiter: mpm":             {wa("delimiter", mpm(section("a", 1))), "use format: json"},
		"delimiter: a second button": {wa("delimiter", button(campaign.Button{Kind: "url", Index: 1, Value: "a"})), "the index of a button: use format: json"},
		"delimiter: carousel":        {wa("delimiter", carousel(card("image", 0))), "cannot say carousel: use format: json"},
		"delimiter: a document's name": {wa("delimiter", func(ch *campaign.Channel) {
			ch.Header = &campaign.Media{Kind: "document", Link: "https://x.example.test/a.pdf", Filename: "a.pdf"}
		}), "the name of a document: use format: json"},
		"delimiter: || in a text":       {wa("delimiter", func(ch *campaign.Channel) { ch.Body[0] = "a||b" }), `whatsapp body 1: has "||": the delimiter form cannot say it: take it out, or use format: json`},
		"delimiter: :=: in a link":      {wa("delimiter", head("image", "https://x.example.test/a:=:b.jpg")), "use format: json"},
		"an unknown format":             {wa("xml", func(*campaign.Channel) {}), `"xml" is neither delimiter nor json`},
		"an unknown header":             {wa("json", head("gif", "https://x.example.test/a.gif")), `"gif" is not one of`},
		"an unknown button":             {wa("json", button(campaign.Button{Kind: "call"})), `"call" is not one of`},
		"an image header of a pdf":      {wa("json", head("image", "https://x.example.test/a.pdf")), "the link must end in .jpg, .jpeg or .png"},
		"a video header of an image":    {wa("delimiter", head("video", "https://x.example.test/a.png")), "the link must end in .3gp or .mp4"},
		"a document header of a docx":   {wa("json", head("document", "https://x.example.test/a.docx")), "the link must end in .txt, .xls"},
		"a header link over http":       {wa("json", head("image", "http://x.example.test/a.png")), "must begin with https://"},
		"a header that is no link":      {wa("json", head("image", "a.png")), "is not a link"},
		"a header link with a password": {wa("json", head("image", "https://u:p@x.example.test/a.png")), "user name"},
		"a filename on an image": {wa("json", func(ch *campaign.Channel) {
			ch.Header = &campaign.Media{Kind: "image", Link: "https://x.example.test/a.png", Filename: "x"}
		}), "only a document has a filename"},
		"a header text of 61 characters": {wa("json", func(ch *campaign.Channel) { ch.Header = &campaign.Media{Kind: "text", Text: long[:61]} }), "60 is the most"},
		"a location off the globe": {wa("json", func(ch *campaign.Channel) {
			ch.Header = &campaign.Media{Kind: "location", Location: &campaign.Location{Latitude: "-96.2", Longitude: "1"}}
		}), "latitude: is not between -90 and 90"},
		"a location with a comma": {wa("json", func(ch *campaign.Channel) {
			ch.Header = &campaign.Media{Kind: "location", Location: &campaign.Location{Latitude: "-6,2", Longitude: "1"}}
		}), "is not a number with a decimal point"},
		"a location without a place":       {wa("json", func(ch *campaign.Channel) { ch.Header = &campaign.Media{Kind: "location"} }), "needs latitude and longitude"},
		"index 10":                         {wa("json", button(campaign.Button{Kind: "url", Index: 10, Value: "a"})), "index 10 is not between 0 and 9"},
		"index -1":                         {wa("json", button(campaign.Button{Kind: "url", Index: -1, Value: "a"})), "index -1 is not between 0 and 9"},
		"an index twice":                   {wa("json", button(campaign.Button{Kind: "url", Value: "a"}, campaign.Button{Kind: "url", Value: "b"})), "another button has index 0"},
		"an empty button value":            {wa("json", button(campaign.Button{Kind: "url"})), "is empty"},
		"a button value with a blank":      {wa("json", button(campaign.Button{Kind: "url", Value: "a b"})), "has a blank"},
		"11 sections":                      {wa("json", mpm(section("a", 1), section("b", 1), section("c", 1), section("d", 1), section("e", 1), section("f", 1), section("g", 1), section("h", 1), section("i", 1), section("j", 1), section("k", 1))), "1 to 10 sections, not 11"},
		"no section":                       {wa("json", mpm()), "1 to 10 sections, not 0"},
		"a section without products":       {wa("json", mpm(section("a", 0))), "it has no products"},
		"31 products":                      {wa("json", mpm(section("a", 16), section("b", 15))), "31 products, 30 is the most"},
		"a title of 25 characters":         {wa("json", mpm(section(long[:25], 1))), "24 is the most"},
		"a title with markdown":            {wa("json", mpm(section("*Baru*", 1))), "markdown"},
		"11 cards":                         {wa("json", carousel(make([]campaign.Card, 11)...)), "11 cards, 10 is the most"},
		"cards of two media":               {wa("json", carousel(card("image", 0), card("video", 0))), "card 2: it has other parts"},
		"cards of two bodies":              {wa("json", carousel(card("image", 1), card("image", 2))), "card 2: it has other parts"},
		"cards of two buttons":             {wa("json", carousel(card("image", 1, "url"), card("image", 1, "quick_reply"))), "card 2: it has other parts"},
		"a card of text":                   {wa("json", carousel(card("text", 1))), "needs an image or a video"},
		"a card with a catalog":            {wa("json", carousel(card("image", 1, "catalog"))), "url or quick_reply"},
		"a card of three buttons":          {wa("json", carousel(card("image", 1, "url", "url", "url"))), "3 buttons, 2 is the most"},
		"two slots, three values":          {wa("json", func(ch *campaign.Channel) { ch.Text, ch.Body = "Hai {{1}} {{2}}", []string{"a", "b", "c"} }), "it has 2 places {{1}} …, and body has 3 values"},
		"a value of 1025 characters":       {wa("json", func(ch *campaign.Channel) { ch.Body[0] = strings.Repeat("x", 1025) }), "1024 is the most"},
		"an otp that is no authentication": {wa("json", button(campaign.Button{Kind: "otp", Value: "{{OTP}}"})), "belongs to category: authentication"},
		"an authentication without button": {auth("{{OTP}}"), "one otp button with the same code"},
		"an authentication with a reply":   {auth("{{OTP}}", campaign.Button{Kind: "quick_reply", Value: "x"}), "one otp button with the same code"},
		"template and message":             {wa("json", func(ch *campaign.Channel) { ch.Session = &campaign.SessionMessage{Kind: "text", Text: "x"} }), "with a template there is body"},
		"neither template nor message":     {single(campaign.Channel{Kind: campaign.WhatsApp, To: "phone"}), "it needs a template, or a message"},

		"an e-mail template with a message": {single(with(email(), func(ch *campaign.Channel) { ch.Template = "t" })), "a template has values instead"},
		"e-mail values without a template":  {single(with(email(), func(ch *campaign.Channel) { ch.Values = []campaign.Pair{{Name: "a", Value: "b"}} })), "name it with template"},
		"an e-mail value's name with a colon": {single(with(email(), func(ch *campaign.Channel) {
			ch.Message, ch.Template, ch.Values = "", "t", []campaign.Pair{{Name: "a:b", Value: "c"}}
		})), `the name "a:b" has ":"`},
		"an e-mail value with a semicolon": {single(with(email(), func(ch *campaign.Channel) {
			ch.Message, ch.Template, ch.Values = "", "t", []campaign.Pair{{Name: "a", Value: "c;d"}}
		})), `has ";"`},
		"an attachment over http":        {attach(email(), "http://x.example.test/a.pdf"), "email attachment 1: the link must begin with https://"},
		"an attachment with ;":           {attach(email(), "https://x.example.test/a;b.pdf"), `has ";"`},
		"a zip for email":                {attach(email(), "https://x.example.test/a.pdf", "https://x.example.test/a.zip"), "email attachment 2: the link must end in .jpg, .png, .xls"},
		"a pdf for line":                 {attach(chat(campaign.Line, "Obrolan"), "https://x.example.test/a.pdf"), "the link must end in .jpg or .png"},
		"a docx for telegram":            {attach(chat(campaign.Telegram, "Telegram"), "https://x.example.test/a.docx"), "the link must end in .jpg, .png, .pdf or .mp4"},
		"a gif for facebook":             {attach(chat(campaign.Facebook, "Facebook"), "https://x.example.test/a.gif"), "the link must end in"},
		"a gif for whatsapp":             {attach(promo("json"), "https://x.example.test/a.gif"), "the link must end in"},
		"an attachment for sms":          {attach(sms(), "https://x.example.test/a.pdf"), "sms has no attachment"},
		"an attachment without template": {attach(session(campaign.SessionMessage{Kind: "text", Text: "x"}), "https://x.example.test/a.pdf"), "no attachment without a template"},
		"html for telegram":              {single(with(chat(campaign.Telegram, "Telegram"), func(ch *campaign.Channel) { ch.Message = "<b>Halo</b>" })), "HTML"},

		"a session of stickers":  {single(session(campaign.SessionMessage{Kind: "sticker"})), `"sticker" is not one of`},
		"an image without url":   {single(session(campaign.SessionMessage{Kind: "image"})), "image needs a url"},
		"an image over http":     {single(session(campaign.SessionMessage{Kind: "image", Media: &campaign.Attached{URL: "http://x.example.test/a.png"}})), "must begin with https://"},
		"a place without one":    {single(session(campaign.SessionMessage{Kind: "location"})), "needs latitude and longitude"},
		"a place with a name":    {single(session(campaign.SessionMessage{Kind: "location", Location: &campaign.Location{Latitude: "1", Longitude: "1", Name: "x"}})), "no name and no address"},
		"four buttons":           {single(session(campaign.SessionMessage{Kind: "buttons", Text: "x", Choices: make([]campaign.Choice, 4)})), "4 choices, 1 to 3"},
		"a list without choices": {single(session(campaign.SessionMessage{Kind: "list", Text: "x", Title: "x", Section: "x", About: "x"})), "0 choices, 1 to 10"},
		"a list with an image":   {single(session(campaign.SessionMessage{Kind: "list", HeaderKind: "image", Text: "x", Title: "x", Section: "x", About: "x", Choices: []campaign.Choice{{Key: "a", Title: "b"}}})), "a list takes text only"},
		"a long button title":    {single(session(campaign.SessionMessage{Kind: "buttons", Text: "x", Choices: []campaign.Choice{{Key: "a", Title: long[:21]}}})), "20 is the most"},
		"a header of audio":      {single(session(campaign.SessionMessage{Kind: "buttons", HeaderKind: "audio", Text: "x", Choices: []campaign.Choice{{Key: "a", Title: "b"}}})), `"audio" is not one of`},
		"an unknown channel":     {single(campaign.Channel{Kind: "pigeon", To: "phone"}), "pigeon is not a channel of Sandeza"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(account(), test.c, header(), nil, signingTime)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q", err, test.want)
			}
		})
	}
}

func TestEverythingWrongWithACampaignIsToldAtOnce(t *testing.T) {
	t.Parallel()
	c := single(with(promo("delimiter"), func(ch *campaign.Channel) {
		ch.Body = []string{"{{nema}}", "a||b"}
		ch.Header = &campaign.Media{Kind: "image", Link: "http://x.example.test/a.png"}
	}))
	c.Subject = "!"
	_, err := New(account(), c, header(), nil, signingTime)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"subject", "nema", "||", "https"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}

// TestAValueThatCannotBeSaidRejectsItsRow: what comes from a row is told with its column and a way out, and
// without the value.
func TestAValueThatCannotBeSaidRejectsItsRow(t *testing.T) {
	t.Parallel()
	withBody := func(format, body string) *campaign.Campaign {
		return single(with(promo(format), func(ch *campaign.Channel) { ch.Body = []string{body} }))
	}
	d, j := withBody("delimiter", "{{nama}}"), withBody("json", "{{nama}}")
	text := single(sms())
	budget := single(sms())
	budget.BudgetCode = "{{Kode}}"
	subject := single(sms())
	subject.Subject = "Tagihan {{nama}}"
	filled := single(with(promo("json"), func(ch *campaign.Channel) {
		ch.Text, ch.Body = "Yth. {{1}} "+strings.Repeat("x", 1000), []string{"{{nama}}"}
	}))
	otp := single(with(promo("json"), func(ch *campaign.Channel) {
		ch.Category, ch.Body, ch.Buttons = "authentication", []string{"{{OTP}}"}, []campaign.Button{{Kind: "otp", Value: "{{Kode}}"}}
	}))
	link := single(with(promo("json"), func(ch *campaign.Channel) { ch.Header = &campaign.Media{Kind: "image", Link: "{{Kode}}"} }))
	place := single(with(promo("json"), func(ch *campaign.Channel) {
		ch.Header = &campaign.Media{Kind: "location", Location: &campaign.Location{Latitude: "{{Lat}}", Longitude: "1"}}
	}))
	values := single(with(email(), func(ch *campaign.Channel) {
		ch.Message, ch.Template, ch.Values = "", "t", []campaign.Pair{{Name: "nama", Value: "{{nama}}"}}
	}))
	attachment := single(with(email(), func(ch *campaign.Channel) { ch.Attachment = []string{"https://files.example.test/{{Kode}}.pdf"} }))
	title := single(with(promo("json"), func(ch *campaign.Channel) {
		ch.Buttons = []campaign.Button{{Kind: "mpm", Thumbnail: "s", Sections: []campaign.Section{{Title: "{{nama}}", Products: []string{"s"}}}}}
	}))
	chatty := single(chat(campaign.Telegram, "Telegram"))
	two := withBody("json", "{{nama}} {{Kota}}")

	for name, test := range map[string]struct {
		c            *campaign.Campaign
		column, cell string
		want         string // "" is no problem
	}{
		"a plain name":                    {d, "Nama", "Siti Nurhaliza", ""},
		"a name of another script":        {d, "Nama", "李小龍 😀", ""},
		"bars inside, apart":              {d, "Nama", "a|b", ""},
		"four blanks":                     {d, "Nama", "a    b", ""},
		"an empty value":                  {d, "Nama", "", "empty"},
		"blanks only":                     {d, "Nama", "  ", "empty"},
		"five blanks":                     {d, "Nama", "a     b", "more than 4 blanks"},
		"a line break":                    {j, "Nama", "a\nb", "line break"},
		"a carriage return":               {j, "Nama", "a\rb", "line break"},
		"a tab":                           {j, "Nama", "a\tb", "tab"},
		"a control character":             {j, "Nama", "a\x07b", "U+0007"},
		"bytes that are no text":          {j, "Nama", "a\xffb", "not text"},
		"two bars":                        {d, "Nama", "a||b", `"||"`},
		"two bars in json":                {j, "Nama", "a||b", ""},
		"a bar at the beginning":          {d, "Nama", "|a", "at an end"},
		"a bar at the end":                {d, "Nama", "a|", "at an end"},
		"a separator":                     {d, "Nama", "a:=:b", `":=:"`},
		"a separator in json":             {j, "Nama", "a:=:b", ""},
		"the second half of a separator":  {d, "Nama", "=:b", `":=:"`},
		"1025 characters":                 {j, "Nama", strings.Repeat("é", 1025), "1024 is the most"},
		"1024 characters":                 {j, "Nama", strings.Repeat("é", 1024), ""},
		"too long when filled in":         {filled, "Nama", strings.Repeat("é", 19), "filled in it has 1025 characters"},
		"just short enough":               {filled, "Nama", strings.Repeat("é", 18), ""},
		"a code that differs":             {otp, "Kode", "111111", "not the one in the body"},
		"a code that is the same":         {otp, "Kode", "482913", ""},
		"a link over http":                {link, "Kode", "http://files.example.test/a.png", "https://"},
		"a link to the wrong file":        {link, "Kode", "https://files.example.test/a.bmp", "must end in"},
		"a link with a query":             {link, "Kode", "https://files.example.test/a.PNG?x=1", ""},
		"a latitude that is text":         {place, "Lat", "selatan", "not a number"},
		"a latitude with a comma":         {place, "Lat", "-6,2", "not a number"},
		"a latitude with leading zeros":   {place, "Lat", "-06.2", "not a number"},
		"a latitude that is JSON":         {place, "Lat", `1,"x":2`, "not a number"},
		"a latitude of NaN":               {place, "Lat", "NaN", "not a number"},
		"a latitude off the globe":        {place, "Lat", "-90.5", "between -90 and 90"},
		"a latitude":                      {place, "Lat", "-6.2", ""},
		"a colon in an e-mail value":      {values, "Nama", "a:b", `":"`},
		"a semicolon in an e-mail value":  {values, "Nama", "a;b", `";"`},
		"a line break in an e-mail value": {values, "Nama", "a\nb", "line break"},
		"a semicolon in a link":           {attachment, "Kode", "a;b", `";"`},
		"a blank in a link":               {attachment, "Kode", "a b", "blank"},
		"a subject with an apostrophe":    {subject, "Nama", "Jum'at", "only letters, digits and blanks"},
		"a subject too long":              {subject, "Nama", strings.Repeat("x", 92), "99 is the most"},
		"a budget_code too long":          {budget, "Kode", strings.Repeat("x", 181), "180 is the most"},
		"a budget_code":                   {budget, "Kode", "COL-11/2026", ""},
		"a section title too long":        {title, "Nama", strings.Repeat("x", 25), "24 is the most"},
		"a line break in an SMS":          {text, "Nama", "a\nb", ""},
		"a bell in an SMS":                {text, "Nama", "a\ab", "U+0007"},
		"html in a chat":                  {chatty, "Nama", "<b>Budi</b>", "HTML"},
		"less than in a chat":             {chatty, "Nama", "1 < 2 > 0", ""},
		"a value of two columns":          {two, "Kota", "a\tb", "tab"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := mustNew(t, test.c)
			_, err := g.Check(message(test.c, map[string]string{test.column: test.cell}))
			if test.want == "" {
				if err != nil {
					t.Errorf("rejected: %v", err)
				}
				return
			}
			var row *campaign.RowError
			if !errors.As(err, &row) {
				t.Fatalf("got %v", err)
			}
			if row.Row != 2 || !strings.Contains(row.Problem, test.want) {
				t.Errorf("got %+v, want %q", row, test.want)
			}
			if wantColumn := test.column; row.Column != wantColumn && name != "a value of two columns" && name != "too long when filled in" {
				t.Errorf("column is %q", row.Column)
			}
			if len(test.cell) > 3 && strings.Contains(row.Problem, test.cell) {
				t.Errorf("the problem tells the value: %s", row.Problem)
			}
		})
	}
}

func TestAddressesAndRefIDsAreHeldToTheLimits(t *testing.T) {
	t.Parallel()
	c := campaignOf(campaign.SendAll, sms(), email())
	g := mustNew(t, c)
	for name, test := range map[string]struct {
		change func(*campaign.Message)
		want   string
	}{
		"good":                  {func(*campaign.Message) {}, ""},
		"no ref_id yet":         {func(m *campaign.Message) { m.RefID = "" }, ""},
		"51 characters":         {func(m *campaign.Message) { m.RefID = strings.Repeat("a", 51) }, "ref_id has 51 characters"},
		"capitals":              {func(m *campaign.Message) { m.RefID = "A" }, "lower-case"},
		"a plus in a number":    {func(m *campaign.Message) { m.Address = "+6281200000001" }, "8 to 15 digits"},
		"a number too long":     {func(m *campaign.Message) { m.Address = "6281200000001234" }, "8 to 15 digits"},
		"a number too short":    {func(m *campaign.Message) { m.Address = "6281" }, "8 to 15 digits"},
		"no number":             {func(m *campaign.Message) { m.Address = "" }, "no address for sms"},
		"no e-mail address":     {func(m *campaign.Message) { m.Others = nil }, "no address for email"},
		"a bad e-mail address":  {func(m *campaign.Message) { m.Others[campaign.Email] = "budi" }, "no e-mail address"},
		"a blank in an address": {func(m *campaign.Message) { m.Others[campaign.Email] = "bu di@example.test" }, "blank"},
		"two addresses":         {func(m *campaign.Message) { m.Others[campaign.Email] = "a@example.test,b@example.test" }, "no e-mail address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := message(c, nil)
			test.change(&m)
			_, err := g.Check(m)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestSwitchingTheFormatNeedsNoOtherChange(t *testing.T) {
	t.Parallel()
	for name, c := range goldens() {
		if !strings.HasPrefix(name, "wa-delimiter-") {
			continue
		}
		for i := range c.Channels {
			c.Channels[i].Format = "json"
		}
		if _, err := New(account(), c, header(), nil, signingTime); err != nil {
			t.Errorf("%s as json: %v", name, err)
		}
	}
}

func TestNothingOfARowLeaksIntoTheNext(t *testing.T) {
	t.Parallel()
	c := single(promo("delimiter"))
	g := mustNew(t, c)
	long, err := g.Body(message(c, map[string]string{"Nama": strings.Repeat("x", 500) + `"\`}), true)
	if err != nil || !strings.Contains(string(long), `x\"\\`) {
		t.Fatalf("%v: %s", err, long)
	}
	short, err := g.Body(message(c, map[string]string{"Nama": "Al", "Jumlah": "1"}), true)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(short), `"text:=:Al||text:=:1"`) || strings.Contains(string(short), "xx") {
		t.Errorf("got %s", short)
	}
	if _, err := g.Body(message(c, map[string]string{"Nama": ""}), true); err == nil {
		t.Error("a row without the value has a body")
	}
}
