/* A file as a file manager shows it: a small window from which it can be dragged. It says what happens to it. */
#include <gtk/gtk.h>

static void give(GtkWidget *w, GdkDragContext *c, GtkSelectionData *data, guint info, guint time, gpointer uri) {
  char *uris[] = {uri, NULL};
  gtk_selection_data_set_uris(data, uris);
  g_print("given\n");
}

static void begin(GtkWidget *w, GdkDragContext *c, gpointer none) { g_print("begun\n"); }

int main(int argc, char **argv) {
  gtk_init(&argc, &argv);
  setvbuf(stdout, NULL, _IONBF, 0);
  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL), *box = gtk_event_box_new();
  gtk_window_set_title(GTK_WINDOW(window), "File");
  gtk_window_set_default_size(GTK_WINDOW(window), 160, 90);
  gtk_window_set_keep_above(GTK_WINDOW(window), TRUE);
  gtk_container_add(GTK_CONTAINER(box), gtk_label_new(argv[1]));
  gtk_container_add(GTK_CONTAINER(window), box);
  gtk_drag_source_set(box, GDK_BUTTON1_MASK, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_source_add_uri_targets(box);
  g_signal_connect(box, "drag-begin", G_CALLBACK(begin), NULL);
  g_signal_connect(box, "drag-data-get", G_CALLBACK(give), g_filename_to_uri(argv[1], NULL, NULL));
  gtk_widget_show_all(window);
  gtk_main();
  return 0;
}
