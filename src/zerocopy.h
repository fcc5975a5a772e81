/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * zerocopy.h - video frames in dma-bufs from camera to GPU to display, without copies.
 *
 * Rules that hold for every declaration here, unless it says otherwise:
 *  - functions that return int return 0, or a negative errno value, and have then said why
 *    through the log at ZC_LOG_ERROR: what was tried, on which device, what the kernel
 *    answered, and what can be done;
 *  - an object is used by one thread at a time; different objects by different threads.
 *    Reference counts of frames may change from any thread;
 *  - *_close, *_destroy and *_unref accept NULL;
 *  - times are CLOCK_MONOTONIC nanoseconds, sizes are bytes unless they say pixels;
 *  - strings returned as const char * belong to the object and live as long as it.
 */
#ifndef ZEROCOPY_H
#define ZEROCOPY_H

/* clang-format off: the comments beside members are laid out by hand */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the library that was built against, as "major.minor.patch". */
const char *zc_version(void);

/* ------------------------------------------------------------------ log */

enum zc_log_level {
    ZC_LOG_ERROR,   /**< a call failed */
    ZC_LOG_WARNING, /**< it goes on, worse than asked: above all, a fallback that copies */
    ZC_LOG_INFO,    /**< what was chosen and why */
    ZC_LOG_DEBUG,   /**< optional paths that failed, every import */
};

/** Receives one message without a newline. Threads: any, may be called concurrently. */
typedef void (*zc_log_handler)(enum zc_log_level level, const char *message, void *user);

/**
 * Sets who gets messages up to and including @level; @handler NULL means stderr, one line
 * each. The default is stderr and ZC_LOG_WARNING.
 * Threads: call it before other threads use the library.
 */
void zc_log_set(enum zc_log_level level, zc_log_handler handler, void *user);

/**
 * Has @handler hear all messages up to and including @level as well, from now on: for a part
 * of a program, as a plugin, that must leave zc_log_set() to the program. Where somebody
 * listens and zc_log_set() was never called, nothing goes to stderr.
 * Threads: one at a time; others may use the library meanwhile. Errors, silent: -ENOSPC.
 */
int zc_log_listen(enum zc_log_level level, zc_log_handler handler, void *user);

