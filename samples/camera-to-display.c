/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera-to-display - shows a camera on a display, in dma-bufs of one heap, and says with
 * what it proves that nothing was copied.
 *
 * The life of every program on this library: open heap, camera, GPU and display; describe
 * the flow; step it in a loop; ask it for its figures.
 */
#include "options.h"
#include "window.h"

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

struct demo {
    struct options options;
    struct zc_camera *camera;
    struct zc_display *display;
    struct zc_gpu *gpu;
    bool gpu_of_desktop; /* it is the compositor's */
    struct zc_heap *heap;
    struct document *document;
    char picture[4096]; /* file, or empty when it is written already */
    double began;       /* frames of the path that runs; 0: not yet */
    uint64_t shown;     /* by it, in modes before this one */
    char last_error[1024];
    bool waits; /* for devices: the last error is known */
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

/* The one that the desktop draws with, if it tells and that can be opened: what is drawn
 * elsewhere would come to it by a slower way. */
static int open_any_gpu(struct demo *demo, bool of_desktop)
{
    const char *node = of_desktop ? zc_display_info(demo->display)->gpu : NULL;

    demo->gpu_of_desktop = node && !zc_gpu_open(&demo->gpu, node);
    return demo->gpu_of_desktop ? 0 : zc_gpu_open(&demo->gpu, NULL);
}

/* Without a GPU the paths that need none still go. */
static int open_gpu(struct demo *demo)
{
    const struct options *options = &demo->options;
    bool needed = !options->tour && (options->path == ZC_PATH_GPU || options->shader);

    if (!options->tour && options->path != ZC_PATH_GPU && options->path != ZC_PATH_AUTO)
        return 0;
    if (open_any_gpu(demo, true)) {
        demo->gpu = NULL;
        return needed ? -ENODEV : 0;
    }
    return options->shader ? set_shader(demo, options->shader) : 0;
}

/* 640x480 where nothing was asked for: every camera has it, and a GPU in software still
 * keeps up. A signal that is followed has a size of its own. */
static void choose_size(struct demo *demo)
{
    struct zc_camera_mode *mode = &demo->options.mode;
    const struct zc_format *format =
        mode->format ? mode->format : zc_camera_format(demo->camera, 0);

    if (!mode->width && !demo->options.follow &&
        zc_camera_has_size(demo->camera, format, 640, 480)) {
        mode->width = 640;
        mode->height = 480;
    }
}

static int open_devices(struct demo *demo)
{
    const struct options *options = &demo->options;
    struct zc_display_config config = {.path = options->display,
                                       .title = "zerocopy: camera to display"};
    int error = zc_camera_open(&demo->camera, options->camera);

    if (!error && (options->tour || options->path != ZC_PATH_COPY))
        error = zc_heap_open(&demo->heap, options->heap);
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
    demo->display = NULL;
    demo->gpu = NULL;
    demo->camera = NULL;
    demo->heap = NULL;
}

static int open_all(struct demo *demo)
{
    int error = open_devices(demo);

    return error ? error : open_gpu(demo);
}

/* Until there are camera and display, or the run is over. What is said again and again is said
 * once. Returns 0, or why there are none. */
static int wait_for_devices(struct demo *demo)
{
    const struct timespec second = {.tv_sec = 1};
    double end = demo->began + demo->options.seconds;
    int error = -ENODEV;

    zc_log(ZC_LOG_INFO, "waiting for camera and display");
    demo->waits = true;
    while (error && !interrupted &&
           (!demo->began || !demo->options.seconds || seconds_now() < end)) {
        close_devices(demo);
        nanosleep(&second, NULL);
        error = open_all(demo);
    }
    demo->waits = false;
    return error;
}

/* ---- one path ---- */

static bool is_terminal(void)
{
    return getenv("ZC_TTY") || isatty(STDERR_FILENO);
}

static void print_live(const struct zc_flow *flow, const char *title, double left)
{
    struct zc_flow_snapshot now;
    char latency[32] = "latency unknown", end[32] = "", damaged[40] = "";
    bool good;

    zc_flow_snapshot(flow, &now);
    good = now.signal == ZC_SIGNAL_GOOD;
    if (now.damaged)
        snprintf(damaged, sizeof(damaged), ", %llu damaged",
                 (unsigned long long)now.damaged);
    if (now.latency_ns >= 0)
        snprintf(latency, sizeof(latency), "latency %.1f ms", now.latency_ns / 1e6);
    if (left >= 0)
        snprintf(end, sizeof(end), ", %.0f s left", left);
    fprintf(stderr, "%s%s: %s%s%.1f fps, %s, %llu superseded%s%s%s",
            is_terminal() ? "\r" : "", title,
            good ? "" : zc_camera_signal_text(now.signal), good ? "" : ", ", now.fps,
            latency, (unsigned long long)now.superseded, damaged, end,
            is_terminal() ? "\033[K" : "\n");
}

static bool finished(const struct demo *demo, const struct zc_flow *flow)
{
    struct zc_flow_snapshot now;

    if (interrupted)
        return true;
    if (demo->options.seconds)
        return seconds_now() - demo->began >= demo->options.seconds;
    zc_flow_snapshot(flow, &now);
    return demo->shown + now.shown >= demo->options.frames;
}

/* What the user wants of the window. Returns 0, or -ESTALE: a new flow. */
static int follow_window(struct demo *demo, struct zc_flow *flow)
{
    struct zc_flow_info info;
    enum window_wish wish;

    zc_flow_info(flow, &info);
    wish = window_follow(demo->display, info.shown);
    if (wish == WINDOW_ENDS)
        interrupted = 1;
    return wish == WINDOW_ANEW ? -ESTALE : 0;
}

/* The loop of every program on a flow. */
static int run_flow(struct demo *demo, struct zc_flow *flow, const char *title)
{
    double said;
    double interval = is_terminal() ? LIVE_TERMINAL_S : LIVE_FILE_S;
    int error = zc_flow_start(flow);

    said = seconds_now();
    if (!demo->began)
        demo->began = said;
    while (!error && !finished(demo, flow)) {
        error = zc_flow_step(flow, STEP_MS);
        if (error == -EINTR)
            error = 0;
        if (!error)
            error = follow_window(demo, flow);
        if (seconds_now() - said >= interval) {
            said = seconds_now();
            print_live(flow, title,
                       demo->options.seconds
                           ? demo->options.seconds - (said - demo->began)
                           : -1);
        }
    }
    if (is_terminal())
        fprintf(stderr, "\r\033[K");
    zc_flow_stop(flow);
    return error;
}

/* The desktop's GPU may not draw into linear memory: then any that does. */
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
        .memory = demo->options.heap ? ZC_MEMORY_HEAP : ZC_MEMORY_ANY,
        .effect = demo->options.shader != NULL,
        .commit_at_once = demo->options.commit_at_once,
    };

    int error = zc_flow_create(flow, &config);

    if (!error || !demo->gpu_of_desktop || path == ZC_PATH_DIRECT || path == ZC_PATH_COPY)
        return error;
    zc_gpu_close(demo->gpu);
    demo->gpu = NULL;
    if (open_any_gpu(demo, false) ||
        (demo->options.shader && set_shader(demo, demo->options.shader)))
        return error;
    config.gpu = demo->gpu;
    return zc_flow_create(flow, &config);
}

