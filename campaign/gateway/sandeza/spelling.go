package sandeza

// The decisions on how Sandeza is spoken to, where Sprint's pages are silent or contradict each other.
// Sources are pages of Sprint's Sandeza documentation: "Description Parameter" (DP), "Single Channels"
// (SC), "JSON Response" (JR), "Delivery Status" (DS). What they say plainly stands where it is used.
const (
	// One path for all channels and both types (SC).
	path = "/json/send/cgw"

	// type: DP says "N (Numeric)", which is a class of characters and not a JSON type: it says so of
	// msisdn, too. Sprint quotes integers itself ("channel": "1", "rc": "0"), so it goes as a string.
	typeBackup = "1" // primary and backup
	typeOther  = "2" // a single channel, or all of them

	// sender_id: so on SC and two pages more; DP alone writes sender_ID.
	keySender = "sender_id"

	// ref_id: DP says "lowercase, alphanumeric", Sprint's own samples have hyphens (DS), so ours keep
	// them. false drops them on the way out; receipts would then have to be joined without them, too.
	refHyphens = true

	// created_by is optional and on SC only: left out. use_backup_sender is only sent when true: DP says
	// that false is the default. Keys of channel beyond "sms" are the channels' names in lower case.

	// What "ANS (Alpha Numeric Space)" lets through beside ASCII letters and digits. subject and sender_id
	// are taken at the page's word: punctuation and accents are refused. budget_code is a free note, and
	// cost centres have hyphens and the like.
	subjectSigns = " "
	senderSigns  = " "
	budgetSigns  = " -_./"

	// Separators. No blanks around them: DP's format lines have none, some of its samples do.
	listSep   = ";"   // attachment, backup_on, backup_exp, e-mail values
	pairSep   = ":"   // e-mail values
	typeSep   = ":=:" // delimiter form: between a type and its value
	paramSep  = "||"  // delimiter form: between parameters
	paramEdge = '|'   // at a value's edge it would move the separator

	// JSON form. DP has "Header", "Body", "Button" and "Carousel" ("this value always …") at the top, and
	// lower case within a carousel's cards; parameter at the top, parameters within the cards.
	typeHeader    = "Header"
	typeBody      = "Body"
	typeButton    = "Button"
	typeCarousel  = "Carousel"
	cardHeader    = "header"
	cardBody      = "body"
	cardButton    = "button"
	keyParameter  = "parameter"
	keyParameters = "parameters"

	// sub_type: as DP's field rows spell it, not its prose. An OTP goes as a URL button: the delimiter form
	// and Meta have it so.
	subURL        = "URL"
	subCatalog    = "catalog"
	subMPM        = "MPM"
	subQuickReply = "Quick_reply"

	// Parameters of buttons: "Text for Type URL, Action for Type catalog & MPM", "payload for Quick_Reply"
	// (DP); in lower case, as in DP's examples. What a URL button in a card takes is not stated: text, as at
	// the top and at Meta.
	paramText    = "text"
	paramAction  = "action"
	paramPayload = "payload"

	// DP has "Thumbnail_ product _retailer_id": the blanks show a slip, this is Meta's key.
	keyThumbnail = "thumbnail_product_retailer_id"

	// Without a template. DP says "Media (Audio, Image, Video, Document)", Sprint's sister product Konnek
	// has image, video and audio, so the medium is the type. button is an array, for several are possible;
	// section is an object, as documented. The type of a button and of a list's action is not stated.
	sessionButton = "button"
	sessionList   = "list"
	choiceReply   = "reply"
	choiceList    = "list"
)

// The limits of DP, and those of WhatsApp itself (marked Meta) that Sprint does not repeat.
const (
	maxRefID    = 50
	maxSubject  = 99 // "< 100"
	maxBudget   = 180
	maxIndex    = 9
	maxSections = 10
	maxTitle    = 24
	maxProducts = 30
	maxCards    = 10 // Meta
	maxCardKeys = 2  // Meta: buttons of a card
	maxBlanks   = 4  // Meta: longer runs of blanks in a template's value are refused

	maxTemplateText = 1024 // Meta: a template's body, filled in
	maxHeaderText   = 60   // Meta
	maxURLValue     = 2000 // Meta
	maxSessionText  = 4096 // Meta: a text without a template
	maxButtonText   = 1024 // Meta: the text over buttons or a list
	maxFooter       = 60   // Meta
	maxChoices      = 3    // Meta: buttons without a template
	maxChoiceTitle  = 20   // Meta
	maxListChoices  = 10   // Meta
)

// headerEndings are the files that a template's header takes: those of DP's JSON table, and .jpg, which
// only its samples have.
func headerEndings(kind string) []string {
	switch kind {
	case "image":
		return []string{".jpg", ".jpeg", ".png"}
	case "video":
		return []string{".3gp", ".mp4"}
	default: // document
		return []string{".txt", ".xls", ".xlsx", ".doc", ".ppt", ".pdf"}
	}
}
