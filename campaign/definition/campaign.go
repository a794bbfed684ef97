package definition

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/encoding/htmlindex"

	"siaran/campaign"
)

// Options are what a campaign file is read with.
type Options struct {
	Now  time.Time      // what {date} in file: means
	Zone *time.Location // where that day is cut; nil: Now's own
	File string         // instead of file:, relative to the working directory; "-" is standard input
}

// ReadCampaign reads the campaign file at path. What is wrong comes back as Errors.
func ReadCampaign(path string, o Options) (*campaign.Campaign, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return ParseCampaign(path, text, o)
}

// ParseCampaign reads text as the campaign file at path, which file: in it is relative to.
func ParseCampaign(path string, text []byte, o Options) (*campaign.Campaign, error) {
	r, err := parseCampaign(path, text, o)
	if err != nil {
		return nil, err
	}
	return r.campaign, nil
}

// The defaults of a campaign that are not the zero value; retry's are campaign.DefaultRetry.
const (
	defaultCountry      = "ID"
	defaultLanguage     = "id"
	defaultRepeatWithin = 20 * time.Hour
	// SameAddress among Duplicates.Same is the first channel's normalised address.
	SameAddress = "address"
)

func parseCampaign(path string, text []byte, o Options) (*campaignReader, error) {
	doc, err := document(path, text)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, unreadable(path, err)
	}
	r := &campaignReader{
		reader: reader{file: path}, dir: dir, options: o,
		campaign: &campaign.Campaign{
			Source: path, Text: text,
			Country: defaultCountry, Language: defaultLanguage,
			HiddenRows: campaign.HiddenRefuse,
			Duplicates: campaign.Duplicates{Same: []string{SameAddress}, Keep: "first"},
			Send:       campaign.SendSingle, Purpose: campaign.PurposeMarketing,
			Unfinished: "refuse", Repeat: "ask", RepeatWithin: defaultRepeatWithin,
			Retry: campaign.DefaultRetry, OnUnknown: campaign.UnknownHold, Outage: campaign.ProbeOn,
		},
	}
	r.read(doc)
	if err := inOrder(r.problems); err != nil {
		return nil, err
	}
	r.campaign.Content = canonical(content(r.campaign))
	return r, nil
}

// A campaignReader walks a campaign file.
type campaignReader struct {
	reader
	dir      string
	options  Options
	campaign *campaign.Campaign
	filePath string // file: as it was written
}

func (r *campaignReader) read(doc *yaml.Node) {
	c := r.campaign
	root := r.root(doc)
	there, ok := root.mapping(
		field{"name", r.name},
		field{"account", text(&c.Account)},
		field{"file", nil}, // read below: its date may have a month's name, in language:
		field{"tab", text(&c.Tab)},
		field{"header_row", whole(&c.HeaderRow, 1, maxRow)},
		field{"encoding", r.encoding},
		field{"country", r.country},
		field{"numbers", oneOf(&c.Numbers, "id", "en")},
		field{"language", r.language},
		field{"columns", r.columns},
		field{"hidden_rows", oneOf(&c.HiddenRows, campaign.HiddenRefuse, campaign.HiddenSkip, campaign.HiddenInclude)},
		field{"duplicates", r.duplicates},
		field{"purpose", oneOf(&c.Purpose, campaign.PurposeMarketing, campaign.PurposeService)},
		field{"expect", func(v value) { expect(v, &c.Expect) }},
		field{"unfinished", oneOf(&c.Unfinished, "refuse", "finish-first", "expire")},
		field{"repeat", oneOf(&c.Repeat, "ask", "skip", "allow")},
		field{"repeat_within", span(&c.RepeatWithin, time.Second, year)},
		field{"valid_for", span(&c.ValidFor, time.Second, year)},
		field{"subject", text(&c.Subject)},
		field{"sender_id", text(&c.SenderID)},
		field{"budget_code", text(&c.BudgetCode)},
		field{"send", oneOf(&c.Send, campaign.SendSingle, campaign.SendPrimaryBackup, campaign.SendAll)},
		field{"channels", func(v value) { channels(v, c) }},
		field{"rate", rate(&c.Rate)},
		field{"workers", whole(&c.Workers, 1, maxWorkers)},
		field{"retry", r.retry},
		field{"outage", r.outage},
		field{"on_unknown", oneOf(&c.OnUnknown, campaign.UnknownHold, campaign.UnknownResend)},
	)
	if !ok {
		return
	}
	root.must(there, "name", "account", "file", "channels")
	if v, ok := there["file"]; ok {
		r.recipientFile(v)
	}
	if c.Subject == "" {
		c.Subject = strings.ReplaceAll(c.Name, "-", " ")
	}
	r.override()
}

