package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	kzip "github.com/klauspost/compress/zip"
	"github.com/xuri/excelize/v2"

	"siaran/campaign"
	"siaran/campaign/pattern"
)

// A Tab is one page of a workbook that holds cells.
type Tab struct {
	Name   string
	Hidden bool // by hand, or so that only a macro can show it
}

// maxSkeleton bounds each part that is read whole: styles, the list of tabs.
const maxSkeleton = 32 << 20

// A workbook is an .xlsx or .xlsm file: a zip of XML parts.
type workbook struct {
	parts     map[string]*kzip.File // by name in lower case
	tabs      []Tab
	paths     []string // of the tabs' parts
	tab       int      // the one that is read
	styles    []style
	since1904 bool
	texts     *textTable
	notation  pattern.Notation
	limits    Limits
}

// openWorkbook reads everything but the cells.
func openWorkbook(f *os.File, size int64, s Settings) (*workbook, error) {
	z, err := kzip.NewReader(f, size)
	if err != nil {
		return nil, &Error{Problem: "is no complete .xlsx file", Hint: "copy or download it again, or save it again in Excel", Err: err}
	}
	w := &workbook{parts: map[string]*kzip.File{}, limits: s.Limits, notation: pattern.NotationOf(s.Numbers, s.Language)}
	for _, p := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(p.Name, `\`, "/"), "/"))
		if _, twice := w.parts[name]; !twice {
			w.parts[name] = p
		}
	}
	if err := w.recognise(); err != nil {
		return nil, err
	}
	if err := w.skeleton(s.Language); err != nil {
		return nil, err
	}
	if w.tab, err = w.choose(s.Tab); err != nil {
		return nil, err
	}
	return w, w.readTexts(s.TempDir)
}

// recognise refuses zips that are something else.
func (w *workbook) recognise() error {
	has := func(prefix string) bool {
		for name := range w.parts {
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
		return false
	}
	switch {
	case has("xl/workbook.bin"):
		return &Error{Problem: "is a binary workbook (.xlsb)", Hint: "in Excel: File, Save As, Excel Workbook (.xlsx)"}
	case has("[content_types].xml") && !has("word/") && !has("ppt/"):
		return nil
	case has("content.xml"):
		return &Error{Problem: "is an OpenDocument file (.ods)", Hint: "save as .xlsx"}
	case has("index/"):
		return &Error{Problem: "is a Numbers document", Hint: "in Numbers: File, Export To, Excel"}
	}
	return &Error{Problem: "is a zip archive, but no workbook", Hint: "give the .xlsx or .csv file itself; unpack an archive first"}
}

type relationships struct {
	List []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

// relationsOf returns the name of the part with a part's relationships.
func relationsOf(part string) string {
	dir, file := path.Split(part)
	return dir + "_rels/" + file + ".rels"
}

// relations returns the relationships of a part, their targets as names of parts.
func (w *workbook) relations(of string) (relationships, error) {
	var r relationships
	data, err := w.readPart(relationsOf(of))
	if err != nil {
		return r, err
	}
	if err := xml.Unmarshal(data, &r); err != nil {
		return r, err
	}
	for i, l := range r.List {
		if strings.HasPrefix(l.Target, "/") {
			r.List[i].Target = strings.TrimPrefix(path.Clean(l.Target), "/")
		} else {
			r.List[i].Target = path.Join(path.Dir(of), l.Target)
		}
	}
	return r, nil
}

// readPart reads a small part whole.
func (w *workbook) readPart(name string) ([]byte, error) {
	r, err := w.openPart(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxSkeleton+1))
	if err == nil && len(data) > maxSkeleton {
		err = errBomb
	}
	return data, err
}

func (w *workbook) openPart(name string) (io.ReadCloser, error) {
	p := w.parts[strings.ToLower(name)]
	if p == nil {
		return nil, fmt.Errorf("the part %s is missing", name)
	}
	if err := w.limits.declared(p.UncompressedSize64, p.CompressedSize64); err != nil {
		return nil, err
	}
	r, err := p.Open()
	if err != nil {
		return nil, err
	}
	return w.limits.bound(r, int64(p.CompressedSize64)), nil
}

// skeleton reads tabs, styles and the epoch of dates.
func (w *workbook) skeleton(language string) error {
	broken := func(err error) error {
		if errors.Is(err, errBomb) {
			return bombError(err)
		}
		return &Error{Problem: "is a workbook whose list of tabs or styles cannot be read", Hint: "open it in Excel and save it again", Err: err}
	}
	top, err := w.relations("")
	if err != nil {
		return broken(err)
	}
	book := ""
	for _, r := range top.List {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			book = r.Target
		}
	}
	inner, err := w.relations(book)
	if err != nil {
		return broken(err)
	}
	targets := map[string]string{}
	keep := []string{"[Content_Types].xml", "_rels/.rels", book, relationsOf(book)}
	for _, r := range inner.List {
		switch r.Type[strings.LastIndexByte(r.Type, '/')+1:] {
		case "worksheet":
			targets[r.ID] = r.Target
		case "styles":
			keep = append(keep, r.Target)
		case "sharedStrings":
			w.parts["\x00texts"] = w.parts[strings.ToLower(r.Target)]
		}
	}
	x, err := w.excelize(keep)
	if err != nil {
		return broken(err)
	}
	defer func() { _ = x.Close() }() // it was only read
	if x.WorkBook == nil {
		return broken(errors.New("no list of tabs"))
	}
	for _, s := range x.WorkBook.Sheets.Sheet {
		if target, ok := targets[s.ID]; ok {
			w.tabs = append(w.tabs, Tab{Name: s.Name, Hidden: s.State != "" && s.State != "visible"})
			w.paths = append(w.paths, target)
		}
	}
	w.since1904 = x.WorkBook.WorkbookPr != nil && x.WorkBook.WorkbookPr.Date1904
	w.styles = stylesOf(x, language)
	return nil
}

// excelize opens a copy of the workbook that has only those parts.
func (w *workbook) excelize(parts []string) (*excelize.File, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range parts {
		data, err := w.readPart(name)
		if err != nil {
			return nil, err
		}
		if err := noDTD(data); err != nil {
			return nil, fmt.Errorf("the part %s %w", name, err)
		}
		p, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := p.Write(data); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return excelize.OpenReader(&b)
}

// noDTD refuses a document type in a small part.
func noDTD(data []byte) error {
	if bytes.Contains(data, []byte("<!DOCTYPE")) {
		return errDTD
	}
	return nil
}

// choose finds the tab that is to be read: the one named, else the first that is not hidden.
func (w *workbook) choose(name string) (int, error) {
	if len(w.tabs) == 0 {
		return 0, &Error{Problem: "has no tab with cells", Hint: "open it in Excel and look"}
	}
	for i, t := range w.tabs {
		if (name == "" && !t.Hidden) || (name != "" && t.Name == name) {
			return i, nil
		}
	}
	var names []string
	for i, t := range w.tabs {
		if name != "" && campaign.FoldHeading(t.Name) == campaign.FoldHeading(name) {
			return i, nil
		}
		if t.Hidden {
			t.Name += " (hidden)"
		}
		names = append(names, t.Name)
	}
	if name == "" {
		return 0, &Error{Problem: "has only hidden tabs", Hint: "show one in Excel, or name one with tab:; there are: " + strings.Join(names, ", ")}
	}
	return 0, &Error{Problem: fmt.Sprintf("has no tab %q", name), Hint: "tabs: " + strings.Join(names, ", ")}
}

// shown are the tabs that are not hidden.
func (w *workbook) shown() []int {
	var shown []int
	for i, t := range w.tabs {
		if !t.Hidden {
			shown = append(shown, i)
		}
	}
	return shown
}

// readTexts reads the shared texts, to a temporary file if they are big.
func (w *workbook) readTexts(dir string) error {
	p := w.parts["\x00texts"]
	if p == nil {
		return nil
	}
	if int64(p.UncompressedSize64) > int64(w.limits.Memory) {
		if err := reserve(dir, int64(min(p.UncompressedSize64, 1<<62))); err != nil {
			return spillError(err)
		}
	}
	r, err := w.openPart("\x00texts")
	if err == nil {
		defer r.Close()
		w.texts, err = readTexts(r, w.limits.Memory, dir)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errBomb):
		return bombError(err)
	case isDisk(err):
		return spillError(err)
	}
	return &Error{Problem: "has shared texts that cannot be read", Hint: "open it in Excel and save it again", Err: err}
}

func spillError(err error) error {
	return &Error{Problem: "needs more temporary space than there is", Hint: "free some, or point TMPDIR to a bigger disk", Err: err}
}

func (w *workbook) close() error { return w.texts.close() }

// pass begins to read the tab's rows from the top.
func (w *workbook) pass() (pass, error) {
	r, err := w.openPart(w.paths[w.tab])
	if err != nil {
		if errors.Is(err, errBomb) {
			return nil, bombError(err)
		}
		return nil, &Error{Problem: "has no cells for this tab", Hint: "open it in Excel and save it again", Err: err}
	}
	return &tabPass{workbook: w, part: r, x: newXMLScanner(r), texts: w.texts.reader()}, nil
}
