/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* driver.h - what drivers are known to do behind one and the same dma-buf. */
#ifndef AUDIT_DRIVER_H
#define AUDIT_DRIVER_H

/**
 * What a driver does with frames beside handing them on, as what follows its name in a
 * sentence; NULL: nothing is known. @path: of the device in sysfs, by which USB is told.
 */
const char *driver_does(const char *driver, const char *path);

#endif
