/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - the document of a probe for a terminal of 80 columns. All is read from the JSON
 * alone, so that a document that was sent prints what was printed where it was made.
 */
#ifndef PROBE_TEXT_H
#define PROBE_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/** Memories, devices, a matrix for each picture, the reasons, and the ways. */
void text_put_probe(FILE *out, const json_t *document);

/** The tables of cells alone, with their reasons. */
void text_put_matrices(FILE *out, const json_t *probe);

/**
 * The story of one memory on one device. False: there is no such cell; the names that there are
 * went to @out.
 */
bool text_put_story(FILE *out, const json_t *document, const char *memory,
                    const char *device);

#endif
