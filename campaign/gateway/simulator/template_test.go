package simulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhatsAppTemplatesInDelimiterForm(t *testing.T) {
	wa := func(rest string) string {
		return `{"whatsapp":{"msisdn":"6281200000001","template_id":"promo_01",` + rest + `}}`
	}
	otp := func(id, message, button string) string {
		return fmt.Sprintf(`{"whatsapp":{"msisdn":"6281200000001","template_id":%q,"message":"text:=:%s","button":"button:=:url:=:%s"}}`, id, message, button)
	}
	checkChannels(t, "2", []channelCase{
		{"no values", `{"whatsapp":{"msisdn":"6281200000001","template_id":"promo_01"}}`, "0"},
		{"all of them", wa(`"header":"image:=:https://files.example.test/p.jpg","message":"text:=:Budi||text:=:250000","button":"button:=:url:=:promo/17"`), "0"},
		{"blanks round the bars, as the sample has them", wa(`"message":"text:=:Sprint || text:=:Sandeza"`), "0"},
		{"an attachment", wa(`"attachment":"https://files.example.test/a.wav"`), "0"},
		{"a text header", wa(`"header":"text:=:Sprint"`), "0"},
		{"a document header", wa(`"header":"document:=:https://files.example.test/test.pdf"`), "0"},
		{"a video header", wa(`"header":"video:=:https://files.example.test/v.3gp"`), "0"},
		{"a video that is none", wa(`"header":"video:=:https://files.example.test/v.avi"`), "1"},
		{"a header by http", wa(`"header":"image:=:http://files.example.test/p.jpg"`), "1"},
		{"a location header", wa(`"header":"location:=:-6.2,106.8"`), "1"},
		{"a header of no type", wa(`"header":"Sprint"`), "1"},
		{"a header in capitals", wa(`"header":"Image:=:https://files.example.test/p.jpg"`), "1"},
		{"an empty header", wa(`"header":""`), "1"},
		{"a message without types", wa(`"message":"Budi||250000"`), "1"},
		{"an empty value", wa(`"message":"text:=:Budi||text:=:"`), "1"},
		{"bars in a value", wa(`"message":"text:=:a||b"`), "1"},
		{"a bar at the end of a value", wa(`"message":"text:=:a|||text:=:b"`), "1"},
		{"the sign in a value", wa(`"message":"text:=:a:=:b"`), "1"},
		{"a line break", wa(`"message":"text:=:a\nb"`), "22"},
		{"a tab", wa(`"message":"text:=:a\tb"`), "22"},
		{"four blanks", wa(`"message":"text:=:a    b"`), "0"},
		{"five blanks", wa(`"message":"text:=:a     b"`), "22"},
		{"a button of another type", wa(`"button":"button:=:phone:=:17"`), "1"},
		{"a button without a type", wa(`"button":"url:=:17"`), "1"},
		{"a button without a value", wa(`"button":"button:=:url:=:"`), "1"},
		{"two buttons", wa(`"button":"button:=:url:=:a||button:=:url:=:b"`), "1"},
		{"an unknown key", wa(`"language":"id"`), "1"},
		{"the other form in between", wa(`"header":"text:=:Sprint","message":{"type":"Body","parameter":[{"type":"text","text":"Budi"}]}`), "1"},
		{"a carousel as text", wa(`"carousel":"x"`), "1"},
		{"an unknown template", `{"whatsapp":{"msisdn":"6281200000001","template_id":"promo_99"}}`, "2"},
		{"the template of trouble", `{"whatsapp":{"msisdn":"6281200000001","template_id":"sim_missing"}}`, "2"},
		{"no number", `{"whatsapp":{"template_id":"promo_01"}}`, "1"},
		{"a landline", `{"whatsapp":{"msisdn":"0215550001","template_id":"promo_01"}}`, "3"},
		{"an OTP", otp("otp_01", "123456", "123456"), "0"},
		{"an OTP, by its category", otp("login", "123456", "123456"), "0"},
		{"two OTPs", otp("otp_01", "123456", "654321"), "10"},
		{"two OTPs, by its category", otp("login", "123456", "654321"), "10"},
		{"two values where there is no OTP", otp("promo_01", "123456", "654321"), "0"},
	})
}

