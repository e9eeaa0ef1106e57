//go:build desktop || dev

#include "webview_linux.h"

#include "_cgo_export.h"

// WebKit shows the page in a process of its own. If that process ends (it crashed, or the system took its memory), the window stays
// empty; if it hangs, as on a deadlock of its media pipelines, the pictures stand still. So the page is asked for an answer now and then.
#define ASK_EVERY 5  // s
#define PATIENCE 4   // so many times without an answer: 20 s; a page that loads on a busy machine needs a few
#define RETRY 10     // s before the page is loaded again, if that was done less than a minute ago
#define CALM 60      // s

static int waiting;       // how often the timer has run since the page was asked; 0 if it has answered
static guint question;    // the number of the last question
static gint64 restarted;  // when the page was loaded again
static const char *why;

static void answered(GObject *view, GAsyncResult *result, gpointer number) {
#if WEBKIT_CHECK_VERSION(2, 40, 0)
	JSCValue *value = webkit_web_view_evaluate_javascript_finish(WEBKIT_WEB_VIEW(view), result, NULL);
	if (value != NULL) g_object_unref(value);
#else
	WebKitJavascriptResult *value = webkit_web_view_run_javascript_finish(WEBKIT_WEB_VIEW(view), result, NULL);
	if (value != NULL) webkit_javascript_result_unref(value);
#endif
	if (GPOINTER_TO_UINT(number) == question) waiting = 0; // an error is an answer, too
}

static gboolean ask(gpointer data) {
	WebKitWebView *view = data;
	// Runs of the timer are counted, and not seconds: after this program itself was stopped, an answer may be about to be read.
	if (waiting == 0) {
		waiting = 1;
		question++;
#if WEBKIT_CHECK_VERSION(2, 40, 0)
		webkit_web_view_evaluate_javascript(view, "1", -1, NULL, NULL, NULL, answered, GUINT_TO_POINTER(question));
#else
		webkit_web_view_run_javascript(view, "1", NULL, answered, GUINT_TO_POINTER(question));
#endif
	} else if (++waiting > PATIENCE) {
		waiting = 0;
		why = "did not answer";
		webkit_web_view_terminate_web_process(view); // ended() loads the page again
	}
	return G_SOURCE_CONTINUE;
}

static gboolean load_again(gpointer data) {
	webkit_web_view_reload(WEBKIT_WEB_VIEW(data));
	g_object_unref(data);
	return G_SOURCE_REMOVE;
}

static void ended(WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer data) {
	gint64 now = g_get_monotonic_time();
	gboolean again = restarted != 0 && now - restarted < CALM * G_TIME_SPAN_SECOND;
	if (reason == WEBKIT_WEB_PROCESS_CRASHED) why = "ended";
	if (reason == WEBKIT_WEB_PROCESS_EXCEEDED_MEMORY_LIMIT) why = "needed too much memory";
	restarted = now;
	waiting = 0;
	question++;
	webviewEnded((char *)(why != NULL ? why : "was stopped"));
	why = NULL;
	g_timeout_add_seconds(again ? RETRY : 0, load_again, g_object_ref(view));
}

void gridwall_keep_alive(WebKitWebView *view) {
	g_signal_connect(view, "web-process-terminated", G_CALLBACK(ended), NULL);
	// The view lives as long as the main loop.
	g_timeout_add_seconds(ASK_EVERY, ask, view);
}
