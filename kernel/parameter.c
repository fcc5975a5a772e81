// SPDX-License-Identifier: GPL-2.0-only
/* parameter - what the module's parameters hold: NAME or NAME:SIZE, by commas. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "zc-heaps.h"

const char *zc_list_find(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list && *list; list = zc_list_next(list))
		if (!strncmp(list, name, len) && (!list[len] || strchr(",:", list[len])))
			return list + len;
	return NULL;
}

const char *zc_list_next(const char *list)
{
	const char *comma = strchr(list, ',');

	return comma ? comma + 1 : NULL;
}

bool zc_list_size(const char *list, const char *name, u64 *bytes)
{
	const char *size = zc_list_find(list, name);
	char *end;

	if (!size || *size != ':')
		return false;
	*bytes = memparse(size + 1, &end);
	return end != size + 1 && (!*end || *end == ',');
}