func TestWhatsAppTemplatesInJSONForm(t *testing.T) {
	wa := func(rest string) string {
		return `{"whatsapp":{"msisdn":"6281200000001","template_id":"promo_01",` + rest + `}}`
	}
	header := func(p string) string { return wa(`"header":{"type":"Header","parameter":[` + p + `]}`) }
	body := func(p string) string { return wa(`"message":{"type":"Body","parameter":[` + p + `]}`) }
	button := func(sub, index, p string) string {
		return `{"type":"Button","sub_type":"` + sub + `","index":` + index + `,"parameter":[` + p + `]}`
	}
	text := `{"type":"text","text":"promo/17"}`
	checkChannels(t, "2", []channelCase{
		{"all of them", wa(`"header":{"type":"Header","parameter":[{"type":"text","text":"Promo"}]},"message":{"type":"Body","parameter":[{"type":"text","text":"Budi"},{"type":"text","text":"250000"}]},"button":` + button("URL", "0", text)), "0"},
		{"an image header", header(`{"type":"image","image":{"link":"https://files.example.test/p.png"}}`), "0"},
		{"an image with a file name", header(`{"type":"image","image":{"link":"https://files.example.test/p.png","filename":"p.png"}}`), "1"},
		{"a document header", header(`{"type":"document","document":{"link":"https://files.example.test/i.pdf","filename":"i.pdf"}}`), "0"},
		{"a document under another key", header(`{"type":"document","image":{"link":"https://files.example.test/i.pdf"}}`), "1"},
		{"a document without a link", header(`{"type":"document","document":{"filename":"i.pdf"}}`), "1"},
		{"a location header", header(`{"type":"location","location":{"latitude":-6.2,"longitude":106.8,"name":"Kantor","address":"Jl. Contoh 1"}}`), "0"},
		{"a location as text", header(`{"type":"location","location":{"latitude":"-6.2","longitude":"106.8"}}`), "1"},
		{"a location off the earth", header(`{"type":"location","location":{"latitude":106.8,"longitude":-6.2}}`), "1"},
		{"two header values", header(`{"type":"text","text":"a"},{"type":"text","text":"b"}`), "24"},
		{"no header values", header(``), "1"},
		{"header in small letters", wa(`"header":{"type":"header","parameter":[{"type":"text","text":"Promo"}]}`), "1"},
		{"parameters in a header", wa(`"header":{"type":"Header","parameters":[{"type":"text","text":"Promo"}]}`), "1"},
		{"an empty body value", body(`{"type":"text","text":""}`), "1"},
		{"a body value of another type", body(`{"type":"image","image":{"link":"https://files.example.test/p.png"}}`), "1"},
		{"a number as a body value", body(`{"type":"text","text":250000}`), "1"},
		{"a tab in a body value", body(`{"type":"text","text":"a\tb"}`), "22"},
		{"bars in a body value", body(`{"type":"text","text":"a||b:=:c"}`), "0"},
		{"button 9", wa(`"button":` + button("URL", "9", text)), "0"},
		{"button 10", wa(`"button":` + button("URL", "10", text)), "1"},
		{"a button index as text", wa(`"button":` + button("URL", `"0"`, text)), "1"},
		{"two buttons", wa(`"button":[` + button("URL", "0", text) + `,` + button("Quick_reply", "1", `{"type":"payload","payload":"buy"}`) + `]`), "0"},
		{"two buttons of one index", wa(`"button":[` + button("URL", "0", text) + `,` + button("URL", "0", text) + `]`), "1"},
		{"no buttons", wa(`"button":[]`), "24"},
		{"url in small letters", wa(`"button":` + button("url", "0", text)), "1"},
		{"a catalog", wa(`"button":` + button("catalog", "0", `{"type":"action","action":{"thumbnail_product_retailer_id":"sku-1"}}`)), "0"},
		{"a catalog with sections", wa(`"button":` + button("catalog", "0", `{"type":"action","action":{"thumbnail_product_retailer_id":"sku-1","sections":[]}}`)), "1"},
		{"a multi-product button", wa(`"button":` + button("MPM", "0", mpm(10, 3, "Terlaris"))), "0"},
		{"eleven sections", wa(`"button":` + button("MPM", "0", mpm(11, 1, "Terlaris"))), "24"},
		{"31 products", wa(`"button":` + button("MPM", "0", mpm(1, 31, "Terlaris"))), "24"},
		{"a title of 24", wa(`"button":` + button("MPM", "0", mpm(1, 1, strings.Repeat("é", 24)))), "0"},
		{"a title of 25", wa(`"button":` + button("MPM", "0", mpm(1, 1, strings.Repeat("t", 25)))), "24"},
		{"a title in bold", wa(`"button":` + button("MPM", "0", mpm(1, 1, "*Terlaris*"))), "22"},
		{"an OTP", strings.Replace(wa(`"message":{"type":"Body","parameter":[{"type":"text","text":"123456"}]},"button":`+button("URL", "0", `{"type":"text","text":"123456"}`)), "promo_01", "otp_01", 1), "0"},
		{"two OTPs", strings.Replace(wa(`"message":{"type":"Body","parameter":[{"type":"text","text":"123456"}]},"button":`+button("URL", "0", `{"type":"text","text":"12345"}`)), "promo_01", "otp_01", 1), "10"},
	})
}

