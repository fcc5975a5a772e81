/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options.h - what zc-probe is asked. */
#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include "probe/inventory.h"
#include "probe/survey.h"

struct options {
    struct wanted wanted;
    struct shape shape; /* NULL and 0: what the devices suggest */
    double seconds;
    bool json;              /* in place of the text */
    const char *share;      /* where the document goes, too; NULL: nowhere */
    const char *html;       /* and a page */
    const char *replay;     /* a document in place of this machine; NULL: this machine */
    const char *explain[2]; /* memory and device; NULL: all */
};

/** Returns -1 to go on, or the exit code: 0 after --help, 2 for what makes no sense. */
int probe_options_parse(struct options *options, int argc, char **argv);

#endif
