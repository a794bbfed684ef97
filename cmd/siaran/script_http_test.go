package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// post STATUS GATEWAY FILE: posts the file to the listener's path of the gateway, and prints the answer.
func postReceipt(ts *testscript.TestScript, _ bool, args []string) {
	url := "http://127.0.0.1:" + ts.Getenv("LISTEN") + "/receipts/" + args[1] + "/" + ts.Getenv("SECRET")
	answer, err := http.Post(url, "application/json", bytes.NewReader([]byte(ts.ReadFile(args[2])))) //nolint:noctx,gosec // loopback
	ts.Check(err)
	printAnswer(ts, args[0], answer)
}

// get STATUS PATH [TEXT]: gets a page of the listener's, and prints it; with TEXT it waits until it is there.
func getPage(ts *testscript.TestScript, _ bool, args []string) {
	for range 100 {
		answer, err := http.Get("http://127.0.0.1:" + ts.Getenv("LISTEN") + "/" + args[1]) //nolint:noctx,gosec // loopback
		ts.Check(err)
		if body := printAnswer(ts, args[0], answer); len(args) == 2 || strings.Contains(body, args[2]) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("waited for %s", args[2])
}

// printAnswer prints an answer, which must have the status want, and returns it.
func printAnswer(ts *testscript.TestScript, want string, answer *http.Response) string {
	defer answer.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n", body)
	if got := strconv.Itoa(answer.StatusCode); got != want {
		ts.Fatalf("answered %s, want %s: %s", got, want, body)
	}
	return string(body)
}
