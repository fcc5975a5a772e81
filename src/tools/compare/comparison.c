/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* comparison - the rows of a comparison, and what their verdicts come to. */
#include "tools/compare/compare-private.h"

void compare_put_verdict(struct comparison *comparison, enum compare_verdict verdict)
{
    static const char *const words[] = {
        [COMPARE_UNJUDGED] = "-",      [COMPARE_SAME] = "same",
        [COMPARE_DIFFERS] = "differs", [COMPARE_WORSE] = "WORSE",
        [COMPARE_BETTER] = "better",
    };

    table_set(&comparison->table, 5, "%s", words[verdict]);
    comparison->rows++;
    comparison->worse += verdict == COMPARE_WORSE;
    comparison->better += verdict == COMPARE_BETTER;
}

void compare_put_ratio(struct comparison *comparison, double a, double b)
{
    if (a > 0)
        table_set(&comparison->table, 3, "%.3f", b / a);
    else
        table_set(&comparison->table, 3, "%s", b > 0 ? "from 0" : "-");
}
