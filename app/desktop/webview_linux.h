#ifndef GRIDWALL_WEBVIEW_H
#define GRIDWALL_WEBVIEW_H

#include <webkit2/webkit2.h>

// gridwall_keep_alive loads the view's page again when the process that shows it has ended or does not answer. Call it once, on GTK's
// thread.
void gridwall_keep_alive(WebKitWebView *view);

#endif
