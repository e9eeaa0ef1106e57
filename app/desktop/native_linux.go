//go:build desktop || dev

package desktop

/*
#cgo pkg-config: gtk+-3.0
#cgo !webkit2_41 pkg-config: webkit2gtk-4.0
#cgo webkit2_41 pkg-config: webkit2gtk-4.1
#cgo dev CFLAGS: -DGRIDWALL_DEV

#include <gtk/gtk.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif
#include <webkit2/webkit2.h>

#include "webview_linux.h"

#define MAX_SCREENS 16

// The kinds of jobs. GTK may be called only on its own thread: a job runs there, and the caller waits for it.
enum { INSPECT, CONFIGURE, MOVE, REVEAL, CONCEAL, END_DIALOGS };

typedef struct {
	int what;
	int x, y, w, h;                         // the window's position, now or wanted
	int found, visible, minimised, maximised, fullscreen, placed;
	int screens;
	GdkRectangle screen[MAX_SCREENS];       // without panels
	char token[256];                        // the activation token of the request, or ""
	int done, refs;
} job;

static GMutex jobs;
static GCond job_done;

static void free_job(job *j) { // the caller holds jobs
	if (--j->refs == 0) g_free(j);
}

static GtkWidget *find_webview(GtkWidget *w) {
	if (WEBKIT_IS_WEB_VIEW(w)) return w;
	GtkWidget *found = NULL;
	if (GTK_IS_CONTAINER(w)) {
		GList *all = gtk_container_get_children(GTK_CONTAINER(w));
		for (GList *l = all; l != NULL && found == NULL; l = l->next) found = find_webview(GTK_WIDGET(l->data));
		g_list_free(all);
	}
	return found;
}

// find_window finds our only window: the one that contains the webview.
static GtkWindow *find_window(GtkWidget **webview) {
	GtkWindow *found = NULL;
	GList *all = gtk_window_list_toplevels();
	for (GList *l = all; l != NULL && found == NULL; l = l->next) {
		*webview = find_webview(GTK_WIDGET(l->data));
		if (*webview != NULL) found = GTK_WINDOW(l->data);
	}
	g_list_free(all);
	return found;
}

// has_origin reports whether an address has an origin: "http://wails.localhost.example" does not have the origin
// "http://wails.localhost".
static gboolean has_origin(const char *uri, const char *origin) {
	size_t n = strlen(origin);
	return strncmp(uri, origin, n) == 0 && (uri[n] == 0 || strchr("/?#", uri[n]) != NULL);
}

// is_ours reports whether an address is the page's own. A development build also accepts Vite's and Wails' servers; in a release any
// program could listen on those ports.
static gboolean is_ours(const char *uri) {
	if (uri == NULL) return FALSE;
#ifdef GRIDWALL_DEV
	if (has_origin(uri, "http://localhost:5173") || has_origin(uri, "http://localhost:34115")) return TRUE;
#endif
	return has_origin(uri, "wails://wails") || has_origin(uri, "http://wails.localhost") || g_str_has_prefix(uri, "about:");
}

// decide_policy lets the page play without a user gesture, with sound: it is ours, and a user who opens a session wants to hear it. It
// refuses to navigate to other pages (for example when a link is dropped on the window), because they could call the bound methods.
static gboolean decide_policy(WebKitWebView *view, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type, gpointer data) {
	if (type != WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION) return FALSE;
	WebKitNavigationAction *action = webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(decision));
	if (!is_ours(webkit_uri_request_get_uri(webkit_navigation_action_get_request(action)))) {
		webkit_policy_decision_ignore(decision);
		return TRUE;
	}
	WebKitWebsitePolicies *policies = webkit_website_policies_new_with_policies("autoplay", WEBKIT_AUTOPLAY_ALLOW, NULL);
	webkit_policy_decision_use_with_policies(decision, policies);
	g_object_unref(policies);
	return TRUE;
}

// inspect stores the state of the window and the screens in the job.
static void inspect(job *j, GtkWindow *window) {
	GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(window));
	int n = gdk_display_get_n_monitors(display);
	GdkMonitor *first = gdk_display_get_primary_monitor(display);
	if (first != NULL) gdk_monitor_get_workarea(first, &j->screen[j->screens++]);
	for (int i = 0; i < n && j->screens < MAX_SCREENS; i++) {
		GdkMonitor *m = gdk_display_get_monitor(display, i);
		if (m != first) gdk_monitor_get_workarea(m, &j->screen[j->screens++]);
	}
	j->visible = gtk_widget_get_visible(GTK_WIDGET(window));
	GdkWindow *gdk = gtk_widget_get_window(GTK_WIDGET(window));
	if (gdk != NULL) {
		GdkWindowState s = gdk_window_get_state(gdk);
		j->minimised = (s & (GDK_WINDOW_STATE_ICONIFIED | GDK_WINDOW_STATE_WITHDRAWN)) != 0;
		j->maximised = (s & GDK_WINDOW_STATE_MAXIMIZED) != 0;
		j->fullscreen = (s & GDK_WINDOW_STATE_FULLSCREEN) != 0;
	}
	// On Wayland a program does not know the positions of its windows.
	j->placed = strcmp(G_OBJECT_TYPE_NAME(display), "GdkX11Display") == 0;
	gtk_window_get_position(window, &j->x, &j->y);
	gtk_window_get_size(window, &j->w, &j->h);
}

// hidden_x and hidden_y are the position of the hidden window: X11 forgets the position of a window that is not mapped.
static int hidden_x, hidden_y, hidden_known;

// present brings the window to the front, even if it is minimised. A desktop that prevents focus stealing requires the activation
// token or the time of a click; without one it only notifies the user that the window is ready.
static void present(GtkWindow *window, const char *token) {
	guint32 now = GDK_CURRENT_TIME;
	if (token[0] != '\0') gtk_window_set_startup_id(window, token);
#ifdef GDK_WINDOWING_X11
	GdkWindow *gdk = gtk_widget_get_window(GTK_WIDGET(window));
	if (gdk != NULL && GDK_IS_X11_WINDOW(gdk)) now = gdk_x11_get_server_time(gdk);
#endif
	gtk_window_present_with_time(window, now);
}

static void end_dialogs(void) {
	GList *all = gtk_window_list_toplevels();
	for (GList *l = all; l != NULL; l = l->next)
		if (GTK_IS_DIALOG(l->data)) gtk_dialog_response(GTK_DIALOG(l->data), GTK_RESPONSE_CLOSE);
	g_list_free(all);
}

static gboolean run_job(gpointer p) {
	job *j = p;
	GtkWidget *webview = NULL;
	GtkWindow *window = find_window(&webview);
	if (window != NULL) {
		GdkGeometry least = {0};
		j->found = 1;
		switch (j->what) {
		case INSPECT:
			inspect(j, window);
			break;
		case CONFIGURE:
			// Wails sets the minimum size before there is a window, where it has no effect.
			least.min_width = j->w;
			least.min_height = j->h;
			gtk_window_set_geometry_hints(window, NULL, &least, GDK_HINT_MIN_SIZE);
			g_signal_connect(webview, "decide-policy", G_CALLBACK(decide_policy), NULL);
			gridwall_keep_alive(WEBKIT_WEB_VIEW(webview));
			// A developer or a test that starts WebKit's inspector server needs the developer tools.
			if (g_getenv("WEBKIT_INSPECTOR_HTTP_SERVER") != NULL || g_getenv("WEBKIT_INSPECTOR_SERVER") != NULL)
				webkit_settings_set_enable_developer_extras(webkit_web_view_get_settings(WEBKIT_WEB_VIEW(webview)), TRUE);
			break;
		case MOVE:
			gtk_window_move(window, j->x, j->y);
			gtk_window_resize(window, j->w, j->h);
			break;
		case REVEAL:
			if (!gtk_widget_get_visible(GTK_WIDGET(window)) && hidden_known) gtk_window_move(window, hidden_x, hidden_y);
			hidden_known = 0;
			present(window, j->token);
			break;
		case CONCEAL:
			hidden_known = 1;
			gtk_window_get_position(window, &hidden_x, &hidden_y);
			gtk_widget_hide(GTK_WIDGET(window));
			break;
		}
	}
	if (j->what == END_DIALOGS) end_dialogs();
	g_mutex_lock(&jobs);
	j->done = 1;
	g_cond_broadcast(&job_done);
	free_job(j);
	g_mutex_unlock(&jobs);
	return G_SOURCE_REMOVE;
}

// do_job runs a job on GTK's thread and copies the result to out. It runs after all pending jobs, except CONFIGURE, which must run
// before the page is loaded. It waits for at most three seconds, because the main loop may have ended.
static void do_job(job ask, job *out) {
	job *j = g_new0(job, 1);
	*j = ask;
	j->refs = 2;
	g_idle_add_full(ask.what == CONFIGURE ? G_PRIORITY_HIGH : G_PRIORITY_LOW, run_job, j, NULL);
	gint64 until = g_get_monotonic_time() + 3 * G_TIME_SPAN_SECOND;
	g_mutex_lock(&jobs);
	while (!j->done && g_cond_wait_until(&job_done, &jobs, until)) {}
	if (j->done) *out = *j;
	free_job(j);
	g_mutex_unlock(&jobs);
}

static guint webkit_version(int part) {
	return part == 0 ? webkit_get_major_version() : part == 1 ? webkit_get_minor_version() : webkit_get_micro_version();
}

// alert shows a message before there is a window; 0 if there is no display.
static int alert(const char *title, const char *text) {
	if (!gtk_init_check(NULL, NULL)) return 0;
	GtkWidget *d = gtk_message_dialog_new(NULL, GTK_DIALOG_MODAL, GTK_MESSAGE_ERROR, GTK_BUTTONS_OK, "%s", text);
	gtk_window_set_title(GTK_WINDOW(d), title);
	gtk_window_set_position(GTK_WINDOW(d), GTK_WIN_POS_CENTER);
	gtk_dialog_run(GTK_DIALOG(d));
	gtk_widget_destroy(d);
	while (gtk_events_pending()) gtk_main_iteration();
	return 1;
}
*/
import "C"

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"github.com/wailsapp/wails/v2/pkg/options"

	"gridwall/app/desktop/machine"
	"gridwall/app/desktop/text"
)

