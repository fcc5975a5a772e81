/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check-file - checks documents, one a line of stdin; answers each with "ok" or why not. */
#include "tools/document/check.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, stdin) > 0) {
        json_error_t error;
        json_t *document = json_loads(line, 0, &error);
        char why[512] = "ok";

        if (document)
            check_document(document, why, sizeof(why));
        printf("%s\n", document ? why : error.text);
        json_decref(document);
    }
    free(line);
    return 0;
}
