/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* page.h - the document of a probe as a page. */
#ifndef PROBE_PAGE_H
#define PROBE_PAGE_H

#include <jansson.h>
#include <stdio.h>

/** One static page of HTML: no scripts, nothing fetched. */
void page_put(FILE *out, const json_t *document);

#endif