// placesEarly reports whether the window is moved to its saved position while it is being created.
const placesEarly = true

func do(ask C.job) C.job {
	var out C.job
	C.do_job(ask, &out)
	return out
}

// configure sets properties of the window that Wails has no options for, and keeps its page alive: pageEnded is called with the reason
// when the process that shows it has ended, before it is loaded again.
func configure(_ context.Context, pageEnded func(why string)) {
	onPageEnded.Store(&pageEnded)
	do(C.job{what: C.CONFIGURE, w: minWidth, h: minHeight})
}

func reveal(_ context.Context, token string) {
	ask := C.job{what: C.REVEAL}
	if len(token) < len(ask.token) { // desktops make no longer ones; the last byte stays 0
		for i := range token {
			ask.token[i] = C.char(token[i])
		}
	}
	do(ask)
}

func conceal(context.Context) { do(C.job{what: C.CONCEAL}) }
func endDialogs()             { do(C.job{what: C.END_DIALOGS}) }

func moveTo(_ context.Context, to rect) {
	do(C.job{what: C.MOVE, x: C.int(to.X), y: C.int(to.Y), w: C.int(to.W), h: C.int(to.H)})
}

func placed(context.Context) placement {
	j := do(C.job{what: C.INSPECT})
	return placement{
		rect:      rect{int(j.x), int(j.y), int(j.w), int(j.h)},
		placed:    j.placed != 0,
		maximised: j.maximised != 0,
		settled:   j.found != 0 && j.visible != 0 && j.minimised == 0 && j.fullscreen == 0,
	}
}

