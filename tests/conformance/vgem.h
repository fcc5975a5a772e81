/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vgem.h - DRM devices by their driver, and vgem as an importer: the simplest there is.
 */
#ifndef VGEM_H
#define VGEM_H

#include <stddef.h>
#include <stdint.h>

/**
 * Finds the card of @driver and opens it. @path, if not NULL, gets the node's name.
 * Returns the fd, or -1.
 */
int drm_open(const char *driver, char *path, size_t size);

/** PRIME import. Returns 0, or a negative errno value. */
int drm_import(int drm, int buffer, uint32_t *handle);

/** Gives a handle up. */
void drm_release(int drm, uint32_t handle);

#endif
