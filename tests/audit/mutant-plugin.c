/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mutant-plugin - the element that hides copies, for launch lines. */
#include "../plugins/mutant.h"

static gboolean plugin_init(GstPlugin *plugin)
{
    return mutant_register(plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, mutant, "Hides copies of frames",
                  plugin_init, "0", "LGPL", PACKAGE, "zerocopy")
