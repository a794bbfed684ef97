package campaign

import "time"

// A ChannelKind is one of the ways to reach a person.
type ChannelKind string

// The channels.
const (
	WhatsApp ChannelKind = "whatsapp"
	SMS      ChannelKind = "sms"
	Email    ChannelKind = "email"
	Line     ChannelKind = "line"
	Telegram ChannelKind = "telegram"
	Facebook ChannelKind = "facebook"
)

// Phone reports whether the channel's addresses are phone numbers.
func (k ChannelKind) Phone() bool { return k == WhatsApp || k == SMS }

// A Channel is one way a campaign's message goes out. Which fields are used depends on Kind.
type Channel struct {
	Kind       ChannelKind
	To         string   // a column, or a template (to:, chat_id:)
	Template   string   // the gateway's template id; a template text
	Category   string   // marketing, utility, authentication, service; WhatsApp templates only
	Text       string   // the approved text with {{1}}…: never sent, for checking and showing
	Format     string   // delimiter or json
	Language   string   // of the template, for gateways that want one
	Header     *Media   // WhatsApp template header
	Body       []string // templates
	Buttons    []Button
	Carousel   []Card
	Attachment []string // templates of links

	Message      string          // sms, email, line, telegram, facebook: a template
	Session      *SessionMessage // whatsapp without a template
	Values       []Pair          // email templates, in order
	BackupSender bool            // sms

	BackupOn []BackupOn
}

// A Media is a WhatsApp template's header or what a card shows. Exactly one of Text, Link and Location is set, by Kind.
// All texts are templates.
type Media struct {
	Kind     string // text, image, video, document, location
	Text     string
	Link     string
	Filename string // document only
	Location *Location
}

// A Location is a place; all fields are templates.
type Location struct{ Latitude, Longitude, Name, Address string }

// A Button is one button of a WhatsApp template.
type Button struct {
	Kind      string // url, otp, catalog, mpm, quick_reply
	Index     int    // 0 to 9
	Value     string // url, otp: the template of the value; quick_reply: of the payload
	Thumbnail string // catalog, mpm: SKU, a template
	Sections  []Section
}

// A Section is one section of a multi-product button.
type Section struct {
	Title    string   // template
	Products []string // SKUs, templates
}

// A Card is one card of a carousel.
type Card struct {
	Media   Media // image or video
	Body    []string
	Buttons []Button
}

// A SessionMessage is a WhatsApp message without a template.
type SessionMessage struct {
	Kind       string // text, image, video, audio, document, location, buttons, list
	Text       string // kind text: the text; buttons and list: the body
	Media      *Attached
	Location   *Location
	Header     string    // buttons, list: text
	HeaderURL  *Attached // buttons: a media header
	HeaderKind string    // text, image, video, document; empty without a header
	Footer     string
	Choices    []Choice
	Title      string // list: the label that opens it
	Section    string // list: the section's title
	About      string // list: the section's description
}

// An Attached is a media link and the name it is shown under; both templates.
type Attached struct{ URL, Name string }

// A Choice is a button or a line of a list.
type Choice struct{ Key, Title string }

// A Pair is a named value; Value is a template.
type Pair struct{ Name, Value string }

// A BackupOn names a state of the primary channel on which the gateway turns to the backup.
type BackupOn struct {
	Word  string        // unsent, undelivered, pending, failed, delivered, spam, bounced, blacklist
	After time.Duration // pending only, whole minutes
}
