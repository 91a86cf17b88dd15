package report

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// TestBrowser opens the pages in a real browser as a reader would: from disk, without a network.
func TestBrowser(t *testing.T) {
	program := browserProgram(t)
	for _, d := range documents {
		t.Run(d.name, func(t *testing.T) {
			tab := openTab(t, program)
			tab.open(htmlFile(t, d.doc()))
			tab.hasStyle()
			tab.opensByKeyboard(len(d.doc().Findings))
			tab.fits(1280)
			tab.fits(400)
			tab.printsAll(len(d.doc().Findings))
			tab.saidNothing()
		})
	}
}

func browserProgram(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium: CI has to look at the page")
	}
	t.Skip("no Chromium here: the page was not looked at in a browser")
	return ""
}

func htmlFile(t *testing.T, doc *finding.Document) string {
	var buf bytes.Buffer
	if err := HTML.Write(&buf, doc, Options{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A tab is one browser with one page. It remembers whatever the page asked for or complained about.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	messages []string
}

func openTab(t *testing.T, program string) *tab {
	alloc, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.ProxyServer("127.0.0.1:9"), // the discard port: no network
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	t.Cleanup(cancel)
	tab := &tab{T: t}
	ctx, cancelTab := chromedp.NewContext(alloc, chromedp.WithListener(tab.note))
	t.Cleanup(cancelTab)
	tab.ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return tab
}

func (tab *tab) note(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tab.requests = append(tab.requests, e.Request.URL)
	case *log.EventEntryAdded:
		tab.messages = append(tab.messages, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		tab.messages = append(tab.messages, "console was called")
	case *runtime.EventExceptionThrown:
		tab.messages = append(tab.messages, e.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		tab.messages = append(tab.messages, "dialog: "+e.Message)
	}
}

// result runs an action in the tab.
func result[T any](tab *tab, action chromedp.Action[T]) T {
	tab.Helper()
	answer, err := chromedp.Run(tab.ctx, action)
	if err != nil {
		tab.Fatal(err)
	}
	return answer
}

// ask evaluates an expression in the page; the page's own policy does not apply to it.
func ask[T any](tab *tab, expression string) T {
	tab.Helper()
	return result(tab, chromedp.Evaluate[T](expression))
}

// send gives the tab a command of the protocol.
func send[P, R any](tab *tab, command cdp.Command[P, R], params P) {
	tab.Helper()
	if _, err := chromedp.Call(tab.ctx, command, params); err != nil {
		tab.Fatal(err)
	}
}

func (tab *tab) open(path string) {
	if err := chromedp.Do(tab.ctx); err != nil {
		tab.Fatal(err)
	}
	send(tab, network.Enable, network.EnableParams{})
	send(tab, log.Enable, cdp.Empty{})
	result(tab, chromedp.Navigate((&url.URL{Scheme: "file", Path: path}).String()))
	if got := result(tab, chromedp.Title()); got == "owned" {
		tab.Error("a script of the evidence ran")
	}
	if n := ask[int](tab, "document.scripts.length + document.images.length + document.querySelectorAll('iframe, object, embed, form').length"); n != 0 {
		tab.Errorf("%d elements on the page that can act or load", n)
	}
}

// hasStyle checks that the style sheet passed the page's own policy.
func (tab *tab) hasStyle() {
	if got := ask[string](tab, "getComputedStyle(document.querySelector('main')).maxWidth"); got != "1152px" {
		tab.Errorf("main is %q wide at most: the style sheet was not applied", got)
	}
}

// opensByKeyboard opens the first finding and the first host without a mouse.
func (tab *tab) opensByKeyboard(findings int) {
	if findings == 0 {
		return
	}
	for _, kind := range []string{"finding", "host"} {
		result(tab, chromedp.Focus(chromedp.CSS("details."+kind+" > summary")))
		result(tab, chromedp.KeyEvent(kb.Enter))
		if !ask[bool](tab, "document.querySelector('details."+kind+"').open") {
			tab.Errorf("Enter does not open the first %s", kind)
		}
	}
}

// fits checks that nothing stands beyond the right edge of a window, everything opened.
func (tab *tab) fits(width int64) {
	result(tab, chromedp.EmulateViewport(width, 900))
	ask[int](tab, "document.querySelectorAll('details').forEach(d => d.open = true), 0")
	if got := ask[int64](tab, "document.documentElement.scrollWidth"); got > width {
		tab.Errorf("%d pixels wide in a window of %d", got, width)
	}
	const outside = `[...document.querySelectorAll('main *')].filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.right > innerWidth + 1 && r.left >= 0 }).map(e => e.outerHTML.slice(0, 120))`
	if got := ask[[]string](tab, outside); len(got) > 0 {
		tab.Errorf("beyond the edge of a window of %d: %d elements, first %s", width, len(got), got[0])
	}
	ask[int](tab, "document.querySelectorAll('details').forEach(d => d.open = false), 0")
}

// paperWidth is what the margins leave of A4, in pixels.
const paperWidth = 680

// printsAll checks that closed findings are printed open within the paper, and that there are pages.
func (tab *tab) printsAll(findings int) {
	send(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	result(tab, chromedp.EmulateViewport(paperWidth, 900))
	if got := ask[int](tab, "document.documentElement.scrollWidth"); got > paperWidth {
		tab.Errorf("printed %d pixels wide on paper of %d", got, paperWidth)
	}
	const hidden = `[...document.querySelectorAll('details > .body')].filter(e => e.getBoundingClientRect().height === 0).length`
	if n := ask[int](tab, hidden); n > 0 {
		tab.Errorf("%d sections are not printed", n)
	}
	send(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	pdf := result(tab, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1)); pages < 1+findings/2 {
		tab.Errorf("%d pages for %d findings", pages, findings)
	}
}

// saidNothing checks that the page asked for nothing but itself, and that the browser had nothing to complain about.
func (tab *tab) saidNothing() {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if len(tab.requests) != 1 || !strings.HasPrefix(tab.requests[0], "file:") {
		tab.Errorf("requests %q, want only the page itself", tab.requests)
	}
	if len(tab.messages) > 0 {
		tab.Errorf("the browser says %q", tab.messages)
	}
}
