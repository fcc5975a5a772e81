/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* document-read - a document from a file, checked. Touches the file system only. */
#include "tools/document/check.h"
#include "tools/document/document.h"
#include "zerocopy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Reads all of the file, so that what is not JSON is told from what cannot be read. */
static int load(json_t **out, FILE *file, const char *path)
{
    json_error_t error;

    errno = 0;
    *out = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    if (*out)
        return 0;
    if (ferror(file) || json_error_code(&error) == json_error_out_of_memory) {
        int result = errno ? -errno : -EIO;

        zc_log(ZC_LOG_ERROR, "cannot read %s: %s", path, strerror(-result));
        return result;
    }
    zc_log(ZC_LOG_ERROR, "%s:%d:%d: no JSON: %s", path, error.line, error.column,
           error.text);
    return -EINVAL;
}

int document_read(json_t **out, const char *path)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;
    char why[512];
    int result;

    *out = NULL;
    if (!file) {
        result = -errno;
        zc_log(ZC_LOG_ERROR, "cannot open %s: %s", path, strerror(-result));
        return result;
    }
    result = load(out, file, path);
    if (file != stdin)
        fclose(file);
    if (result)
        return result;
    result = check_document(*out, why, sizeof(why));
    if (result) {
        zc_log(ZC_LOG_ERROR, "%s: no document of %s: %s", path, CHECK_SCHEMA, why);
        json_decref(*out);
        *out = NULL;
    }
    return result;
}
