/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* left-out - the checks of a heap that have no line of their own, by the reason. */
#include "left-out.h"

#include <stdio.h>
#include <string.h>

#define REASONS 64

struct reason {
    char text[200];
    char names[1600]; /* separated by ", "; empty: a skip that was told in its line */
};

static struct reason kept[REASONS], skips[REASONS];

/* The place of a reason, or the first that is free; the last is for all that have none. */
static struct reason *find(struct reason *reasons, const char *text)
{
    char begin[sizeof(reasons->text)];
    size_t i;

    snprintf(begin, sizeof(begin), "%s", text);
    for (i = 0; i < REASONS - 1 && reasons[i].text[0]; i++)
        if (!strcmp(reasons[i].text, begin))
            return &reasons[i];
    memcpy(reasons[i].text, begin, sizeof(begin));
    return &reasons[i];
}

void left_out_add(const char *name, const char *reason)
{
    struct reason *place = find(kept, reason);
    size_t length = strlen(place->names);

    snprintf(place->names + length, sizeof(place->names) - length, "%s%s",
             length ? ", " : "", name);
}

bool left_out_again(const char *name, const char *reason)
{
    struct reason *place = find(skips, reason);

    if (place->names[0]) {
        left_out_add(name, reason);
        return true;
    }
    snprintf(place->names, sizeof(place->names), "%s", name);
    return false;
}

void left_out_tell(const char *heap)
{
    const char *between = "";

    if (!kept[0].text[0])
        return;
    printf("# not asked of %s: ", heap);
    for (struct reason *reason = kept; reason->text[0] && reason < kept + REASONS;
         reason++) {
        printf("%s%s (%s)", between, reason->names, reason->text);
        between = "; ";
    }
    printf("\n");
    fflush(stdout);
    memset(kept, 0, sizeof(kept));
}
