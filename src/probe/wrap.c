/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wrap - text, and commands, over lines of 80 columns. Touches nothing. */
#include "probe/wrap.h"

#include "tools/view/view.h"

#include <stdbool.h>
#include <string.h>

#define COLUMNS 80

void wrap_text(FILE *out, const char *text, size_t at, size_t hang)
{
    bool first = true; /* no word yet */

    while (*text) {
        size_t word = strcspn(text, " "), wide;
        char part[512];

        snprintf(part, sizeof(part), "%.*s", (int)word, text);
        wide = view_columns(part);
        if (!first && at + 1 + wide > COLUMNS) {
            fprintf(out, "\n%*s", (int)hang, "");
            at = hang;
        } else if (!first) {
            fputc(' ', out);
            at++;
        }
        view_put_clean(out, text, word);
        first = false;
        at += wide;
        text += word + strspn(text + word, " ");
    }
    fputc('\n', out);
}

void wrap_command(FILE *out, const char *command)
{
    size_t at = 4;

    fputs("    ", out);
    while (*command) {
        /* "! element" stays together. */
        size_t mark = command[0] == '!' ? strspn(command + 1, " ") + 1 : 0;
        size_t word = mark + strcspn(command + mark, " ");

        if (at > 4 && (mark || at + 1 + word > COLUMNS - 2)) {
            fputs(" \\\n       ", out);
            at = 7;
        }
        if (at > 4)
            fputc(' ', out);
        view_put_clean(out, command, word);
        at += word + (at > 4);
        command += word + strspn(command + word, " ");
    }
    fputc('\n', out);
}
