/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-main - the tests of dmaheapgpu that need a GPU and a heap. */
#include "gpu-rig.h"
#include "memory/gstdmaheaplog.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    GError *error = NULL;

    gst_init(&argc, &argv);
    gst_dma_heap_log_init();
    rig_allocator = gst_dma_heap_allocator_new(NULL, FALSE, &error);
    if (!rig_allocator) {
        printf("FAIL gpu: %s\n", error->message);
        g_error_free(error);
        return 1;
    }
    test_pixels();
    test_stream();
    test_refusals();
    test_fences();
    gst_object_unref(rig_allocator);
    gst_deinit();
    return device_exit_code();
}
