# SPDX-License-Identifier: LGPL-2.1-or-later
include $(sort $(wildcard $(BR2_EXTERNAL_ZEROCOPY_PATH)/package/*/*.mk))
