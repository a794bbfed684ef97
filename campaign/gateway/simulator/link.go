package simulator

import (
	"net/url"
	"path"
	"strings"
)

// The endings that links may have, from Sprint's page "Description Parameter". Its table of header
// images leaves out jpg, its sample has it: both are taken.
var (
	attachments = map[kind][]string{
		email:    {"jpg", "png", "xls", "xlsx", "pdf", "ppt", "pptx", "doc", "docx", "wav", "mp4", "txt"},
		whatsapp: {"jpg", "png", "xls", "xlsx", "pdf", "ppt", "pptx", "doc", "docx", "wav", "mp4", "txt"},
		facebook: {"jpg", "png", "xls", "xlsx", "pdf", "ppt", "pptx", "doc", "docx", "wav", "mp4", "txt"},
		line:     {"jpg", "png"},
		telegram: {"jpg", "png", "pdf", "mp4"},
	}
	headerMedia = map[string][]string{
		"image":    {"jpeg", "jpg", "png"},
		"video":    {"3gp", "mp4"},
		"document": {"txt", "xls", "xlsx", "doc", "ppt", "pdf"},
	}
)

// checkLink refuses what is no https link, or ends otherwise than these (nil: any ending).
func checkLink(key, link string, endings []string) *refusal {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(link, " \t\r\n;") {
		return refuse(1, key, "must be a link with https://")
	}
	if endings == nil {
		return nil
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), "."))
	if !contains(endings, ext) {
		return refuse(1, key, "must end in one of "+strings.Join(endings, " "))
	}
	return nil
}

// readAttachment checks links with ; between them, and blanks after it.
func readAttachment(n node, endings []string) *refusal {
	if !n.has("attachment") {
		return nil
	}
	s, no := n.mustText("attachment")
	if no != nil {
		return no
	}
	for l := range strings.SplitSeq(s, ";") {
		if no = checkLink("attachment", strings.TrimSpace(l), endings); no != nil {
			return no
		}
	}
	return nil
}
