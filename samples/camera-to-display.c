/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera-to-display - shows a camera on a display, in dma-bufs of one heap, and says with
 * what it proves that nothing was copied.
 *
 * The life of every program on this library: open heap, camera, GPU and display; describe
 * the flow; step it in a loop; ask it for its figures.
 */
#include "options.h"

#include "tools/document/flow-run.h"
#include "tools/picture/flow-picture.h"
#include "tools/view/render.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 100
#define LIVE_TERMINAL_S 0.25
#define LIVE_FILE_S 5.0
#define SHADER_MAX 65536

/* Tried in this order where no --heap was given and the camera refuses the one before. */
enum memory {
    MEMORY_CACHED,
    MEMORY_CONTIGUOUS,
    MEMORY_CAMERA,
};

struct demo {
    struct options options;
    struct zc_camera *camera;
    struct zc_display *display;
    struct zc_gpu *gpu;
    struct zc_heap *heap;
    enum memory memory;
    struct document *document;
    char picture[4096]; /* file, or empty when it is written already */
    char last_error[1024];
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static double seconds_now(void)
{
    return zc_now_ns() / 1e9;
}

/* ---- devices ---- */

/* Opens the next kind of memory that may suit the camera. */
static int open_memory(struct demo *demo, enum memory memory)
{
    static const char *const specs[] = {NULL, "contiguous", NULL};

    zc_heap_close(demo->heap);
    demo->heap = NULL;
    demo->memory = memory;
    if (demo->options.heap)
        return zc_heap_open(&demo->heap, demo->options.heap);
    return zc_heap_open(&demo->heap, specs[memory]);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file ? calloc(1, SHADER_MAX + 1) : NULL;
    size_t n = text ? fread(text, 1, SHADER_MAX + 1, file) : 0;

    if (!text || ferror(file) || n > SHADER_MAX || strlen(text) != n) {
        fprintf(stderr, "camera-to-display: cannot read shader %s: %s\n", path,
                text && n <= SHADER_MAX && !ferror(file) ? "it holds a NUL byte"
                : n > SHADER_MAX                         ? "it is over 64 KiB"
                                                         : strerror(errno));
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

static int set_shader(struct demo *demo, const char *file)
{
    char *source = read_file(file);
    int error = source ? zc_gpu_set_shader(demo->gpu, source, file) : -EINVAL;

    free(source);
    return error;
}

/* Without a GPU the paths that need none still go. */
static int open_gpu(struct demo *demo)
{
    const struct options *options = &demo->options;
    bool needed = !options->tour && (options->path == ZC_PATH_GPU || options->shader);

    if (!options->tour && options->path != ZC_PATH_GPU && options->path != ZC_PATH_AUTO)
        return 0;
    if (zc_gpu_open(&demo->gpu, NULL)) {
        demo->gpu = NULL;
        return needed ? -ENODEV : 0;
    }
    return options->shader ? set_shader(demo, options->shader) : 0;
}

/* 640x480 where nothing was asked for: every camera has it, and a GPU in software still
 * keeps up. */
static void choose_size(struct demo *demo)
{
    struct zc_camera_mode *mode = &demo->options.mode;
    const struct zc_format *format =
        mode->format ? mode->format : zc_camera_format(demo->camera, 0);

    if (!mode->width && zc_camera_has_size(demo->camera, format, 640, 480)) {
        mode->width = 640;
        mode->height = 480;
    }
}

static int open_devices(struct demo *demo)
{
    const struct options *options = &demo->options;
    struct zc_display_config config = {.path = options->display};
    int error = zc_camera_open(&demo->camera, options->camera);

    if (!error && (options->tour || options->path != ZC_PATH_COPY))
        error = open_memory(demo, MEMORY_CACHED);
    if (error)
        return error;
    choose_size(demo);
    config.width = options->mode.width;
    config.height = options->mode.height;
    return zc_display_open(&demo->display, &config);
}

static void close_devices(struct demo *demo)
{
    zc_display_close(demo->display);
    zc_gpu_close(demo->gpu);
    zc_camera_close(demo->camera);
    zc_heap_close(demo->heap);
    document_destroy(demo->document);
}

/* ---- one path ---- */

static bool is_terminal(void)
{
    return getenv("ZC_TTY") || isatty(STDERR_FILENO);
}

static void print_live(const struct zc_flow *flow, const char *title, double left)
{
    struct zc_flow_snapshot now;
    char latency[32] = "latency unknown", end[32] = "";

    zc_flow_snapshot(flow, &now);
    if (now.latency_ns >= 0)
        snprintf(latency, sizeof(latency), "latency %.1f ms", now.latency_ns / 1e6);
    if (left >= 0)
        snprintf(end, sizeof(end), ", %.0f s left", left);
    fprintf(stderr, "%s%s: %.1f fps, %s, %llu superseded%s%s", is_terminal() ? "\r" : "",
            title, now.fps, latency, (unsigned long long)now.superseded, end,
            is_terminal() ? "\033[K" : "\n");
}

static bool finished(const struct demo *demo, const struct zc_flow *flow, double began)
{
    struct zc_flow_snapshot now;

    if (interrupted)
        return true;
    if (demo->options.seconds)
        return seconds_now() - began >= demo->options.seconds;
    zc_flow_snapshot(flow, &now);
    return now.shown >= demo->options.frames;
}

/* The loop of every program on a flow. */
static int run_flow(const struct demo *demo, struct zc_flow *flow, const char *title)
{
    double began = seconds_now(), said = began;
    double interval = is_terminal() ? LIVE_TERMINAL_S : LIVE_FILE_S;
    int error = zc_flow_start(flow);

    while (!error && !finished(demo, flow, began)) {
        error = zc_flow_step(flow, STEP_MS);
        if (error == -EINTR)
            error = 0;
        if (seconds_now() - said >= interval) {
            said = seconds_now();
            print_live(flow, title,
                       demo->options.seconds ? demo->options.seconds - (said - began)
                                             : -1);
        }
    }
    if (is_terminal())
        fprintf(stderr, "\r\033[K");
    zc_flow_stop(flow);
    return error;
}

static int create_flow(struct demo *demo, enum zc_path path, struct zc_flow **flow)
{
    struct zc_flow_config config = {
        .camera = demo->camera,
        .heap = demo->heap,
        .gpu = demo->gpu,
        .display = demo->display,
        .path = path,
        .mode = demo->options.mode,
        .op = demo->options.op,
        .camera_memory = demo->memory == MEMORY_CAMERA,
        .effect = demo->options.shader != NULL,
        .commit_at_once = demo->options.commit_at_once,
    };
    int error = zc_flow_create(flow, &config);

    /* The camera cannot reach this heap: look for memory that it can. */
    while (error == -EFAULT && !demo->options.heap && demo->memory < MEMORY_CAMERA) {
        zc_log(ZC_LOG_WARNING, "the camera refuses that heap: trying %s",
               demo->memory == MEMORY_CACHED ? "a contiguous one"
                                             : "the camera's own memory");
        if (open_memory(demo, demo->memory + 1))
            continue;
        config.heap = demo->heap;
        config.camera_memory = demo->memory == MEMORY_CAMERA;
        error = zc_flow_create(flow, &config);
    }
    return error;
}

/* Asks a flow that has ended for its figures; of the first that showed something, for the
 * picture as well. */
static int report(struct demo *demo, struct zc_flow *flow)
{
    struct zc_flow_results results;
    int error = 0;

    zc_flow_results(flow, &results);
    run_add_flow(demo->document, &results);
    if (!results.counts.shown)
        return interrupted ? 0 : -EIO;
    if (demo->picture[0])
        error = run_add_picture(demo->document, flow, demo->picture);
    if (!error)
        demo->picture[0] = '\0';
    return error;
}

static int run_path(struct demo *demo, enum zc_path path)
{
    const char *title = zc_path_name(path);
    struct zc_flow *flow = NULL;
    int error, failed = 0;

    demo->last_error[0] = '\0';
    document_begin_run(demo->document, title);
    error = create_flow(demo, path, &flow);
    if (!error)
        error = run_flow(demo, flow, title);
    if (flow)
        failed = report(demo, flow);
    error = error ? error : failed;
    if (error) {
        zc_log(ZC_LOG_ERROR, "the %s path failed: %s", title,
               demo->last_error[0] ? demo->last_error : strerror(-error));
        document_warn(demo->document, "%s", demo->last_error);
    }
    zc_flow_destroy(flow);
    return error;
}

static int run_all(struct demo *demo)
{
    static const enum zc_path stops[] = {ZC_PATH_GPU, ZC_PATH_DIRECT, ZC_PATH_COPY};
    int error = 0;

    if (!demo->options.tour)
        return run_path(demo, demo->options.path);
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]) && !interrupted; i++) {
        int failed = run_path(demo, stops[i]);

        error = error ? error : failed;
    }
    return error;
}

