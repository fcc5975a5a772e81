/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mutant.h - an element that copies frames, and does or does not hide it: what the tracer
 * must name, or say that it cannot tell.
 */
#ifndef MUTANT_H
#define MUTANT_H

#include <gst/gst.h>

enum mutant_way {
    MUTANT_PASSES,    /**< copies nothing */
    MUTANT_DEEP,      /**< gst_buffer_copy_deep() */
    MUTANT_MAPS,      /**< maps both, and copies into a dma-buf of its own */
    MUTANT_HIDDEN,    /**< the same by mmap() of the fds, which GStreamer does not see */
    MUTANT_SAME_POOL, /**< hidden, into a dma-buf that came in before */
    MUTANT_IN_PLACE,  /**< writes into the frame */
    MUTANT_LISTENS,   /**< keeps its own mmap() of each frame, and reads it there */
    MUTANT_HOLDS,     /**< keeps GStreamer's map of each frame */
    MUTANT_THREAD,    /**< maps in a thread of its own */
    MUTANT_RARELY,    /**< maps one frame of ten */
    MUTANT_GLANCES,   /**< reads by an mmap() that is gone before it sends the frame on */
    MUTANT_NARROWS,   /**< tells of rows that end before the picture does */
    MUTANT_WAYS,
};

/** Registers the element "mutant" of a plugin, or of none (NULL), with the property "way". */
gboolean mutant_register(GstPlugin *plugin);

#endif
