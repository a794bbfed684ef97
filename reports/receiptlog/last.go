package receiptlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"siaran/campaign"
)

// Last are the ends of the files, but for each host's newest: there it is the place
// where its last n complete lines begin. Who follows from there sees the latest, and what comes.
func (dir Folder) Last(n int) ([]campaign.Position, error) {
	all, err := dir.Ends()
	if err != nil {
		return nil, err
	}
	for i := range all {
		if i+1 < len(all) && all[i+1].Host == all[i].Host {
			continue
		}
		if all[i].Offset, err = linesBefore(filepath.Join(string(dir), all[i].File), all[i].Offset, n); err != nil {
			return nil, fmt.Errorf("the receipt log: %w", err)
		}
	}
	return all, nil
}

// linesBefore returns where the last n complete lines before end begin. It reads from behind.
func linesBefore(path string, end int64, n int) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	buf := make([]byte, 64<<10)
	for from := end; from > 0; {
		size := min(from, int64(len(buf)))
		from -= size
		if _, err := file.ReadAt(buf[:size], from); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		// Of n+1 line feeds the last ends the last line, and the first what stands before them.
		for at := bytes.LastIndexByte(buf[:size], '\n'); at >= 0; at = bytes.LastIndexByte(buf[:at], '\n') {
			if n == 0 {
				return from + int64(at) + 1, nil
			}
			n--
		}
	}
	return 0, nil
}