const (
	maxRow     = 1_048_576 // Excel's last row
	maxWorkers = 4096      // each has a connection; 5,000 a second with answers after half a second take 2,500
)

var (
	campaignName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	notName      = regexp.MustCompile(`[^a-z0-9]+`)
)

func (r *campaignReader) name(v value) {
	s, ok := v.text()
	if !ok {
		return
	}
	if !campaignName.MatchString(s) {
		hint := "small letters, digits and hyphens between them, at most 40"
		if name := Name(s); name != "" {
			hint += ": " + name
		}
		v.fail("cannot be "+v.shown(), hint)
		return
	}
	r.campaign.Name = s
}

// Name makes a campaign's name of any text; empty if there is no letter or digit in it.
func Name(s string) string {
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(s), "-"), "-")
	return strings.Trim(name[:min(len(name), 40)], "-")
}

func (r *campaignReader) encoding(v value) {
	s, ok := v.text()
	if !ok {
		return
	}
	e, err := htmlindex.Get(s)
	if err != nil {
		v.fail("cannot be "+v.shown(), "such as windows-1252, or leave it out for UTF-8")
		return
	}
	name, err := htmlindex.Name(e)
	if err != nil {
		name = strings.ToLower(s)
	}
	if name == "utf-8" {
		name = ""
	}
	r.campaign.Encoding = name
}

func (r *campaignReader) country(v value) {
	s, ok := v.text()
	switch {
	case !ok:
	case len(s) != 2 || phonenumbers.GetCountryCodeForRegion(s) == 0:
		v.fail("cannot be "+v.shown(), "a country's two capital letters, such as ID or MY")
	default:
		r.campaign.Country = s
	}
}

var languageCode = regexp.MustCompile(`^[a-z]{2,3}([_-][A-Za-z]{2,4})?$`)

func (r *campaignReader) language(v value) {
	s, ok := v.text()
	switch {
	case !ok:
	case !languageCode.MatchString(s):
		v.fail("cannot be "+v.shown(), "a language's code, such as id or en_US")
	default:
		r.campaign.Language = s
	}
}

func (r *campaignReader) columns(v value) {
	c := r.campaign
	c.Columns = map[string]string{}
	v.each(func(name string, x value) {
		if strings.TrimSpace(name) == "" || strings.ContainsAny(name, "{}|\"\n") {
			x.fail("the short name cannot stand in {{ }}", "a word such as nama")
			return
		}
		var heading string
		text(&heading)(x)
		c.Columns[name] = heading
	})
}

func (r *campaignReader) duplicates(v value) {
	d := &r.campaign.Duplicates
	v.mapping(
		field{"same", func(v value) {
			texts(&d.Same)(v)
			if v.node.Kind == yaml.SequenceNode && len(d.Same) == 0 {
				v.fail("is empty", "write ["+SameAddress+"], or columns; to keep every row there is keep: all")
			}
		}},
		field{"keep", oneOf(&d.Keep, "first", "last", "all", "refuse")},
	)
}

func (r *campaignReader) retry(v value) {
	t := &r.campaign.Retry
	if _, ok := v.mapping(
		field{"attempts", whole(&t.Attempts, 1, 100)},
		field{"first", span(&t.First, time.Millisecond, time.Hour)},
		field{"most", span(&t.Most, time.Millisecond, 24*time.Hour)},
	); ok && t.Most < t.First {
		v.fail(fmt.Sprintf("most (%s) is less than first (%s)", plain(t.Most), plain(t.First)), "give a longer most:")
	}
}

func (r *campaignReader) outage(v value) {
	if v.node.Kind == yaml.ScalarNode && v.node.Value == "probe" {
		r.campaign.Outage = campaign.ProbeOn
		return
	}
	if v.node.Kind == yaml.ScalarNode && !v.empty() && !duration.MatchString(v.node.Value) {
		v.fail("cannot be "+v.shown(), "probe, or a duration such as 30m (0s: give up at once)")
		return
	}
	span(&r.campaign.Outage, 0, year)(v)
}
