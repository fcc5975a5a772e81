/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* outfile - a file that appears whole or not at all. Touches the file system only. */
#include "tools/file/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Like mkostemp(), but with the permissions that the umask leaves a new file. */
static int create_beside(const char *path, char **out)
{
    static const int tries = 100;
    char *name;
    int fd = -1, result = -EEXIST;

    for (int i = 0; i < tries && result == -EEXIST; i++) {
        if (asprintf(&name, "%s.%d-%d.part", path, (int)getpid(), i) < 0)
            return -ENOMEM;
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        result = fd < 0 ? -errno : fd;
        if (fd < 0)
            free(name);
    }
    if (fd >= 0)
        *out = name;
    return result;
}

int outfile_open(struct outfile *file, const char *path)
{
    struct stat there;
    int fd, result;

    *file = (struct outfile){.path = path};
    if (!strcmp(path, "-")) {
        file->stream = stdout;
        return 0;
    }
    if (!stat(path, &there) && !S_ISREG(there.st_mode)) {
        fd = open(path, O_WRONLY | O_CLOEXEC);
        fd = fd < 0 ? -errno : fd;
    } else {
        fd = create_beside(path, &file->temporary);
    }
    if (fd < 0)
        return fd;
    file->stream = fdopen(fd, "w");
    if (file->stream)
        return 0;
    result = -errno;
    close(fd);
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    return result;
}

int outfile_close(struct outfile *file, int result)
{
    bool failed = ferror(file->stream);
    int closed = file->stream == stdout ? fflush(stdout) : fclose(file->stream);

    if (!result && closed)
        result = -errno;
    if (!result && failed)
        result = -EIO; /* some write before the last: its errno is gone */
    if (!result && file->temporary && rename(file->temporary, file->path))
        result = -errno;
    if (result && file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    *file = (struct outfile){0};
    return result;
}