// mpm is a multi-product button's parameter with that many sections of that many products.
func mpm(sections, products int, title string) string {
	items := strings.TrimSuffix(strings.Repeat(`{"product_retailer_id":"sku-1"},`, products), ",")
	all := strings.TrimSuffix(strings.Repeat(`{"title":"`+title+`","product_items":[`+items+`]},`, sections), ",")
	return `{"type":"action","action":{"thumbnail_product_retailer_id":"sku-1","sections":[` + all + `]}}`
}

func TestWhatsAppCarousels(t *testing.T) {
	card := func(i int, components ...string) string {
		return fmt.Sprintf(`{"card_index":%d,"components":[%s]}`, i, strings.Join(components, ","))
	}
	carousel := func(cards ...string) string {
		return `{"whatsapp":{"msisdn":"6281200000001","template_id":"promo_01","carousel":{"type":"Carousel","cards":[` + strings.Join(cards, ",") + `]}}}`
	}
	const (
		image = `{"type":"header","parameters":[{"type":"image","image":{"link":"https://files.example.test/c0.png"}}]}`
		body  = `{"type":"body","parameters":[{"type":"text","text":"Kopi"}]}`
		reply = `{"type":"button","sub_type":"Quick_reply","index":0,"parameters":[{"type":"payload","payload":"buy-0"}]}`
		link  = `{"type":"button","sub_type":"URL","index":1,"parameters":[{"type":"text","text":"p/0"}]}`
	)
	ten := make([]string, 11)
	for i := range ten {
		ten[i] = card(i, image, body)
	}
	checkChannels(t, "2", []channelCase{
		{"one card", carousel(card(0, image, body, reply, link)), "0"},
		{"two cards", carousel(card(0, image, body, reply, link), card(1, image, body, reply, link)), "0"},
		{"ten cards", carousel(ten[:10]...), "0"},
		{"eleven cards", carousel(ten...), "24"},
		{"no card", carousel(), "1"},
		{"cards of two shapes", carousel(card(0, image, body, reply), card(1, image, body, link)), "1"},
		{"a card out of its place", carousel(card(1, image)), "1"},
		{"three buttons", carousel(card(0, reply, link, link)), "24"},
		{"two headers", carousel(card(0, image, image)), "1"},
		{"a text header", carousel(card(0, `{"type":"header","parameters":[{"type":"text","text":"x"}]}`)), "1"},
		{"parameter in a card", carousel(card(0, strings.Replace(body, "parameters", "parameter", 1))), "1"},
		{"a component in capitals", carousel(card(0, strings.Replace(body, `"body"`, `"Body"`, 1))), "1"},
		{"the other spelling of the quick reply", carousel(card(0, strings.Replace(reply, "Quick_reply", "Quick_Reply", 1))), "1"},
		{"a quick reply's text", carousel(card(0, strings.Replace(reply, `{"type":"payload","payload":"buy-0"}`, `{"type":"text","text":"buy-0"}`, 1))), "1"},
		{"a button without an index", carousel(card(0, strings.Replace(reply, `"index":0,`, ``, 1))), "1"},
		{"a body with an index", carousel(card(0, strings.Replace(body, `"type":"body"`, `"type":"body","index":0`, 1))), "1"},
	})
}