/* ---- the whole ---- */

/* Keeps the last error for the summary, and prints everything. */
static void on_message(enum zc_log_level level, const char *message, void *user)
{
    static const char *const prefix[] = {"error: ", "warning: ", "", ""};
    struct demo *demo = user;

    if (level == ZC_LOG_ERROR)
        snprintf(demo->last_error, sizeof(demo->last_error), "%s", message);
    if (!demo->options.check)
        fprintf(stderr, "%s%s%s\n", is_terminal() ? "\r\033[K" : "", prefix[level],
                message);
}

/* Whether this machine has what a native run needs; the reason on stdout where not. */
static int check(struct demo *demo)
{
    int error = open_devices(demo);

    if (error)
        printf("%s\n", demo->last_error[0] ? demo->last_error : strerror(-error));
    return error ? 1 : 0;
}

static int prepare_out(struct demo *demo)
{
    const char *out = demo->options.out;

    if (mkdir(out, 0777) && errno != EEXIST) {
        fprintf(stderr, "camera-to-display: cannot make folder %s: %s\n", out,
                strerror(errno));
        return -1;
    }
    if (access(out, W_OK | X_OK)) {
        fprintf(stderr, "camera-to-display: cannot write to %s: %s\n", out,
                strerror(errno));
        return -1;
    }
    snprintf(demo->picture, sizeof(demo->picture), "%s/display.png", out);
    return 0;
}