/* Asks a flow that has ended for its figures; of the first that showed something, for the
 * picture as well. */
static int report(struct demo *demo, struct zc_flow *flow)
{
    struct zc_flow_results results;
    int error = 0;

    zc_flow_results(flow, &results);
    run_add_flow(demo->document, &results);
    demo->shown += results.counts.shown;
    if (!results.counts.shown)
        return interrupted ? 0 : -EIO;
    if (demo->picture[0])
        error = run_add_picture(demo->document, flow, demo->picture);
    if (!error)
        demo->picture[0] = '\0';
    return error;
}

/* One flow, from its plan to its figures. Errors: -ENOLINK the signal's mode changed. */
static int run_mode(struct demo *demo, enum zc_path path, const char *title)
{
    struct zc_flow *flow = NULL;
    int error, failed = 0;

    document_begin_run(demo->document, title);
    error = create_flow(demo, path, &flow);
    if (!error)
        error = run_flow(demo, flow, title);
    if (flow)
        failed = report(demo, flow);
    zc_flow_destroy(flow);
    return error ? error : failed;
}

/* Whether it may come back. */
static bool is_loss(int error)
{
    return error == -ENODEV || error == -EPROTO;
}

/* A run for each mode of the signal, where that is followed, and of the desktop; and after each
 * loss, where that is waited for. */
static int run_modes(struct demo *demo, enum zc_path path)
{
    char title[40];
    int error = 0;

    snprintf(title, sizeof(title), "%s", zc_path_name(path));
    demo->began = 0;
    demo->shown = 0;
    for (int mode = 1;; mode++) {
        if (mode > 1)
            snprintf(title, sizeof(title), "%s, mode %d", zc_path_name(path), mode);
        if (demo->options.follow)
            error = zc_camera_follow(demo->camera);
        if (!error)
            error = run_mode(demo, path, title);
        if (demo->options.wait && is_loss(error) && !interrupted)
            error = wait_for_devices(demo) ? error : -ESTALE;
        if ((error != -ENOLINK && error != -ESTALE) || interrupted)
            return error;
        if (error == -ENOLINK && !demo->options.follow) {
            zc_log(ZC_LOG_ERROR,
                   "the signal of camera %s changed its mode: --on-change "
                   "follow goes on in the new one",
                   zc_camera_path(demo->camera));
            return error;
        }
        error = 0;
    }
}

static int run_path(struct demo *demo, enum zc_path path)
{
    const char *title = zc_path_name(path);
    int error;

    demo->last_error[0] = '\0';
    error = run_modes(demo, path);
    if (error) {
        zc_log(ZC_LOG_ERROR, "the %s path failed: %s", title,
               demo->last_error[0] ? demo->last_error : strerror(-error));
        document_warn(demo->document, "%s", demo->last_error);
    }
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

    if (demo->waits && level == ZC_LOG_ERROR && !strcmp(demo->last_error, message))
        return;
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
    error = open_all(&demo);
    if (error && demo.options.wait)
        error = wait_for_devices(&demo);
    if (!error) {
        error = run_all(&demo);
        if (write_document(&demo))
            error = -EIO;
    }
    close_devices(&demo);
    document_destroy(demo.document);
    return error ? 1 : 0;
}