func TestWhatsAppMessagesWithoutATemplate(t *testing.T) {
	wa := func(message string) string {
		return `{"whatsapp":{"msisdn":"6281200000001","message":` + message + `}}`
	}
	const (
		buttons = `{"type":"button","header":{"type":"text","text":"Konfirmasi"},"body":{"text":"Setuju?","button":[{"type":"reply","key":"yes","title":"Ya"},{"type":"reply","key":"no","title":"Tidak"}]},"footer":{"text":"Terima kasih"}}`
		list    = `{"type":"list","header":{"type":"text","text":"Menu"},"body":{"text":"Pilih satu","list":{"title":"Buka","section":{"title":"Minuman","description":"Dingin","actions":[{"type":"list","key":"k1","title":"Es teh"}]}}},"footer":{"text":"Terima kasih"}}`
	)
	checkChannels(t, "2", []channelCase{
		{"text", wa(`{"type":"text","body":{"text":"Halo"}}`), "0"},
		{"empty text", wa(`{"type":"text","body":{"text":""}}`), "1"},
		{"text alone", wa(`"Halo"`), "1"},
		{"an image", wa(`{"type":"image","body":{"media":{"url":"https://files.example.test/p.jpg","name":"p.jpg"}}}`), "0"},
		{"an audio by http", wa(`{"type":"audio","body":{"media":{"url":"http://files.example.test/p.mp3"}}}`), "1"},
		{"an image with text", wa(`{"type":"image","body":{"text":"Halo","media":{"url":"https://files.example.test/p.jpg"}}}`), "1"},
		{"media", wa(`{"type":"media","body":{"media":{"url":"https://files.example.test/p.jpg"}}}`), "1"},
		{"a location", wa(`{"type":"location","body":{"location":{"latitude":-6.2,"longitude":106.8}}}`), "0"},
		{"half a location", wa(`{"type":"location","body":{"location":{"latitude":-6.2}}}`), "1"},
		{"buttons", wa(buttons), "0"},
		{"buttons without ends", wa(`{"type":"button","body":{"text":"Setuju?","button":[{"type":"reply","key":"yes","title":"Ya"}]}}`), "0"},
		{"buttons under an image", wa(strings.Replace(buttons, `{"type":"text","text":"Konfirmasi"}`, `{"type":"image","media_url":"https://files.example.test/p.jpg","name":"p.jpg"}`, 1)), "0"},
		{"one button as an object", wa(`{"type":"button","body":{"text":"Setuju?","button":{"type":"reply","key":"yes","title":"Ya"}}}`), "1"},
		{"two buttons of one key", wa(strings.Replace(buttons, `"no"`, `"yes"`, 1)), "1"},
		{"a button without a title", wa(strings.Replace(buttons, `"Ya"`, `""`, 1)), "1"},
		{"a list", wa(list), "0"},
		{"a list under an image", wa(strings.Replace(list, `{"type":"text","text":"Menu"}`, `{"type":"image","media_url":"https://files.example.test/p.jpg"}`, 1)), "1"},
		{"a list without lines", wa(strings.Replace(list, `{"type":"list","key":"k1","title":"Es teh"}`, ``, 1)), "1"},
		{"a list with buttons", wa(strings.Replace(list, `"list":{`, `"button":[],"list":{`, 1)), "1"},
		{"no message", `{"whatsapp":{"msisdn":"6281200000001"}}`, "1"},
		{"with backup_on", `{"whatsapp":{"msisdn":"6281200000001","message":{"type":"text","body":{"text":"Halo"}},"backup_on":"1","backup_exp":"0"}}`, "1"},
	})
}