/** Logs a printf-style message. Threads: any. */
void zc_log(enum zc_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---------------------------------------------------------------- clock */

/** The time now, of the clock that all times here are of. Threads: any. */
int64_t zc_now_ns(void);

/** CPU time that all threads of this process have used, ns. Threads: any. */
int64_t zc_cpu_time_ns(void);

/* ------------------------------------------------------------- counters */

/**
 * What this process has done that the hot path must not do. All figures only ever grow;
 * take two readings and subtract.
 */
struct zc_counters {
    uint64_t allocations; /**< buffers allocated from heaps */
    uint64_t cpu_maps;    /**< zc_frame_begin_cpu() calls: reads or writes by the CPU */
    uint64_t cpu_syncs;   /**< frames synced around a camera's driver that writes with the CPU,
                               as uvcvideo does, on machines whose caches need that: no map,
                               no copy */
    uint64_t camera_imports;  /**< buffers that a camera was first given */
    uint64_t gpu_imports;     /**< EGLImages created */
    uint64_t display_imports; /**< framebuffers created */
};

/** Reads the process-wide counters. Threads: any. */
void zc_counters_read(struct zc_counters *out);

/* --------------------------------------------------------------- format */

#define ZC_MAX_PLANES 4

enum zc_model {
    ZC_MODEL_RGB,
    ZC_MODEL_YUV,
    ZC_MODEL_GREY,
};

/** One plane of a format. A block is the smallest group of pixels stored together. */
struct zc_format_plane {
    uint8_t block_bytes;  /**< bytes of one block */
    uint8_t block_width;  /**< luma pixels that one block spans horizontally */
    uint8_t block_height; /**< luma rows that one row of blocks spans */
    uint32_t
        gl_fourcc; /**< DRM fourcc that a GPU imports this plane as, one texel a block */
};

/** A row of the format table; the rows are static and compared by pointer. */
struct zc_format {
    const char *name; /**< as users write it: "XR24", "NV12M", … */
    uint32_t fourcc;  /**< DRM_FORMAT_* */
    uint32_t v4l2;    /**< V4L2_PIX_FMT_* */
    enum zc_model model;
    const char *order; /**< components of a block of packed YUV or of the chroma planes,
                              in memory order: "yuyv", "uv", …; NULL for other formats */
    bool separate; /**< each plane is in a buffer of its own (the M formats of V4L2) */
    int n_planes;
    struct zc_format_plane plane[ZC_MAX_PLANES];
};

/** The table; ends with a row whose name is NULL. */
extern const struct zc_format zc_formats[];

/** Finds a format by name, case-insensitively. Returns NULL if there is none. */
const struct zc_format *zc_format_by_name(const char *name);

/** The @index-th of the formats that a GPU is best given by a camera, the best first, or NULL. */
const struct zc_format *zc_format_for_gpu(int index);

/** Finds a format by its V4L2_PIX_FMT_* value. Returns NULL if there is none. */
const struct zc_format *zc_format_by_v4l2(uint32_t v4l2);

/** Finds the format with all planes in one buffer by its DRM_FORMAT_*, or NULL. */
const struct zc_format *zc_format_by_drm(uint32_t fourcc);

/** Writes the four characters of @fourcc and a NUL; unprintable ones become '?'. */
void zc_fourcc_text(uint32_t fourcc, char text[5]);

enum zc_matrix {
    ZC_MATRIX_BT601,
    ZC_MATRIX_BT709,
    ZC_MATRIX_BT2020,
};

enum zc_range {
    ZC_RANGE_LIMITED, /**< luma 16–235, chroma 16–240 */
    ZC_RANGE_FULL,    /**< 0–255 */
};

/** How YUV values are to be read; ignored for RGB. */
struct zc_colour {
    enum zc_matrix matrix;
    enum zc_range range;
};

/**
 * Fills @out with the affine map from YUV in [0,1] to RGB in [0,1]:
 * rgb[i] = out[i][0]*y + out[i][1]*u + out[i][2]*v + out[i][3].
 * Source: ITU-R BT.601-7, BT.709-6, BT.2020-2; 8-bit quantisation.
 */
void zc_colour_matrix(const struct zc_colour *colour, float out[3][4]);

/**
 * The way back: fills @out with the affine map from RGB in [0,1] to YUV in [0,1],
 * yuv[i] = out[i][0]*r + out[i][1]*g + out[i][2]*b + out[i][3]. Source: as above.
 */
void zc_colour_inverse(const struct zc_colour *colour, float out[3][4]);

/** "BT.601 limited" and the like. */
const char *zc_colour_text(const struct zc_colour *colour);

/** Where the pixels of a frame are. Plain data, copied freely. */
struct zc_layout {
    const struct zc_format *format;
    uint64_t modifier;      /**< DRM_FORMAT_MOD_*; 0 is linear */
    uint32_t width, height; /**< pixels */
    struct zc_colour colour;
    int n_planes;
    struct {
        int buffer;      /**< which of the buffers holds the plane */
        uint32_t offset; /**< bytes from the start of that buffer */
        uint32_t stride; /**< bytes from one row of blocks to the next */
    } plane[ZC_MAX_PLANES];
    int n_buffers;               /**< 1, or n_planes for separate formats */
    size_t bytes[ZC_MAX_PLANES]; /**< size of each buffer */
};

/** What a layout must satisfy. 0 stands for no demand; all are powers of two. */
struct zc_align {
    uint32_t stride; /**< every stride is a multiple of this many bytes */
    uint32_t rows;   /**< rows of each plane are padded to a multiple of this */
    uint32_t offset; /**< every plane starts at a multiple of this many bytes */
};

/**
 * Lays out a linear frame of @width x @height pixels of @format under @align (NULL: tight).
 * Odd sizes round chroma up. Errors: -EINVAL for a zero size, a size above 32768 pixels, a
 * layout too large for its offsets, or an alignment that is no power of two. Says nothing through the log.
 */
int zc_layout_solve(struct zc_layout *out, const struct zc_format *format, uint32_t width,
                    uint32_t height, const struct zc_align *align);

/**
 * Sets the first plane's stride to @stride as a driver demands it, and the other planes'
 * strides and offsets and the sizes by V4L2's rules for single-buffer formats (each
 * follows from the first, no padding between planes). Errors: -EINVAL when a row of pixels
 * does not fit in @stride.
 * Source: Linux media documentation, "Single-planar format structure".
 */
int zc_layout_set_stride(struct zc_layout *layout, uint32_t stride);

/** Rows of blocks and bytes of pixel data in a row (without padding) of plane @plane. */
uint32_t zc_layout_rows(const struct zc_layout *layout, int plane);
uint32_t zc_layout_row_bytes(const struct zc_layout *layout, int plane);

/* ----------------------------------------------------------------- heap */

struct zc_heap;

/** A heap as the system offers it, whether or not it can be opened. */
struct zc_heap_entry {
    char name[64];
    char path[128];
    int error; /**< 0, or the negative errno value that opening it gives: -EACCES, … */
};

/**
 * Lists the heaps of /dev/dma_heap, sorted by name, and "udmabuf" where /dev/udmabuf is.
 * Returns how many there are, of which the first @capacity are written to @entries, or a
 * negative errno value.
 */
int zc_heap_list(struct zc_heap_entry *entries, int capacity);

/**
 * Opens a heap.
 * @spec: a name ("system"), a path ("/dev/dma_heap/system"), "udmabuf", a property
 *   ("contiguous": of the kernel's CMA area under whichever name, else of another reserved
 *   region that the device tree calls reusable, else "system-contiguous"; "cached": the
 *   best ordinary one), or NULL or "auto", which are "cached" for one who can ask nobody.
 * Errors: -ENOENT there is none of that name (the message lists those there are and what
 *   would give one), -EACCES no permission (it names the group to join), others from open().
 */
int zc_heap_open(struct zc_heap **out, const char *spec);
void zc_heap_close(struct zc_heap *heap);

/** The heap's name, and how it came to be chosen ("asked for", "first of …"). */
const char *zc_heap_name(const struct zc_heap *heap);
const char *zc_heap_reason(const struct zc_heap *heap);

/**
 * Allocates one zeroed dma-buf.
 * @bytes: at least this many; rounded up to @align and to pages.
 * @align: 0 or a power of two that the length is rounded up to. The start is page-aligned:
 *   more cannot be asked of a heap.
 * @name: what the dma-buf is called in debugfs, at most 31 characters, or NULL.
 * The caller owns *fd (close-on-exec).
 * Errors: -EINVAL length or alignment, -ENOMEM the heap is exhausted (the message says the
 *   size, and what makes room).
 */
int zc_heap_alloc(struct zc_heap *heap, size_t bytes, size_t align, const char *name,
                  int *fd);

/* -------------------------------------------------------------- dma-buf */

enum zc_cpu_access {
    ZC_CPU_READ = 1,
    ZC_CPU_WRITE = 2,
};

/**
 * Begins and ends access by the CPU to a dma-buf that the caller has mapped: waits for
 * devices' work, and syncs caches. For a frame there is zc_frame_begin_cpu(), which maps and
 * counts as well.
 * @access: of zc_cpu_access, one or both; the same at the end as at the beginning.
 * Threads: any. Errors, silent: -ENOTTY @fd is no dma-buf, the driver's.
 * Source: Linux, "Buffer Sharing and Synchronization", DMA_BUF_IOCTL_SYNC.
 */
int zc_dmabuf_begin_cpu(int fd, int access);
int zc_dmabuf_end_cpu(int fd, int access);

/**
 * Gets a sync_file that signals when all work has ended that is in the way of reading the
 * dma-buf, or of writing to it when @writes.
 * The caller owns *fence. Threads: any. Errors, silent: -ENOTTY the kernel is older than 6.0.
 * Source: Linux, "Buffer Sharing and Synchronization", DMA_BUF_IOCTL_EXPORT_SYNC_FILE.
 */
int zc_dmabuf_get_fence(int fd, bool writes, int *fence);

/**
 * Makes those who come after wait for @fence, a sync_file of work that reads the dma-buf, or
 * writes to it when @writes.
 * The caller keeps @fence. Threads: any. Errors, silent: as zc_dmabuf_get_fence().
 * Source: the same, DMA_BUF_IOCTL_IMPORT_SYNC_FILE.
 */
int zc_dmabuf_add_fence(int fd, bool writes, int fence);

/**
 * Waits until a sync_file signals, or until nobody writes to a dma-buf any more.
 * @timeout_ms: how long at most; -1 is for ever, 0 asks only.
 * Threads: any. Errors, silent: -ETIME the time is over, -EINVAL @fence is neither.
 */
int zc_fence_wait(int fence, int timeout_ms);

/* ---------------------------------------------------------------- frame */

struct zc_frame;

/** Where a frame has been, in the order of its life. */
enum zc_stage {
    ZC_STAGE_CAPTURE, /**< the camera's own timestamp */
    ZC_STAGE_DEQUEUE, /**< the camera gave it to us */
    ZC_STAGE_SUBMIT,  /**< GPU work submitted, or the CPU copy begun */
    ZC_STAGE_FINISH,  /**< that work done */
    ZC_STAGE_COMMIT,  /**< committed to the display */
    ZC_STAGE_FLIP,    /**< scan-out began */
    ZC_STAGE_COUNT
};

/** What the camera's timestamp marks. Source: V4L2_BUF_FLAG_TSTAMP_SRC_*. */
enum zc_capture_clock {
    ZC_CAPTURE_UNKNOWN,           /**< not CLOCK_MONOTONIC, not said, or later than the
                                       dequeue, so false: no latency from it */
    ZC_CAPTURE_END_OF_FRAME,      /**< monotonic, last pixel received */
    ZC_CAPTURE_START_OF_EXPOSURE, /**< monotonic, exposure began */
};

/** What a frame carries beside its pixels. */
struct zc_frame_meta {
    uint32_t sequence; /**< the camera's count, gaps are losses */
    enum zc_capture_clock clock;
    bool damaged;                  /**< the camera flagged its content as bad */
    int64_t at_ns[ZC_STAGE_COUNT]; /**< 0: not been there */
};

/** The parts of the time from a frame's capture to its flip; in this order they add up. */
enum zc_part {
    ZC_PART_DEQUEUE, /**< captured, until we had it */
    ZC_PART_SUBMIT,  /**< until the GPU, or the CPU that copies, began with it */
    ZC_PART_WORK,    /**< until that was done, or it was committed before */
    ZC_PART_WAIT,    /**< ready, until it was committed */
    ZC_PART_FLIP,    /**< committed, until scan-out began */
    ZC_PART_COUNT
};

/** "ready to commit" and the like. */
const char *zc_part_name(enum zc_part part);

/**
 * When all pixels of a shown frame were there: at the end of the work on it, or, without any
 * work, at its dequeue. With a fence that may be after its commit; where nobody saw the end
 * of the work, it is taken to be the commit.
 */
int64_t zc_frame_ready_ns(const struct zc_frame_meta *meta);

/** How long @part of a frame that was shown took; false: the frame had no such part. */
bool zc_frame_part(const struct zc_frame_meta *meta, enum zc_part part, int64_t *ns);

/** Allocates the buffers of @layout from @heap. The caller owns the one reference. */
int zc_frame_create(struct zc_frame **out, struct zc_heap *heap,
                    const struct zc_layout *layout);

/**
 * Makes a frame of dma-bufs that exist. @fds: one for each of layout->n_buffers; ownership
 * passes to the frame on success only. Errors: -EINVAL when a plane does not lie within its
 * buffer (checked against the dma-buf's own size), -EBADF for what is no dma-buf.
 */
int zc_frame_wrap(struct zc_frame **out, const struct zc_layout *layout, const int *fds);

/** Takes a reference, returned for convenience. Threads: any. */
struct zc_frame *zc_frame_ref(struct zc_frame *frame);
/** Drops one; the last calls what zc_frame_set_release() set, and destroys a frame that
 * nobody keeps. */
void zc_frame_unref(struct zc_frame *frame);

/**
 * Sets what is called, once, when nobody uses the frame any more: its memory (a decoder's
 * buffer, for example) may then be written again. A function that was set before is called
 * now. NULL: none. Frames of a pool have the pool's. Threads: the holder of a reference;
 * @release runs on the thread that drops the last one.
 */
void zc_frame_set_release(struct zc_frame *frame,
                          void (*release)(struct zc_frame *frame, void *user),
                          void *user);

/**
 * Keeps a frame, with what devices imported of it, alive while nobody uses it. The keeper
 * takes it up again by zc_frame_ref(), once its release was called. Threads: any.
 */
void zc_frame_keep(struct zc_frame *frame);
/** Gives it up; it is destroyed with the last use. NULL: nothing. */
void zc_frame_unkeep(struct zc_frame *frame);

const struct zc_layout *zc_frame_layout(const struct zc_frame *frame);
/** The frame's own meta data, for reading and writing. Reset when it returns to its pool. */
struct zc_frame_meta *zc_frame_meta(struct zc_frame *frame);

/** The dma-buf of buffer @buffer (not plane), still the frame's; -1 for CPU memory. */
int zc_frame_fd(const struct zc_frame *frame, int buffer);

/**
 * The identity of a buffer: the inode number of its dma-buf, the same in every process and
 * for every fd of it. 0 for memory that is no dma-buf.
 */
uint64_t zc_frame_identity(const struct zc_frame *frame, int buffer);

/**
 * The sync_file that signals when the frame's pixels are written, or -1 when they are.
 * Set takes ownership of @fence and closes the one before.
 */
int zc_frame_fence(const struct zc_frame *frame);
void zc_frame_set_fence(struct zc_frame *frame, int fence);

/**
 * Begins CPU access: maps (once in a frame's life), syncs caches, waits for device work as
 * DMA_BUF_IOCTL_SYNC does, and counts it. @plane: pointers to each plane's first byte.
 * Every begin needs its zc_frame_end_cpu(); they do not nest.
 */
int zc_frame_begin_cpu(struct zc_frame *frame, int access, void *plane[ZC_MAX_PLANES]);
int zc_frame_end_cpu(struct zc_frame *frame);

/** How often CPU access was begun on this frame. */
uint64_t zc_frame_cpu_maps(const struct zc_frame *frame);

/* ----------------------------------------------------------------- pool */

struct zc_pool;

/**
 * Allocates @n frames of @layout from @heap, which must outlive this call only.
 * A pool never grows.
 */
int zc_pool_create(struct zc_pool **out, struct zc_heap *heap,
                   const struct zc_layout *layout, int n);

/** Gives the pool up; its memory goes when the last frame outside has come back. */
void zc_pool_unref(struct zc_pool *pool);

/** A free frame with one reference, or NULL when all are held. Never allocates. */
struct zc_frame *zc_pool_acquire(struct zc_pool *pool);

int zc_pool_size(const struct zc_pool *pool);
int zc_pool_free(const struct zc_pool *pool);
/**
 * Frame @index of the pool, free or not, without a reference; NULL beyond the end. For
 * importing and verifying: only an acquired frame may be queued or shown.
 */
struct zc_frame *zc_pool_frame(const struct zc_pool *pool, int index);

/**
 * Who holds the frames: "camera 3, display 1, free 0". Stages say so by
 * zc_frame_set_holder(), whose @holder must be a string literal.
 */
void zc_pool_describe(const struct zc_pool *pool, char *text, size_t size);
void zc_frame_set_holder(struct zc_frame *frame, const char *holder);

/* --------------------------------------------------------------- camera */

struct zc_camera;

/** For zc_camera_mode.rate_num: as many frames a second as the camera gives at that size. */
#define ZC_RATE_HIGHEST UINT32_MAX

/** A mode asked for (0 or NULL: the driver's choice) or given. */
struct zc_camera_mode {
    const struct zc_format *format;
    uint32_t width, height; /**< pixels */
    uint32_t rate_num,
        rate_den; /**< frames a second, as a fraction; left free, the driver's
                                      nearest to 60; 0/1 given: it does not say */
};

/**
 * Opens a V4L2 capture device, through libv4l2 with conversion off.
 * @path: "/dev/video0", or NULL for the first that captures video in a format of the table and
 *   needs no set-up by a media controller (V4L2_CAP_IO_MC). Which nodes were passed over, and
 *   why, is said at ZC_LOG_INFO, and in the error where none is left.
 * Errors: -ENOENT, -EACCES (names the group), -EBUSY, -ENOTSUP (the message says why it is no
 *   camera for us: what it is, or which formats it has).
 */
int zc_camera_open(struct zc_camera **out, const char *path);

/** Of a device from memory to memory: what it writes, and what it reads. */
enum zc_camera_queue {
    ZC_QUEUE_CAPTURE,
    ZC_QUEUE_OUTPUT,
};

/**
 * A queue of a device that somebody else has open, be it a camera or a converter, decoder or
 * encoder, to ask it: zc_camera_format(), zc_camera_has_size(), zc_camera_get_layout(),
 * zc_camera_try_layout(). Nothing is set.
 * @fd: stays the caller's, who may close it at any time. Errors: as zc_camera_open().
 */
int zc_camera_open_fd(struct zc_camera **out, int fd, enum zc_camera_queue queue);
void zc_camera_close(struct zc_camera *camera);

const char *zc_camera_path(const struct zc_camera *camera);
/** Card and driver: "vivid (vivid)". */
const char *zc_camera_name(const struct zc_camera *camera);

/** The @index-th format that both the camera and the format table know, or NULL. */
const struct zc_format *zc_camera_format(const struct zc_camera *camera, int index);

/** Whether @format is one of these. */
bool zc_camera_has_format(const struct zc_camera *camera, const struct zc_format *format);

/** Whether the camera lists @width x @height for @format; silent. */
bool zc_camera_has_size(const struct zc_camera *camera, const struct zc_format *format,
                        uint32_t width, uint32_t height);

/**
 * Sets the mode and says what came of it: *mode as the driver runs it, *layout as it will
 * write, with colour by V4L2's rules.
 * @align: wish for strides; a driver may refuse, so look at *layout.
 * A size left free is the driver's: what it runs now, or, where that is of a format that is not
 * in the table, such as MJPG, the nearest that it lists.
 * Errors: -ENOTSUP a format the camera lacks, -ERANGE a size or rate it lacks (the message
 *   lists what there is, and in which formats, such as MJPG, there is that size), -EBUSY it streams or another program does.
 */
int zc_camera_set_mode(struct zc_camera *camera, struct zc_camera_mode *mode,
                       const struct zc_align *align, struct zc_layout *layout);

/**
 * How the driver is set to write now, by whoever set it. Errors, silent: -ENOTSUP the format
 * is not in the table, -EINVAL its strides make no sense, the driver's.
 */
int zc_camera_get_layout(const struct zc_camera *camera, struct zc_layout *layout);

/**
 * How the driver would write that picture; nothing is set, and it may stream meanwhile.
 * @align: wish for strides; a driver may refuse, so look at *layout.
 * Errors, silent: -ERANGE it has not that format or size, -EINVAL its strides make no sense,
 *   the driver's. Source: VIDIOC_TRY_FMT.
 */
int zc_camera_try_layout(const struct zc_camera *camera, const struct zc_format *format,
                         uint32_t width, uint32_t height, const struct zc_align *align,
                         struct zc_layout *layout);

/**
 * Where the pixels begin in the buffers of a device that streams, by whichever program.
 * @offset: bytes from the begin of each buffer of a frame; of the driver's first frame.
 * Errors, silent: -ENOTSUP a device of the single-planar kind, whose pixels begin at the
 *   begin; -EINVAL it has no buffers. Source: v4l2_plane.data_offset.
 */
int zc_camera_ask_offset(const struct zc_camera *camera, uint32_t offset[ZC_MAX_PLANES]);

/**
 * Makes the camera write into the frames of @pool (V4L2_MEMORY_DMABUF). The camera holds
 * frames, not the pool: call zc_pool_unref() after zc_camera_stop().
 * Where the driver writes its pixels some bytes into the buffers, which it says only now, the
 * layouts of the frames follow, here and in zc_camera_export() and zc_camera_mmap(): what
 * other devices have imported of them is imported anew. So give frames to the camera first.
 * Errors: -ENOTSUP the driver cannot import at all, -EIO its pixels would not fit in the
 *   buffers; the driver's own answer to the first frame otherwise, with a message that names
 *   the heap's likely fault (-EFAULT: memory that is not contiguous).
 * Source: Linux media documentation, struct v4l2_plane, data_offset.
 */
int zc_camera_import(struct zc_camera *camera, struct zc_pool *pool);

/** Makes @n frames of the camera's own memory (VIDIOC_EXPBUF); the caller owns *pool. */
int zc_camera_export(struct zc_camera *camera, int n, struct zc_pool **pool);

/** The same, mapped for the CPU and no dma-buf: what a copying program does. */
int zc_camera_mmap(struct zc_camera *camera, int n, struct zc_pool **pool);

/** Queues every free frame of the pool and starts. */
int zc_camera_start(struct zc_camera *camera);
/** Stops, and gives all queued frames back to the pool. Harmless when stopped. */
void zc_camera_stop(struct zc_camera *camera);

/** Poll it for POLLIN. Of POLLERR and POLLHUP zc_camera_dequeue() says what they mean. */
int zc_camera_fd(const struct zc_camera *camera);

/**
 * Takes a finished frame, with sequence, clock and timestamps set; the caller owns the
 * reference. Its layout is another than before where the driver moved its pixels within the
 * buffer. Errors, silent the first: -EAGAIN none yet, -ENODEV unplugged, -EIO,
 * -ENOLINK, with a warning, the signal's mode changed: stop, zc_camera_follow(), and set a mode
 * again. A signal that is lost is no error: zc_camera_signal() tells.
 */
int zc_camera_dequeue(struct zc_camera *camera, struct zc_frame **out);

/** What the camera's input receives. Source: V4L2_IN_ST_*, VIDIOC_QUERY_DV_TIMINGS. */
enum zc_camera_signal {
    ZC_SIGNAL_GOOD,         /**< a picture; or the driver does not tell */
    ZC_SIGNAL_NONE,         /**< nothing: unplugged, or switched off */
    ZC_SIGNAL_NO_LOCK,      /**< something that the receiver does not lock on */
    ZC_SIGNAL_OUT_OF_RANGE, /**< a mode that the receiver cannot take */
};

/** "good", "no signal", "no lock" or "out of range". */
const char *zc_camera_signal_text(enum zc_camera_signal signal);

/** What the driver told last: at the start, by an event, or when it was asked. Costs nothing. */
enum zc_camera_signal zc_camera_signal(const struct zc_camera *camera);

/**
 * Asks the driver; zc_camera_signal() then tells. A few ioctls: cheap enough to ask each
 * second, not each frame. What is new is said once, by a warning. Errors: -ENOLINK, with a
 * warning, the signal is back in another mode than the camera's.
 */
int zc_camera_ask_signal(struct zc_camera *camera);

/**
 * Stops, and sets the camera to the mode of the signal that it receives: DV timings, or a TV
 * standard. Set a mode, and give it frames, after that. All stays as it is where there is no
 * signal, or where the input has no such modes. Errors: -EBUSY it streams for another
 * program, the driver's.
 */
int zc_camera_follow(struct zc_camera *camera);

/**
 * Asks the driver which dma-buf it holds for @frame, and compares identities. Not for the
 * hot path. Returns 1 the same, 0 another, -ENOTSUP it does not tell (silently).
 */
int zc_camera_verify(const struct zc_camera *camera, const struct zc_frame *frame);

/** Queues every free frame of the pool again. Call it after frames came home. */
int zc_camera_refill(struct zc_camera *camera);

/** Frames the camera's sequence numbers say were lost since start. */
uint64_t zc_camera_lost(const struct zc_camera *camera);

/* ------------------------------------------------------------------ gpu */

struct zc_gpu;

struct zc_gpu_info {
    const char *device;   /**< "/dev/dri/renderD128", "software", or "surfaceless" */
    const char *renderer; /**< GL_RENDERER */
    bool software;
    bool native_fence; /**< EGL_ANDROID_native_fence_sync works */
    /** A sentence where the driver copies each linear frame before it reads it, as those of
     *  GPUs do that sample tiled pictures only (v3d, vc4, etnaviv); NULL: it does not.
     *  Source: Mesa, by the renderer's name. */
    const char *retiles;
};

/** Pixels; zero width stands for the whole. */
struct zc_rect {
    int32_t x, y;
    uint32_t width, height;
};

/** What to do on the way: scale to @to, after rotating clockwise, after flipping. */
struct zc_gpu_op {
    int rotate;        /**< degrees clockwise: 0, 90, 180, 270 */
    bool flip_h;       /**< mirror left and right, before rotation */
    bool flip_v;       /**< mirror top and bottom, before rotation */
    struct zc_rect to; /**< where in the destination, cut at its edges; the rest becomes
                            black, X and alpha 255 */
};

/**
 * Opens a GPU on EGL's device platform; where EGL has none, on GBM (libgbm.so.1, if it is
 * there), and last without any node.
 * @device: NULL for the first GPU that draws into linear memory, which is tried with a small
 *   picture where there is a heap, else a renderer in software (a warning says which GPUs
 *   were passed over, and why); a node "/dev/dri/renderD128", taken untried; or "software".
 * The EGL context stays current on the calling thread: later calls come from it, until
 * zc_gpu_release() there lets the next come from any other. Frames may be dropped on any
 * thread. Other users of EGL on the thread are put aside by a call, and get their context
 * back by zc_gpu_release() or zc_gpu_close().
 * Errors: -ENODEV none, -ENOTSUP it lacks EGL_EXT_image_dma_buf_import or surfaceless
 *   contexts.
 */
int zc_gpu_open(struct zc_gpu **out, const char *device);
void zc_gpu_close(struct zc_gpu *gpu);

/**
 * Leaves the calling thread, so that the next call may come from any thread: that call
 * makes the context current there. Work goes on, fences stay. What another user of EGL had
 * current here before is so again. Harmless where the context is not current.
 * Threads: the one that made the last call. Costs a flush: where calls stay on one thread,
 * there is no need of it.
 */
void zc_gpu_release(struct zc_gpu *gpu);

const struct zc_gpu_info *zc_gpu_info(const struct zc_gpu *gpu);

/**
 * Whether zc_gpu_convert() may take a source of @format that lies as @modifier says; linear it
 * always may. What the driver lists; a frame may be refused all the same.
 * Threads: any.
 */
bool zc_gpu_has_format(const struct zc_gpu *gpu, const struct zc_format *format,
                       uint64_t modifier);

/**
 * The @index-th modifier, linear left out, with which zc_gpu_pool() makes frames of @format that
 * zc_gpu_convert() may draw into. Returns false where there is none of that index.
 * Source: EGL_EXT_image_dma_buf_import_modifiers, and GBM.
 */
bool zc_gpu_modifier(struct zc_gpu *gpu, const struct zc_format *format, int index,
                     uint64_t *modifier);

/**
 * @n frames to draw into, in memory that the GPU's own driver allocates and lays out: for a
 * display that shows no linear ones. The caller owns *pool.
 * @layout: format and size; the frames' own tells modifier, stride and offset.
 * @modifiers: of zc_gpu_modifier() and of the display; the driver chooses of them.
 * Errors: -ENOENT the GPU has no node, -ELIBACC there is no libgbm that can, -ENOTSUP its
 *   driver lays none of these out in one plane, the driver's.
 */
int zc_gpu_pool(struct zc_gpu *gpu, const struct zc_layout *layout,
                const uint64_t *modifiers, int n_modifiers, int n, struct zc_pool **pool);

/**
 * Sets the user's fragment shader, GLSL ES 1.00, that defines
 *     vec4 zc_effect(vec2 at)
 * with @at in [0,1] of the source picture, top left (0,0). It may call zc_sample(vec2),
 * which gives the source's colour as vec4, and read zc_size (vec2, source pixels) and
 * zc_time (float, seconds since the shader was set). It may not have #version or
 * #extension, nor names of its own that begin with zc_. @name: how messages call it, as a
 * file name. NULL source removes it; after an error the one before stays.
 * Errors: -EINVAL it is longer than 64 KiB or does not compile; a message for each of the
 *   compiler's own lines, numbered as in the user's source.
 */
int zc_gpu_set_shader(struct zc_gpu *gpu, const char *source, const char *name);

/**
 * Draws @src into @dst. Both are imported on first sight and stay so for their life.
 * Waits for @src's fence on the GPU where it can. Nearest texel at scale 1, bilinear else.
 * The new fence is set on @dst (none where the GPU gives none: then it is finished here),
 * and @src must not be written before that fence signals.
 * @src: linear; or with a modifier that the driver lists for the format: of YUV it then reads
 *   all planes at once, and makes RGB of them by the frame's colour.
 * @dst: XR24, AR24, XB24, AB24, RG16, NV12 or NV12M, linear or with a modifier that the driver
 *   lists. A software renderer writes whole blocks of 4 x 4 texels: there, its buffer must have
 *   room for such (zc_align's rows = 4). Alpha goes from AR24 and AB24 to AR24 and AB24. NV12
 *   is by the colour of its layout; chroma is the mean of 2 x 2 pixels and lies between them.
 * @op: NULL stands for none of it. Into NV12, its to.x and to.y are even.
 * Errors: -ENOTSUP a format or layout that this GPU cannot import (the message says EGL's
 *   answer), -EINVAL an angle or size that there is not, -ETIME @src's fence.
 */
int zc_gpu_convert(struct zc_gpu *gpu, struct zc_frame *src, struct zc_frame *dst,
                   const struct zc_gpu_op *op);

/**
 * Proves that this GPU works in @frame's own memory and in no copy: compares the dma-bufs
 * behind its imports with zc_frame_identity(). By the driver's word
 * (EGL_MESA_image_dma_buf_export); of a software renderer, by the mappings of this process.
 * Not for the hot path. Says nothing through the log.
 * Returns 1 the same memory, 0 other memory, or a negative errno value: -ENOENT it has not
 * drawn with @frame, -ENOTSUP the driver cannot be asked.
 */
int zc_gpu_verify(struct zc_gpu *gpu, const struct zc_frame *frame);

/* -------------------------------------------------------------- display */

struct zc_display;

/** A property of the kernel's, by its name, and the number that it is to have. */
struct zc_display_setting {
    const char *name;
    uint64_t value;
};

/** Of libwayland-client. */
struct wl_display;
struct wl_surface;

enum zc_display_kind {
    ZC_DISPLAY_KMS,     /**< a card: frames are on its planes */
    ZC_DISPLAY_WAYLAND, /**< a window: frames are for a compositor */
};

struct zc_display_config {
    const char *path; /**< "/dev/dri/card0": a card; "kms" or NULL: the first with a connected
                           output that nobody else holds; "wayland-1", or a socket's path: a
                           window of that compositor; "wayland": of WAYLAND_DISPLAY's;
                           "auto": "wayland" where WAYLAND_DISPLAY is set, else "kms" */
    uint32_t width, height; /**< mode wanted where none is lit; 0: the preferred one. Of a
                                 window: its size, if the desktop leaves that to us */
    struct wl_display *wl_display; /**< the application's connection to a compositor, whose
                                        events it goes on reading; NULL: one of our own. What
                                        other threads read of ours is seen a little later */
    struct wl_surface *wl_surface; /**< of the application, on wl_display: frames are on a
                                        subsurface of it, of width x height, at the place of
                                        zc_display_set_rect(); where it is new or moves, with
                                        the next commit of the application's. NULL: frames are
                                        in a window of our own */
    const char *title;             /**< of the window; NULL: "zerocopy" */
    /* The rest is for cards only. */
    const char *driver;     /**< "vkms": only a card of this kernel driver; NULL: any */
    uint32_t connector_id;  /**< of the kernel; 0: a lit one, else a connected one */
    uint32_t plane_id;      /**< the one that shows frames; 0: one that takes them */
    bool force_mode; /**< set the mode wanted although another is lit, and fail where
                                 there is none of that size */
    bool keep;       /**< zc_display_close() leaves mode and picture as they are; the
                                 picture only since Linux 6.7, and until another program
                                 or the console takes the display */
    bool use_fd;     /**< the card is the one behind @fd; @path is not looked at */
    int fd;          /**< an open card: see zc_display_open() */
    const char *bus_id; /**< "pci:0000:00:02.0": only the card at that place; NULL: any */
    /** Set with the first commit, and as they were at the end: of the connector, and of the
     * plane that shows frames, which has to have them. */
    const struct zc_display_setting *connector_settings, *plane_settings;
    int n_connector_settings, n_plane_settings;
};

/** How many frames a compositor put on screen in which way, by its own word. */
struct zc_composition {
    uint64_t plane;  /**< a plane scanned them out: zero copy */
    uint64_t pass;   /**< the compositor drew them, in one pass of its GPU */
    uint64_t untold; /**< it did not say */
};

struct zc_display_info {
    enum zc_display_kind kind;
    const char *gpu; /**< the one that a compositor draws with, "/dev/dri/renderD128": frames
                          are best drawn there; NULL: not told */
    struct zc_composition composition; /**< of a window */
    const char *path;
    const char *driver;
    const char *connector;  /**< "HDMI-A-1" */
    uint32_t connector_id;
    uint32_t plane_id;      /**< of the last commit; 0: none yet */
    uint32_t width, height; /**< of the mode, or of the window now, pixels */
    uint32_t refresh_mhz;   /**< millihertz; 0: not known yet */
    uint32_t blanking_ns;   /**< of each refresh, that no line of the picture takes */
    bool mode_kept;         /**< the mode was lit when we came */
    bool vblank;            /**< flip times are of real vertical blanks */
    bool writeback;         /**< zc_display_capture() works */
    bool fullscreen;        /**< the window fills the screen */
    uint32_t test_plane_id; /**< of the last zc_display_test() that passed; 0: none yet */
    int test_answer;        /**< the kernel's to the last that did not: a negative errno
                                 value; 0: it was not asked */
};

/** Why a frame cannot be scanned out directly: bits, several may be set. */
enum zc_display_reason {
    ZC_REASON_NO_DMABUF = 1 << 0, /**< CPU memory */
    ZC_REASON_FORMAT = 1 << 1,    /**< no plane lists format and modifier */
    ZC_REASON_IMPORT = 1 << 2, /**< PRIME import refused: often memory not contiguous */
    ZC_REASON_FRAMEBUFFER = 1 << 3, /**< AddFB2 refused: stride, offset or size */
    ZC_REASON_TEST = 1 << 4, /**< TEST_ONLY refused on every plane: size, position */
    ZC_REASON_SCALE = 1 << 5, /**< no plane scales it to the rectangle; it would be taken
                                   unscaled, if it is no larger than the mode */
    ZC_REASON_COLOUR = 1 << 6, /**< no plane with that format turns YUV into RGB by the
                                    frame's matrix and range */
};

/** The bits as words: "format, test". */
void zc_display_reason_text(uint32_t reasons, char *text, size_t size);

/**
 * Opens a display. Of a card: becomes master, chooses connector, CRTC and mode, remembers the
 * state that zc_display_close() restores. Nothing is changed before the first show, nor is
 * there a window before.
 * With use_fd, the card is the open one behind fd: a lease, logind's, or one of which this or
 * another program is master. The library works on a duplicate; fd stays the caller's, who may
 * close it at any time. It neither becomes nor drops master. Of a lease it sees and restores
 * what was leased. A duplicate shares its events, its client capabilities, which stay set,
 * and its buffer handles: nobody else uses the fd for events or buffers meanwhile.
 * Errors: -ENODEV no connected output, -EBUSY another program is master (the message says
 *   how to find it) or no CRTC is free for the output, -EACCES no permission, or fd is not
 *   master now, -ENOTSUP no atomic modesetting, -ENOENT no such connector, plane or property, -ERANGE
 *   no such mode (the message lists what there is). Of a window: -ENOTSUP the compositor takes
 *   no dma-bufs, or the library was built without Wayland, -ETIMEDOUT it does not answer, those
 *   of connect().
 */
int zc_display_open(struct zc_display **out, const struct zc_display_config *config);
/** Restores mode and planes as they were, or keeps them; drops imports and frames. */
void zc_display_close(struct zc_display *display);
const struct zc_display_info *zc_display_info(const struct zc_display *display);

/** Whether any usable plane lists this format and modifier. */
bool zc_display_has_format(const struct zc_display *display, uint32_t fourcc,
                           uint64_t modifier);

/**
 * The @index-th modifier (DRM_FORMAT_MOD_*; 0 is linear) with which usable planes list the
 * format. Returns false where there is none of that index.
 */
bool zc_display_modifier(const struct zc_display *display, uint32_t fourcc, int index,
                         uint64_t *modifier);

/**
 * The sizes of the connector's modes, in pixels: with @index 0 the preferred one, which is set
 * where nothing is lit and no other is asked for, with 1 and on all of them, as the kernel lists
 * them; a size may come several times. As the kernel last saw them: no probe.
 * Returns false where there is none of that index.
 */
bool zc_display_mode(const struct zc_display *display, int index, uint32_t *width,
                     uint32_t *height);

/**
 * Whether something is plugged into the connector, as the kernel last saw it: no probe, and
 * cheap enough to ask each second, not each frame. What comes back may be another display:
 * close this one and open it again. Silent.
 * Returns 1 connected, 0 not, or a negative errno value: -ENODEV the card itself is gone.
 */
int zc_display_connected(const struct zc_display *display);

/**
 * Where on the screen frames go from the next test or show on: scaled to @rect, in pixels of
 * the mode, by a plane that can; it may reach beyond the screen, if the plane allows it. NULL
 * or an empty rectangle: centred and unscaled, in a window as large as fits, as at first.
 */
void zc_display_set_rect(struct zc_display *display, const struct zc_rect *rect);

/**
 * Whether @frame can be scanned out as it is, tried by import and a TEST_ONLY commit; the
 * plane found is kept for frames of the same layout and rectangle. Errors, silent: -ENOTSUP
 * with *reasons set.
 */
int zc_display_test(struct zc_display *display, struct zc_frame *frame,
                    uint32_t *reasons);

/**
 * Commits @frame for the next vertical blank, with its fence as IN_FENCE_FD, and takes a
 * reference until another frame has replaced it on screen. The first show sets the mode.
 * Errors, silent the first: -EBUSY a commit is pending, or the driver has not done with the
 * last; -ENOTSUP it cannot be scanned out (the message says the reasons); the kernel's.
 */
int zc_display_show(struct zc_display *display, struct zc_frame *frame);

/**
 * Proof that the display scans out the frame's own memory: asks the kernel which buffers are
 * behind the frame's framebuffer and compares their inodes with zc_frame_identity(). The
 * frame must have been tested, shown or captured into. Not for the hot path.
 * Returns 1 they are the same, 0 they are not, or a negative errno value: -ENOTSUP, silent,
 * where the kernel does not tell, or for memory that is no dma-buf.
 */
int zc_display_verify(struct zc_display *display, const struct zc_frame *frame);

/** Whether a commit is in the way of the next: on a card until its flip, in a window until the
 * compositor has taken it up. */
bool zc_display_pending(const struct zc_display *display);

/** Poll it for POLLIN, then dispatch. */
int zc_display_fd(const struct zc_display *display);
/** Dispatch after so long, whether or not there was something to poll; -1: no need. */
int64_t zc_display_wait_ns(const struct zc_display *display);

enum zc_display_event_kind {
    ZC_EVENT_CLOSE,   /**< the window is to be closed; it stays until zc_display_close() */
    ZC_EVENT_RESIZE,  /**< width and height of zc_display_info() are others */
    ZC_EVENT_FORMATS, /**< zc_display_has_format(), or gpu of zc_display_info(), may say else */
    ZC_EVENT_KEY,     /**< a key went down or up */
    ZC_EVENT_BUTTON,  /**< a button of the pointer did */
    ZC_EVENT_MOTION,  /**< the pointer moved */
    ZC_EVENT_SCROLL,  /**< something was scrolled below the pointer */
};

/** What was done with a window. */
struct zc_display_event {
    enum zc_display_event_kind kind;
    uint32_t code; /**< of a key: its keysym; of a button: BTN_LEFT and so on, of Linux */
    bool pressed;  /**< key or button; false: released */
    char key[32];  /**< the keysym's name, by the user's keymap: "q", "Escape" */
    double x, y;   /**< where the pointer is, in pixels of the window */
    double scroll_x, scroll_y; /**< how far: 10 or so for a step of a wheel */
};

/**
 * Takes the oldest event that zc_display_dispatch() has read; the last 32 are kept. Of a card,
 * and of an application's own surface, there are no keys and no pointer. False: there is none.
 */
bool zc_display_next_event(struct zc_display *display, struct zc_display_event *event);

/**
 * Has the window fill the screen, or no longer; what comes of it is told by ZC_EVENT_RESIZE. The
 * user does so, too, by a double click. A window of our own that the desktop does not decorate is
 * moved by a drag in it and resized by one at its edges, which ends with a release of the button.
 * Errors, silent: -ENOTSUP it is no window of our own.
 */
int zc_display_set_fullscreen(struct zc_display *display, bool fullscreen);

/**
 * Handles the flip that happened: ZC_STAGE_FLIP is set on the frame now shown, the one it
 * replaced is released. *shown: the frame, without a reference, valid until the next call;
 * NULL where a compositor has never shown the frame that was committed first.
 * Call it, too, when poll has waited long: a card that was unplugged sends nothing, and is
 * found out here. Errors, silent the first: -EAGAIN no flip, -ENODEV, the kernel's.
 */
int zc_display_dispatch(struct zc_display *display, struct zc_frame **shown);

/**
 * Writes what the display shows now into @into (an XR24 frame of the mode's size) by the
 * CRTC's writeback connector. Blocks for some refreshes; no flip may be pending.
 * Errors: -ENOTSUP no writeback, -EBUSY a flip is pending or @into is on screen, -EINVAL
 *   @into is not XR24, of another size, or nothing is shown, -ETIMEDOUT, the kernel's.
 */
int zc_display_capture(struct zc_display *display, struct zc_frame *into);

/**
 * @n dumb buffers, mapped for the CPU and no dma-buf; the caller owns *pool. Their stride is
 * the driver's: ask zc_frame_layout(). Errors: -EINVAL a format with separate planes or a
 * modifier that is not linear, the kernel's.
 */
int zc_display_dumb_pool(struct zc_display *display, const struct zc_layout *layout,
                         int n, struct zc_pool **pool);

/**
 * The same as dma-bufs, which other devices can import: for a display that shows no memory
 * but its own (amdgpu, discrete GPUs). Their frames are framebuffers already.
 * Errors: those of zc_display_dumb_pool(), and -ENOTSUP the driver exports none.
 * Source: Linux, "DRM Memory Management", PRIME buffer sharing.
 */
int zc_display_pool(struct zc_display *display, const struct zc_layout *layout, int n,
                    struct zc_pool **pool);

/* ---------------------------------------------------------------- stats */

/**
 * A log-linear histogram of durations: exact below 64 ns, within 1/64 above, to 2^42 ns
 * (over an hour); longer values are counted as overflow. Fixed size, nothing allocated.
 */
struct zc_histogram;

int zc_histogram_create(struct zc_histogram **out);
void zc_histogram_destroy(struct zc_histogram *histogram);
/** Adds a value; negative ones are counted as underflow. */
void zc_histogram_add(struct zc_histogram *histogram, int64_t value_ns);
uint64_t zc_histogram_count(const struct zc_histogram *histogram);
/**
 * The value at percentile @percent in [0,100], or -1 where the number of values does not
 * carry it: fewer than ten values would lie beyond it (50 needs 20, 99 needs 1000), but for
 * 0 and 100, which are the exact minimum and maximum.
 */
int64_t zc_histogram_percentile(const struct zc_histogram *histogram, double percent);
/** The arithmetic mean, -1 without values. */
int64_t zc_histogram_mean(const struct zc_histogram *histogram);
/** How many values were negative. They are no durations and are counted nowhere else. */
uint64_t zc_histogram_negative(const struct zc_histogram *histogram);
/**
 * Goes through the values in ascending order: *value stands for *count of them. Begin with
 * *bin at 0. Returns false after the last.
 */
bool zc_histogram_next(const struct zc_histogram *histogram, int *bin, int64_t *value,
                       uint64_t *count);

/* ------------------------------------------------------------ presenter */

/**
 * The one way from a finished frame to a display: of the frames it is offered it commits the
 * newest, when the display can take it, and releases the others. Allocates nothing once it
 * is made. Threads: one at a time.
 */
struct zc_presenter;

struct zc_presenter_config {
    struct zc_display *display; /**< not closed before the presenter is destroyed or given
                                     another; NULL: none yet */
    bool commit_at_once; /**< commit a frame as soon as no flip is pending. Otherwise, on a
                              display with real vertical blanks, a frame waits while a newer
                              one is expected in time for the same blank, and is committed a
                              learned margin before that blank at the latest */
    bool await; /**< poll for a flip even when no frame waits for it: for a source that has
                     few frames, or a caller that wants to know of flips at once. Otherwise
                     a flip is read with the next frame, which saves a wake-up a frame */

    /** Called before @frame is committed; it may place it (zc_display_set_rect()). May be
     * NULL. Errors: as those of zc_display_show(). */
    int (*prepare)(struct zc_frame *frame, void *user);
    /** @frame came on screen for the first time. May be NULL. */
    void (*shown)(struct zc_frame *frame, void *user);
    /** The display was unplugged from its connector, or one is plugged in again. That may be
     * another display: open it, and pass it to zc_presenter_set_display(); until that is done
     * the call comes again, and the newest frame is kept. NULL: the connector is not watched.
     * Errors: zc_presenter_dispatch() returns them. */
    int (*plugged)(bool plugged, void *user);
    void *user; /**< for the three */
};

int zc_presenter_create(struct zc_presenter **out,
                        const struct zc_presenter_config *config);
/** Releases its frames. The display goes on showing the last. */
void zc_presenter_destroy(struct zc_presenter *presenter);

/** Change what the config said. */
void zc_presenter_set_await(struct zc_presenter *presenter, bool await);
void zc_presenter_set_commit_at_once(struct zc_presenter *presenter, bool commit_at_once);

/**
 * Replaces the display; NULL: there is none for now. The caller may then close the one before.
 * The frame that is on screen or committed is committed to the new one, unless a newer frame
 * waits.
 */
void zc_presenter_set_display(struct zc_presenter *presenter, struct zc_display *display);

/**
 * Hands over @frame to be committed. Takes over the caller's reference. A frame that still
 * waits is released and counted as superseded. @at_ns: since when @frame could be shown,
 * CLOCK_MONOTONIC; 0: now.
 */
void zc_presenter_offer(struct zc_presenter *presenter, struct zc_frame *frame,
                        int64_t at_ns);

/**
 * Reads a flip, checks the connector from time to time, and commits the frame that is due.
 * @readable: poll() reported zc_presenter_fd(), or the wait ended with nothing.
 * Errors: -ENODEV the card is gone; -ETIMEDOUT no flip for five seconds, or the driver was
 *   busy as long; those of zc_display_show(), except -EBUSY, after which it tries again.
 */
int zc_presenter_dispatch(struct zc_presenter *presenter, bool readable);

/** What to wait for until the next dispatch: an fd to poll for POLLIN (-1: none), and how
 * long at most (-1: as long as it takes). */
int zc_presenter_fd(const struct zc_presenter *presenter);
int64_t zc_presenter_wait_ns(struct zc_presenter *presenter);

/** Releases the frame that waits; it is counted as discarded. */
void zc_presenter_flush(struct zc_presenter *presenter);
/** Commits the frame that is on screen once more, unless a newer one is committed. */
void zc_presenter_redraw(struct zc_presenter *presenter);
/** Waits for the flip of what is committed, a second at most, and releases what waits. */
void zc_presenter_stop(struct zc_presenter *presenter);

/** Where frames are, without references, and what became of them. */
struct zc_presenter_state {
    struct zc_frame *waiting, *committed, *on_screen; /**< the newest; NULL: none */
    bool unplugged;      /**< as plugged() was told */
    uint64_t shown;      /**< frames that came on screen */
    uint64_t superseded; /**< replaced by a newer one before they were committed */
    uint64_t discarded;  /**< released by zc_presenter_flush() */
    double fps;          /**< of flips, over the last second or so; 0: not known yet */
    int64_t latency_ns;  /**< of the last flip, capture to flip; -1 unknown */
};
void zc_presenter_state(const struct zc_presenter *presenter,
                        struct zc_presenter_state *out);

/** From capture to flip, of the frames that say when they were captured. */
const struct zc_histogram *zc_presenter_latency(const struct zc_presenter *presenter);

/* ----------------------------------------------------------------- flow */

struct zc_flow;

enum zc_path {
    ZC_PATH_AUTO,   /**< direct where nothing needs the GPU, else gpu */
    ZC_PATH_DIRECT, /**< the plane scans out the camera's frames */
    ZC_PATH_GPU,    /**< the GPU draws each camera frame into a frame for the display */
    ZC_PATH_COPY,   /**< mmap, memcpy, dumb buffer: what most programs do, to compare */
};

/** What the path is called: "auto", "direct", "gpu" or "copy". */
const char *zc_path_name(enum zc_path path);

/** Whose memory the frames of a flow are in. */
enum zc_memory {
    ZC_MEMORY_HEAP,    /**< of the heap */
    ZC_MEMORY_CAMERA,  /**< the camera's own, exported; what the GPU draws, of the heap */
    ZC_MEMORY_DISPLAY, /**< what the display shows, its own, exported; the rest, of the heap */
    ZC_MEMORY_ANY, /**< the first that all devices take: of the heap, of a contiguous heap,
                        the camera's, the display's; what the GPU draws for a display that
                        shows nothing linear, of the GPU's own. Where that was not
                        the first, it is remembered in the user's cache, zerocopy/memory in
                        $XDG_CACHE_HOME or ~/.cache, and is tried first next time */
};

struct zc_flow_config {
    struct zc_camera *camera; /**< these four must outlive the flow */
    struct zc_heap *heap;     /**< NULL where no frame is to be of it */
    struct zc_gpu *gpu;       /**< NULL: no GPU; the gpu path is then refused */
    struct zc_display *display;
    enum zc_path path;
    struct zc_camera_mode
        mode;            /**< what is asked of the camera; 0 or NULL members: free */
    struct zc_gpu_op op; /**< op.to is ignored: the picture fits the mode, centred */
    enum zc_memory memory; /**< of all frames; the copy path has the devices' own */
    bool effect;         /**< the GPU has a user shader: auto may not go direct */
    int n_frames;        /**< frames in each pool; 0: six */
    bool commit_at_once; /**< as of the presenter */
    void (*shown)(const struct zc_frame_meta *meta, void *user); /**< called by
                                     zc_flow_step() for each frame that was flipped to, at
                                     the latest when the next one comes; NULL: nobody
                                     wants to know */
    void *user;          /**< for shown */
};

/**
 * Plans and builds the flow: camera format, path, layouts, pools, and one trial import of
 * each device. Nothing is shown yet.
 * Errors: -ENOTSUP what was asked cannot be done with these devices (the message says
 *   which stage refused, and why), and those of the parts.
 */
int zc_flow_create(struct zc_flow **out, const struct zc_flow_config *config);
/** Stops, and frees its pools. The display goes on showing the last frame. */
void zc_flow_destroy(struct zc_flow *flow);

/** What a flow was built as; the layouts belong to it. */
struct zc_flow_info {
    enum zc_path path;
    struct zc_camera_mode mode;      /**< as the camera runs it */
    const struct zc_layout *source;  /**< of the camera's frames */
    const struct zc_layout *shown;   /**< of the frames that the display is given */
};
void zc_flow_info(const struct zc_flow *flow, struct zc_flow_info *out);

int zc_flow_start(struct zc_flow *flow);

/**
 * One round of the poll loop: waits up to @timeout_ms for camera, GPU or display and moves
 * every frame that can move. Where the GPU draws for a window, and that has another size for a
 * while, it draws in the new one. Errors: -ENODEV the camera or display went away, -EPROTO a
 * compositor threw us out, -ETIMEDOUT
 * the camera has a signal and has sent nothing for five seconds, or the display has not flipped
 * for as long, -ENOLINK the signal's mode changed: destroy the flow, zc_camera_follow(), and
 * make another; -EINTR a signal of the system came: all to be seen by the caller, who may call
 * again after the last.
 */
int zc_flow_step(struct zc_flow *flow, int timeout_ms);

/** Stops the camera and waits for the last flip. The picture stays. */
void zc_flow_stop(struct zc_flow *flow);

/** Counts and figures so far; cheap enough to ask each frame. */
struct zc_flow_snapshot {
    int64_t elapsed_ns;  /**< since the first captured frame */
    uint64_t captured;   /**< frames the camera gave us */
    uint64_t shown;      /**< frames that were scanned out */
    uint64_t superseded; /**< replaced by a newer one before they were shown */
    uint64_t lost;       /**< gaps in the camera's sequence */
    uint64_t damaged;    /**< flagged by the camera, not shown */
    enum zc_camera_signal signal;
    uint64_t signal_losses; /**< how often it went, or was not there at first */
    int64_t signal_lost_ns; /**< for how long, in all */
    uint64_t copies;     /**< of frames: by the CPU, or known of the GPU's driver (retiles) */
    uint64_t cpu_maps;   /**< CPU accesses of the flow's frames */
    double fps;          /**< of flips, over the last second or so */
    int64_t latency_ns;  /**< of the last flip, capture to flip; -1 unknown */
};
void zc_flow_snapshot(const struct zc_flow *flow, struct zc_flow_snapshot *out);

/** What a device answered when it was asked which dma-bufs it holds. */
struct zc_flow_identity {
    const char *asked; /**< by what: "VIDIOC_QUERYBUF", … */
    int same;          /**< of so many frames the very dma-buf that it was given */
    int different;     /**< of so many another one */
    int untold;        /**< of so many it does not tell */
};

/** Everything that is known of a flow. What is pointed to belongs to it and its devices. */
struct zc_flow_results {
    struct zc_flow_info info;
    const char *refused; /**< why auto did not take the direct path; NULL: it did, or was
                                     not asked to */
    bool commit_at_once;

    const char *camera_name, *camera_path;
    const char *memory;    /**< of the camera's frames: "import", "export" or "mmap" */
    const char *heap_name; /**< of the same: a heap's, "camera", "display" or "none" */
    const char *heap_reason; /**< how it came to be that; NULL: there is nothing to say */
    const char *target_heap; /**< of the frames that the GPU draws: a heap's, "display" or
                                     "gpu"; NULL: it draws none */
    const struct zc_gpu_info *gpu; /**< NULL where the path has none */
    const struct zc_display_info *display;
    enum zc_capture_clock clock;

    struct zc_flow_snapshot counts;
    int64_t cpu_ns; /**< CPU time that the process used while the flow ran */
    uint64_t allocations, imports; /**< since zc_flow_start(), where all was done already */
    uint64_t cpu_syncs;            /**< since then, as of zc_counters */
    struct zc_flow_identity at_camera, at_gpu, at_display;
    struct zc_composition composition; /**< of its frames, in a window */
    uint64_t copies;          /**< by whomever; 0 is what is hoped for. What a compositor
                                   does behind us is in composition */
    const char *copied_by;    /**< "camera", "gpu", "display" or "cpu"; NULL: no copies */
    const char *copied_why;   /**< how that is known; NULL: no copies */

    const struct zc_histogram *latency;              /**< from capture to flip */
    const struct zc_histogram *part[ZC_PART_COUNT];  /**< of that; empty: no such part */
};
void zc_flow_results(const struct zc_flow *flow, struct zc_flow_results *out);

/**
 * What the display shows: read back by its writeback, else the frame scanned out last, or given
 * to the compositor. The caller owns the one reference of *frame, an XR24 one if it was read
 * back. *how: which of them, in words. Errors: -ENOENT nothing was shown, -ENOTSUP it lies in
 * the GPU's tiles.
 */
int zc_flow_capture(struct zc_flow *flow, struct zc_frame **frame, const char **how);

#ifdef __cplusplus
}
#endif

#endif /* ZEROCOPY_H */
