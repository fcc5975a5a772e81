/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* support - what these tests share. */
#include "support.h"

char *read_whole(const char *path)
{
    char *text = NULL;
    size_t size = 0, room = 0;
    FILE *file = fopen(path, "r");

    if (!file)
        return NULL;
    do {
        text = realloc(text, room += 65536);
        size += fread(text + size, 1, room - size - 1, file);
    } while (size == room - 1);
    text[size] = '\0';
    fclose(file);
    return text;
}

void assert_golden(const char *name, const char *got)
{
    char path[512], *want;

    snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
    if (getenv("ZC_GOLDEN_UPDATE")) {
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        fputs(got, file);
        fclose(file);
    }
    want = read_whole(path);
    if (!want || strcmp(want, got))
        fail_msg("%s differs:\n%.4000s", name, got);
    free(want);
}

char *rendered(void (*render)(FILE *out, const json_t *document), const json_t *document)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    render(out, document);
    assert_int_equal(fclose(out), 0);
    return text;
}
