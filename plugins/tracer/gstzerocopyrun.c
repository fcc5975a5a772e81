/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyrun - options, the beginning and the end of a run, its report */
#include "tracer/gstzerocopyrun.h"
#include "tracer/gstzerocopyaside.h"
#include "tracer/gstzerocopyidentity.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exit statuses of fail=true, those of zc-audit. */
#define STATUS_COPIES 1
#define STATUS_UNKNOWN 4

static struct
{
  struct gst_zerocopy_options options;
  GHashTable *pipelines;        /* that run */
  gboolean is_open, has_run;
  gchar *end;
  enum gst_zerocopy_verdict worst; /* of all runs */
  gint signals[2];              /* a pipe, from the handler to the thread */
} run = {.signals = {-1, -1} };

/* ----------------------------------------------------------------- options */

static gboolean
refuse (GError ** error, const gchar * name, const gchar * value,
    const gchar * wanted)
{
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
      "%s=%s: it takes %s", name, value ? value : "", wanted);
  return FALSE;
}

static gboolean
take_form (const gchar * value, GError ** error)
{
  static const gchar *const names[] = { "text", "json", "dot" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (!g_strcmp0 (value, names[i])) {
      run.options.form = i;
      return TRUE;
    }
  }
  return refuse (error, "report", value, "text, json or dot");
}

static gboolean
take_number (guint64 * number, const gchar * name, const gchar * value,
    GError ** error)
{
  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT, number, NULL))
    return TRUE;
  return refuse (error, name, value, "a number of frames");
}

static gboolean
take_path (gchar ** path, const gchar * value)
{
  g_free (*path);
  *path = g_strdup (value);
  return TRUE;
}

static gboolean
take_fail (const gchar * value, GError ** error)
{
  run.options.fail = !g_ascii_strcasecmp (value, "true")
      || !g_ascii_strcasecmp (value, "yes") || !strcmp (value, "1");
  if (!run.options.fail && g_ascii_strcasecmp (value, "false")
      && g_ascii_strcasecmp (value, "no") && strcmp (value, "0"))
    return refuse (error, "fail", value, "true or false");
  return TRUE;
}

static gboolean
take (const gchar * name, const gchar * value, GError ** error)
{
  if (!strcmp (name, "report"))
    return take_form (value, error);
  if (!strcmp (name, "warmup"))
    return take_number (&run.options.warmup, name, value, error);
  if (!strcmp (name, "frames"))
    return take_number (&run.options.frames, name, value, error);
  if (!strcmp (name, "fail"))
    return take_fail (value, error);
  if (!strcmp (name, "file"))
    return take_path (&run.options.file, value);
  if (!strcmp (name, "json"))
    return take_path (&run.options.json, value);
  if (!strcmp (name, "name"))   /* any tracer has it, from 1.22 on */
    return TRUE;
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
      "%s: there is no such option; there are report, file, json, fail, "
      "frames and warmup",
      name);
  return FALSE;
}

static gboolean
parse (const gchar * params, GError ** error)
{
  gchar *text = g_strconcat ("zerocopy,", params, NULL);
  GstStructure *options = gst_structure_from_string (text, NULL);
  gboolean good = options != NULL;

  if (!options)
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
        "\"%s\" are no options: write report=json,file=/tmp/a", params);
  for (gint i = 0; good && i < gst_structure_n_fields (options); i++) {
    const gchar *name = gst_structure_nth_field_name (options, i);
    const GValue *value = gst_structure_get_value (options, name);
    gchar *said = G_VALUE_HOLDS_STRING (value) ? g_value_dup_string (value) :
        gst_value_serialize (value);

    good = take (name, said ? said : "", error);
    g_free (said);
  }
  if (options)
    gst_structure_free (options);
  g_free (text);
  return good;
}

/* ------------------------------------------------------------------ report */

