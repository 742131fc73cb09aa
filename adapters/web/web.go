// Package web serves Skygate's first page: what a browser shows who opens the
// server's address. It shows the live aircraft, and says how the connection is.
//
// The page's sources are in src: index.html, style.css and icon.svg are served
// as they are, the scripts as the one file that src/build.mjs makes of them
// (dist/app.js; `npm ci && npm run build` in src after a change, and commit the
// result). All of it is compiled into the program: nothing is read from disk,
// nothing fetched from elsewhere.
//
// The page needs no inline script and no foreign host, so that it can be served
// with a strict Content-Security-Policy.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

//go:embed src/index.html src/style.css src/icon.svg dist/app.js dist/app.js.LICENSES.txt
var files embed.FS

// assets says under which path which file is served, and as what.
var assets = map[string]struct{ file, contentType string }{
	"/":                    {"src/index.html", "text/html; charset=utf-8"},
	"/style.css":           {"src/style.css", "text/css; charset=utf-8"},
	"/icon.svg":            {"src/icon.svg", "image/svg+xml"},
	"/app.js":              {"dist/app.js", "text/javascript; charset=utf-8"},
	"/app.js.LICENSES.txt": {"dist/app.js.LICENSES.txt", "text/plain; charset=utf-8"},
}

// policy lets the page load what is its own and open its connection. Not every
// browser counts a WebSocket to the page's own host as 'self'.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

type page struct {
	body              []byte
	contentType, etag string
}

// Handler serves the page at "/" and its assets beside it, to GET and HEAD. Any
// other path is not found. It is safe for concurrent use.
func Handler() http.Handler {
	pages := make(map[string]page, len(assets))
	for at, asset := range assets {
		body, err := files.ReadFile(asset.file)
		if err != nil {
			panic("web: " + err.Error()) // the compiler has seen to it that the file is there
		}
		sum := sha256.Sum256(body)
		pages[at] = page{body, asset.contentType, `"` + hex.EncodeToString(sum[:8]) + `"`}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		p.serve(w, r)
	})
}

func (p page) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	header.Set("Content-Type", p.contentType)
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	// The names carry no version: browsers keep what they got, and ask whether it is still right.
	header.Set("Cache-Control", "no-cache")
	header.Set("Etag", p.etag)
	http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(p.body))
}
