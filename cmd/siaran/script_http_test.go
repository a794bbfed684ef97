package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// post STATUS GATEWAY FILE: posts the file to the listener's path of the gateway, and prints the answer.
func postReceipt(ts *testscript.TestScript, _ bool, args []string) {
	c, base := listenerOf(ts)
	body := bytes.NewReader([]byte(ts.ReadFile(args[2])))
	answer, err := c.Post(base+"/receipts/"+args[1]+"/"+ts.Getenv("SECRET"), "application/json", body) //nolint:noctx // the client's time-out
	ts.Check(err)
	printAnswer(ts, args[0], answer)
}

// get STATUS PATH [TEXT]: gets a page of the listener's, and prints it; with TEXT it waits until it is there.
func getPage(ts *testscript.TestScript, _ bool, args []string) {
	c, base := listenerOf(ts)
	for range 100 {
		answer, err := c.Get(base + "/" + args[1]) //nolint:noctx // the client's time-out
		ts.Check(err)
		if body := printAnswer(ts, args[0], answer); len(args) == 2 || strings.Contains(body, args[2]) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("waited for %s", args[2])
}

// listenerOf is a client for the listener at $LISTEN; over TLS with the certificate in $CERT, if that is set.
func listenerOf(ts *testscript.TestScript) (c *http.Client, base string) {
	c = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	if ts.Getenv("CERT") == "" {
		return c, "http://127.0.0.1:" + ts.Getenv("LISTEN")
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(ts.ReadFile(ts.Getenv("CERT"))))
	c.Transport = &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return c, "https://127.0.0.1:" + ts.Getenv("LISTEN")
}

// printAnswer prints an answer, which must have the status want, and returns it.
func printAnswer(ts *testscript.TestScript, want string, answer *http.Response) string {
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n", body)
	if got := strconv.Itoa(answer.StatusCode); got != want {
		ts.Fatalf("answered %s, want %s: %s", got, want, body)
	}
	return string(body)
}

// certificate CERT KEY: makes a certificate for 127.0.0.1, good for an hour.
func makeCertificate(ts *testscript.TestScript, _ bool, args []string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "listener.example.test"}, IsCA: true,
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	ts.Check(err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
}

// await-log DIR TEXT: waits until a receipt log there has the text.
func awaitLog(ts *testscript.TestScript, _ bool, args []string) {
	for range 200 {
		files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.jsonl"))
		ts.Check(err)
		for _, f := range files {
			if data, err := os.ReadFile(f); err == nil && strings.Contains(string(data), args[1]) {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("waited 10 s for %s in %s", args[1], args[0])
}
