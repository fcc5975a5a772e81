/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-uname - the same host for every golden file. */
#include <string.h>
#include <sys/utsname.h>

int uname(struct utsname *name)
{
    strcpy(name->sysname, "Linux");
    strcpy(name->release, "6.12.48-amd64");
    strcpy(name->machine, "x86_64");
    return 0;
}
