/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dissent - looks through the cells for what one device takes and another refuses. */
#include "probe/dissent.h"

#include <stdio.h>
#include <string.h>

static bool takes(const struct document *document, const char *memory,
                  const struct party *party, const struct zc_format *format)
{
    return report_outcome(document, memory, party->device, party->use, format) <=
           CELL_UNCHECKED;
}

/* "a takes MEMORY, which b refuses at import: EINVAL", behind what is in @text. */
static void add(const struct document *document, const char *memory,
                const struct party *taker, const struct party *other,
                const struct zc_format *format, char *text, size_t size)
{
    const json_t *cell =
        report_cell_of(document, memory, other->device, other->use, format);
    const char *step = json_string_value(json_object_get(cell, "step"));
    const char *answer = json_string_value(json_object_get(cell, "errno"));
    size_t used = strlen(text);

    snprintf(text + used, size - used, "%s%s takes %s, which %s refuses at %s%s%s",
             used ? "; " : "", taker->device, memory, other->device,
             step ? step : "a trial", answer ? ": " : "", answer ? answer : "");
}

bool dissent_tell(const struct document *document, const struct party party[2],
                  const struct zc_format *format, char *text, size_t size)
{
    const json_t *probe = json_object_get(document_json(document), "probe");
    bool told[2] = {false, false};
    char found[400] = "";
    size_t index;
    json_t *memory;

    json_array_foreach(json_object_get(probe, "memories"), index, memory) {
        const char *name = json_string_value(json_object_get(memory, "name"));
        bool taken[2];

        for (int i = 0; i < 2; i++)
            taken[i] = takes(document, name, &party[i], format);
        if (taken[0] && taken[1])
            return false;
        for (int i = 0; i < 2; i++) {
            if (!taken[i] || told[i] ||
                report_outcome(document, name, party[!i].device, party[!i].use, format) !=
                    CELL_REFUSED)
                continue;
            add(document, name, &party[i], &party[!i], format, found, sizeof(found));
            told[i] = true;
        }
    }
    if (found[0])
        snprintf(text, size, "%s", found);
    return found[0];
}