static int write_document(const struct demo *demo)
{
    const json_t *document;
    char file[4096];

    document_set_string(demo->document, "ended",
                        interrupted ? "interrupted" : "complete");
    document = document_json(demo->document);
    snprintf(file, sizeof(file), "%s/run.json", demo->options.out);
    if (document_check(demo->document) || render_to(render_json, document, file))
        return -EIO;
    if (demo->options.json)
        return render_to(render_json, document, "-");
    if (render_to(render_text, document, "-"))
        return -EIO;
    printf("written: %s%s\n", file, demo->picture[0] ? "" : ", display.png beside it");
    return 0;
}

int main(int argc, char **argv)
{
    static struct demo demo;
    int code = options_parse(&demo.options, argc, argv);
    int error;

    if (code >= 0)
        return code;
    zc_log_set(ZC_LOG_INFO, on_message, &demo);
    catch_signals();
    if (demo.options.check) {
        code = check(&demo);
        close_devices(&demo);
        return code;
    }
    if (prepare_out(&demo) ||
        document_create(&demo.document, "camera-to-display", argc - 1, argv + 1))
        return 1;
    error = open_devices(&demo);
    if (!error)
        error = open_gpu(&demo);
    if (!error) {
        error = run_all(&demo);
        if (write_document(&demo))
            error = -EIO;
    }
    close_devices(&demo);
    return error ? 1 : 0;
}
