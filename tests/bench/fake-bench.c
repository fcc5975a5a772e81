/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-bench - documents as measurements would fill them, the same at every call. */
#include "fake-bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)
#define FRAME_NS 16666667

uint64_t fake_bits(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

double fake_uniform(uint64_t *seed)
{
    return ((double)fake_bits(seed) + 0.5) / 0x1p31;
}

double fake_normal(uint64_t *seed)
{
    double radius = sqrt(-2 * log(fake_uniform(seed)));

    return radius * cos(2 * M_PI * fake_uniform(seed));
}

double fake_exponential(uint64_t *seed)
{
    return -log(fake_uniform(seed));
}

struct document *fake_begin(const char *command, int argc, char **argv)
{
    struct document *document;
    json_t *root;

    if (document_create(&document, command, argc, argv))
        abort();
    document_set_int(document, "elapsed_ns", 20012345678);
    root = (json_t *)document_json(document);
    json_object_set_new(root, "version", json_string("0.1.0"));
    json_object_set_new(root, "started", json_string("2026-11-24T17:30:00Z"));
    json_object_set_new(root, "host",
                        json_pack("{s:s, s:s, s:s, s:i, s:s}", "kernel", "6.12.48-amd64",
                                  "machine", "x86_64", "cpu", "QEMU Virtual CPU", "cpus",
                                  2, "hypervisor", "TCG"));
    json_object_set_new(root, "clocks",
                        json_pack("{s:s, s:s}", "measure", "monotonic", "source", "tsc"));
    return document;
}

/* --- a flow --- */

struct way {
    const char *title;
    int n;
    double gpu_ns, wait_ns; /* means */
    int superseded, lost, copied;
};

static void add_counts(struct document *document, const struct way *way)
{
    run_set_int(document, "counts.captured", way->n + way->superseded);
    run_set_int(document, "counts.shown", way->n);
    run_set_int(document, "counts.superseded", way->superseded);
    run_set_int(document, "counts.lost", way->lost);
    run_set_int(document, "counts.missed_vblanks", way->lost / 2);
    run_set_int(document, "counts.stalled", 0);
    run_set_int(document, "counts.cpu_user_ns",
                way->n * (int64_t)(way->gpu_ns / 3 + 180000));
    run_set_int(document, "counts.cpu_system_ns", way->n * INT64_C(242000));
    run_set_int(document, "counts.context_switches", way->n * 4);
    run_set_int(document, "counts.syscalls", way->n / 2 * 11 + 3);
    run_set_int(document, "syscall_frames", way->n / 2);
    run_set_int(document, "counts.bytes_copied", (int64_t)way->n * way->copied);
}

enum { capture, draw, wait, flip, total, at, parts };

static void add_latency(struct document *document, const struct way *way,
                        const struct samples *part)
{
    static const char *const names[] = {"capture to dequeue", "dequeue to submit", "wait",
                                        "commit to flip"};

    run_add_figure(document,
                   &(struct figure){"latency", "ns", BETTER_LOWER, &part[total]});
    run_add_figure(document, &(struct figure){"draw", "ns", BETTER_LOWER, &part[draw]});
    for (int i = capture; i <= flip; i++)
        if (i != draw || way->gpu_ns > 0)
            run_add_stage(document, names[i], &part[i]);
    run_add_floor(document, "exposure", 0);
    run_add_floor(document, "scan-out", 16 * MS);
    run_set_series(document, &part[at], &part[total]);
}

static void add_way(struct document *document, const struct way *way, uint64_t seed)
{
    struct samples part[parts];

    document_begin_run(document, way->title);
    run_set_string(document, "labels.path", way->title);
    run_set_string(document, "labels.size", "640x480");
    run_set_string(document, "labels.format", way->copied ? "XR24" : "YUYV");
    run_set_string(document, "devices.camera", "vivid (/dev/video0)");
    run_set_string(document, "devices.display", "vkms, Virtual-1");
    run_set_int(document, "elapsed_ns", (int64_t)way->n * FRAME_NS);
    for (int i = 0; i < parts; i++)
        if (samples_init(&part[i], (size_t)way->n))
            abort();
    for (int i = 0; i < way->n; i++) {
        double drift = (1 + sin(i / 90.0)) / 2, sum = 0;
        double value[] = {60000 + 30000 * fake_uniform(&seed),
                          way->gpu_ns * (0.9 + 0.2 * fake_exponential(&seed)),
                          way->wait_ns * drift, 15.4e6 + 2e5 * fake_normal(&seed)};

        if (i == way->n / 2)
            value[wait] += 21e6; /* something else ran */
        for (int j = capture; j <= flip; j++) {
            samples_add(&part[j], (int64_t)value[j]);
            sum += floor(value[j]);
        }
        samples_add(&part[total], (int64_t)sum);
        samples_add(&part[at], i * (int64_t)FRAME_NS);
    }
    add_latency(document, way, part);
    add_counts(document, way);
    for (int i = 0; i < parts; i++)
        samples_finish(&part[i]);
}

struct document *fake_flow(void)
{
    static char *arguments[] = {"--seconds", "20", "--path", "all"};
    static const struct way ways[] = {
        {"direct", 1200, 0, 1.2e6, 0, 0, 0},
        {"gpu", 1140, 6.4e6, 3.1e6, 58, 2, 0},
        {"copy", 1197, 2.1e6, 2.2e6, 3, 0, 1228800},
    };
    struct document *document = fake_begin("zc-bench flow", 4, arguments);

    document_set_string(document, "clocks.capture", "end of frame");
    document_set_string(document, "clocks.display", "vertical blank");
    document_set_bool(document, "clocks.fake_vblank", false);
    document_set_int(document, "config.seconds", 20);
    document_set_int(document, "config.warmup_frames", 60);
    document_set_string(document, "config.heap", "system");
    document_set_bool(document, "config.realtime", false);
    document_warn(document,
                  "the machine is emulated: compare its figures with its own only");
    document_warn(document,
                  "the CPU's frequency may change (governor \"schedutil\"): set "
                  "\"performance\" for figures that repeat");
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        add_way(document, &ways[i], i + 1);
    return document;
}

/* --- allocations --- */

static void add_steps(struct document *document, double fixed, double a_pixel, int pixels,
                      uint64_t seed, int64_t *median)
{
    static const char *const steps[] = {"alloc", "map", "free"};

    for (int step = 0; step < 3; step++) {
        struct samples samples;

        if (samples_init(&samples, 200))
            abort();
        for (int i = 0; i < 200; i++)
            samples_add(&samples, (int64_t)((fixed + a_pixel * pixels) / (step + 1) *
                                            (0.9 + 0.1 * fake_exponential(&seed))));
        run_add_figure(document,
                       &(struct figure){steps[step], "ns", BETTER_LOWER, &samples});
        if (!step)
            *median = samples_percentile(&samples, 50);
        samples_finish(&samples);
    }
}

struct document *fake_alloc(void)
{
    static const struct {
        const char *name;
        double fixed, a_pixel;
    } heaps[] = {
        {"system", 16e3, 1.21}, {"system-cacheable", 14e3, 0.003}, {"udmabuf", 41e3, 1.7}};
    static const struct {
        const char *name;
        int pixels;
    } sizes[] = {{"640x480", 307200},
                 {"1280x720", 921600},
                 {"1920x1080", 2073600},
                 {"3840x2160", 8294400}};
    struct document *document = fake_begin("zc-bench alloc", 0, NULL);
    char title[64];

    for (int heap = 0; heap < 3; heap++) {
        int64_t pixels[4], ns[4];

        for (int size = 0; size < 4; size++) {
            snprintf(title, sizeof(title), "%s %s", heaps[heap].name, sizes[size].name);
            document_begin_run(document, title);
            run_set_string(document, "labels.heap", heaps[heap].name);
            run_set_string(document, "labels.size", sizes[size].name);
            run_set_string(document, "labels.format", "XR24");
            pixels[size] = sizes[size].pixels;
            add_steps(document, heaps[heap].fixed, heaps[heap].a_pixel,
                      sizes[size].pixels, (uint64_t)(heap * 10 + size), &ns[size]);
        }
        document_add_fit(document, heaps[heap].name, "alloc", pixels, ns, 4);
    }
    return document;
}

/* --- others --- */

struct document *fake_hostile(void)
{
    static char *arguments[] = {"<script>alert(1)</script>", "\xff\xfe", "a,b\"c\nd"};
    static const char name[] =
        "\033[2J</td><script>alert('x')</script>&\"\xc2\x9b 2J — é";
    struct document *document = fake_begin("flow</title>", 3, arguments);
    struct samples one, none = {0};

    if (samples_init(&one, 30))
        abort();
    for (int i = 0; i < 40; i++)
        samples_add(&one, i ? 0 : -5);
    document_set_string(document, "config.name", name);
    document_warn(document, "%s: %s", name,
                  "a warning of one very long word: "
                  "/sys/devices/platform/aVeryLongNameThatNobodyWouldHaveGivenToADevice/"
                  "andOneMoreBelowIt/power/control, which is not writable");
    document_begin_run(document, name);
    run_set_string(document, "labels.path,\"x\"", name);
    run_set_string(document, "devices.camera", name);
    run_add_figure(document, &(struct figure){name, "furlongs", BETTER_NONE, &one});
    run_add_figure(document, &(struct figure){"none", "ns", BETTER_NONE, &none});
    run_add_stage(document, name, &one);
    run_set_int(document, "counts.shown", 0);
    run_set_int(document, "counts.syscalls", INT64_C(1) << 53);
    run_set_int(document, "counts.<b>", 7);
    run_set_int(document, "elapsed_ns", 0);
    run_add_floor(document, name, 0);
    run_set_series(document, &one, &one);
    document_begin_run(document, "");
    samples_finish(&one);
    return document;
}

struct document *fake_empty(void)
{
    return fake_begin("zc-bench alloc", 0, NULL);
}

struct document *fake_probe(void)
{
    struct document *document = fake_begin("zc-probe", 0, NULL);

    document_add(document, "probe.memories",
                 json_pack("{s:s, s:s, s:s}", "name", "system", "kind", "heap", "path",
                           "/dev/dma_heap/system"));
    document_add(document, "probe.memories",
                 json_pack("{s:s, s:s, s:s}", "name", "camera0", "kind", "camera", "why",
                           "in use"));
    document_add(document, "probe.devices",
                 json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", "camera0", "kind",
                           "camera", "path", "/dev/video0", "about", "vivid", "why",
                           "in use"));
    document_add(
        document, "probe.cells",
        json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:i, s:[s]}",
                  "memory", "system", "device", "camera0", "use", "writes", "format",
                  "XR24", "width", 640, "height", 480, "outcome", "refused", "why",
                  "not contiguous", "step", "import", "errno", "EFAULT", "stride", 2560,
                  "story", "it refuses"));
    document_add(document, "probe.ways",
                 json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:i}", "camera",
                           "camera0", "display", "card0", "path", "direct", "outcome",
                           "unchecked", "why", "nobody saw it", "copies", 0, "memory",
                           "system", "plane", 31));
    document_add(document, "probe.demands",
                 json_pack("{s:s, s:s, s:s, s:s}", "device", "card0", "what", "stride",
                           "found", "a multiple of 64 bytes", "how", "by 6 pictures"));
    document_add(document, "probe.costs",
                 json_pack("{s:s, s:i, s:i, s:i, s:i, s:i}", "memory", "system", "bytes",
                           1228800, "allocate_ns", 90000, "write_ns", 80000, "read_ns",
                           70000, "sync_ns", 300));
    return document;
}

void fake_add_run(struct document *document, const char *title, int n, double median_ns,
                  double spread, uint64_t seed)
{
    struct samples samples;

    if (samples_init(&samples, (size_t)n))
        abort();
    for (int i = 0; i < n; i++)
        samples_add(&samples, (int64_t)(median_ns * exp(spread * fake_normal(&seed))));
    document_begin_run(document, title);
    run_set_string(document, "labels.path", title);
    run_add_figure(document, &(struct figure){"latency", "ns", BETTER_LOWER, &samples});
    samples_finish(&samples);
}

struct document *fake_one(int n, double median_ns, double spread, uint64_t seed)
{
    struct document *document = fake_begin("zc-bench flow", 0, NULL);

    fake_add_run(document, "direct", n, median_ns, spread, seed);
    return document;
}