// screensOf returns the screens without their panels, the primary one first.
func screensOf(context.Context) (out []rect) {
	j := do(C.job{what: C.INSPECT})
	for _, s := range j.screen[:j.screens] {
		out = append(out, rect{int(s.x), int(s.y), int(s.width), int(s.height)})
	}
	return out
}

// dialogText escapes a message for Wails' dialog, which uses it as a format.
func dialogText(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// Alert shows an error before there is a window, for a user who clicked an icon and does not see stderr. It does nothing if there is no
// display or stderr is a terminal. It returns when the user closes the dialog, or ctx is done.
func Alert(ctx context.Context, title string, err error) {
	if machine.Display() != nil || IsTerminal(os.Stderr) {
		return
	}
	runtime.LockOSThread()
	defer context.AfterFunc(ctx, endDialogs)()
	t, m := C.CString(title), C.CString(text.Sentence(err))
	defer C.free(unsafe.Pointer(t))
	defer C.free(unsafe.Pointer(m))
	C.alert(t, m)
}

// WebviewVersion returns the version of the loaded webview.
func WebviewVersion() string {
	return fmt.Sprintf("WebKitGTK %d.%d.%d", C.webkit_version(0), C.webkit_version(1), C.webkit_version(2))
}

// singleInstance returns nil: on Linux instance.Claim is used.
func (d *Desktop) singleInstance() *options.SingleInstanceLock { return nil }