static void
write_out (const GString * text, const gchar * file)
{
  gint fd = file ? open (file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
      : STDERR_FILENO;
  gsize done = 0;
  gssize n = 0;

  while (fd >= 0 && done < text->len) {
    n = write (fd, text->str + done, text->len - done);
    if (n < 0 && errno != EINTR)
      break;
    done += MAX (n, 0);
  }
  if (fd < 0 || done < text->len)
    fprintf (stderr, "zerocopy: cannot write the report to %s: %s\n",
        file ? file : "stderr", g_strerror (errno));
  if (file && fd >= 0)
    close (fd);
}

/* In the form that is wished, and in JSON, where a program wishes that. */
static void
conclude (GString * text, GString * json)
{
  static void (*const forms[]) (const struct gst_zerocopy_audit *,
      const gchar *, GString *) = {
  gst_zerocopy_report_text, gst_zerocopy_report_json, gst_zerocopy_report_dot};
  const gchar *end = run.end ? run.end : "the pipeline was stopped";
  struct gst_zerocopy_audit *audit;

  gst_zerocopy_aside_look ();
  gst_zerocopy_identity_settle_all ();
  audit = gst_zerocopy_audit_new ();
  forms[run.options.form] (audit, end, text);
  gst_zerocopy_report_json (audit, end, json);
  run.worst = MAX (run.worst, audit->verdict);
  gst_zerocopy_audit_free (audit);
  gst_zerocopy_identity_forget_all ();
  gst_zerocopy_book_reset ();
  run.has_run = FALSE;
  g_clear_pointer (&run.end, g_free);
}

void
gst_zerocopy_run_finish (void)
{
  GString *text = g_string_new (NULL), *json = g_string_new (NULL);

  gst_zerocopy_book_lock ();
  if (run.has_run)
    conclude (text, json);
  gst_zerocopy_book_unlock ();
  if (text->len) {
    write_out (text, run.options.file);
    if (run.options.json)
      write_out (json, run.options.json);
  }
  g_string_free (text, TRUE);
  g_string_free (json, TRUE);
}

void
gst_zerocopy_run_count (const struct gst_zerocopy_link *link)
{
  if (!run.options.frames || link->frames < run.options.frames)
    return;
  run.options.frames = 0;
  gst_zerocopy_run_note_end (g_strdup ("as many frames as were asked for"));
  kill (getpid (), SIGINT);
}

/* -------------------------------------------------------------- its course */

void
gst_zerocopy_run_start (GstElement * pipeline)
{
  gst_zerocopy_book_lock ();
  g_hash_table_add (run.pipelines, pipeline);
  run.has_run = TRUE;
  gst_zerocopy_book_unlock ();
}

void
gst_zerocopy_run_stop (GstElement * pipeline)
{
  gboolean last;

  gst_zerocopy_book_lock ();
  last = g_hash_table_remove (run.pipelines, pipeline)
      && !g_hash_table_size (run.pipelines);
  gst_zerocopy_book_unlock ();
  if (last)
    gst_zerocopy_run_finish ();
}

void
gst_zerocopy_run_note_end (gchar * end)
{
  gst_zerocopy_book_lock ();
  if (run.has_run && !run.end)
    run.end = g_steal_pointer (&end);
  gst_zerocopy_book_unlock ();
  g_free (end);
}

/* ---------------------------------------------------- the end of a program */

#ifdef HAVE_ON_EXIT
static void
at_exit (int status, void *user)
#else
static const int status = 0;

static void
at_exit (void)
#endif
{
  gst_zerocopy_run_note_end (g_strdup ("the program ended"));
  gst_zerocopy_run_finish ();
  if (!run.options.fail || status || run.worst < GST_ZEROCOPY_VERDICT_UNKNOWN)
    return;
  fflush (NULL);
  _exit (run.worst == GST_ZEROCOPY_VERDICT_COPIES ? STATUS_COPIES :
      STATUS_UNKNOWN);
}

static void
on_signal (int number)
{
  gint saved = errno;
  guchar byte = number;

  if (write (run.signals[1], &byte, 1) != 1) {
    signal (number, SIG_DFL);
    raise (number);
  }
  errno = saved;
}

/* The report, and then the end that the signal would have been. */
static gpointer
wait_for_signal (gpointer unused)
{
  guchar number;
  gchar *end;

  while (read (run.signals[0], &number, 1) != 1)
    if (errno != EINTR)
      return NULL;
  end = g_strdup_printf ("the program got SIG%s", number == SIGINT ? "INT" :
      "TERM");
  gst_zerocopy_run_note_end (end);
  gst_zerocopy_run_finish ();
  signal (number, SIG_DFL);
  kill (getpid (), number);
  return NULL;
}

/* Those that would end the program at once. One that it handles itself ends in exit(). */
static void
catch_signals (void)
{
  static const gint numbers[] = { SIGINT, SIGTERM };
  struct sigaction action = {.sa_handler = on_signal,.sa_flags = SA_RESTART };
  struct sigaction old;

  if (pipe2 (run.signals, O_CLOEXEC))
    return;
  g_thread_unref (g_thread_new ("zerocopy", wait_for_signal, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!sigaction (numbers[i], NULL, &old) && old.sa_handler == SIG_DFL)
      sigaction (numbers[i], &action, NULL);
}

/* What an earlier program left in a file goes; later runs of this one are added. */
static void
make_anew (const gchar * file)
{
  if (file && unlink (file) && errno != ENOENT)
    fprintf (stderr, "zerocopy: cannot write anew %s: %s\n", file,
        g_strerror (errno));
}

gboolean
gst_zerocopy_run_open (const gchar * params, GError ** error)
{
  if (run.is_open) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
        "one tracer zerocopy is there already");
    return FALSE;
  }
  if (params && *params && !parse (params, error))
    return FALSE;
  run.is_open = TRUE;
  run.pipelines = g_hash_table_new (NULL, NULL);
  make_anew (run.options.file);
  make_anew (run.options.json);
  gst_zerocopy_book_open (run.options.warmup);
  gst_zerocopy_identity_open ();
  catch_signals ();
#ifdef HAVE_ON_EXIT
  on_exit (at_exit, NULL);
#else
  atexit (at_exit);
#endif
  return TRUE;
}
