/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * write - writes the documents of fake-bench.c, for tests that are no C: "write FOLDER"
 * makes flow.json, flow.html and so on in it.
 */
#include "fake-flow.h"
#include "tools/view/render.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        struct document *(*make)(void);
    } documents[] = {
        {"flow", fake_flow},       {"alloc", fake_alloc},     {"gpu-run", fake_gpu_run},
        {"tour", fake_tour},       {"gpu-run", fake_gpu_run}, {"tour", fake_tour},
        {"hostile", fake_hostile}, {"empty", fake_empty},     {"probe", fake_probe}};
    int result = 0;

    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        struct document *document = documents[i].make();
        char path[3][512];
        struct outputs outputs = {path[0], path[1], path[2]};

        snprintf(path[0], 512, "%s/%s.json", argc > 1 ? argv[1] : ".", documents[i].name);
        snprintf(path[1], 512, "%s/%s.csv", argc > 1 ? argv[1] : ".", documents[i].name);
        snprintf(path[2], 512, "%s/%s.html", argc > 1 ? argv[1] : ".", documents[i].name);
        if (document_check(document) || render_outputs(document_json(document), &outputs))
            result = 1;
        document_destroy(document);
    }
    return result;
}
