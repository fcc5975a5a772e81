/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* form - the members of a document, object by object. */
#include "tools/document/form.h"
#include "tools/document/check.h"

static const char *const schemas[] = {CHECK_SCHEMA, NULL};
static const char *const ends[] = {"complete", "interrupted", NULL};
static const char *const memories[] = {"heap", "camera", "display", "gpu", NULL};
static const char *const devices[] = {"camera", "converter", "gpu", "display", NULL};
static const char *const uses[] = {"writes", "reads", "draws", "shows", NULL};
static const char *const outcomes[] = {"works",   "unchecked", "wrong pixels",
                                       "refused", "not tried", NULL};
static const char *const paths[] = {"direct", "gpu", "copy", NULL};
static const char *const betters[] = {"lower", "higher", "none", NULL};

/* A member that must be there, and one that may. */
#define MUST(name, what, ...)                                                            \
    {                                                                                    \
        .key = (name), .kind = (what), __VA_ARGS__                                       \
    }
#define MAY(name, what, ...)                                                             \
    {                                                                                    \
        .key = (name), .kind = (what), .optional = true, __VA_ARGS__                     \
    }
#define VALUES                                                                           \
    MUST("n", POSITIVE), MUST("min", NATURAL), MUST("mean", NATURAL),                    \
        MUST("p50", MAYBE_INT), MUST("p90", MAYBE_INT), MUST("p99", MAYBE_INT),          \
        MUST("p999", MAYBE_INT), MUST("max", NATURAL), MUST("bins", PAIRS),              \
        MAY("independent", POSITIVE), MAY("dropped", NATURAL), MAY("negative", NATURAL)

/* clang-format off */
static const struct member figure[] = {
    MUST("name", STRING),
    MUST("unit", STRING),
    MUST("better", CHOICE, .choices = betters),
    VALUES,
    {0}};
static const struct member stage[] = {
    MUST("name", STRING),
    MUST("unit", STRING),
    VALUES,
    {0}};
static const struct member part[] = {
    MUST("name", STRING),
    MUST("ns", NATURAL),
    {0}};
static const struct member floor_members[] = {
    MUST("total_ns", NATURAL),
    MUST("parts", LIST, .of = part),
    {0}};
static const struct member run[] = {
    MUST("title", STRING),
    MAY("labels", STRING_MAP),
    MAY("devices", SCALARS),
    MAY("plan", SCALARS),
    MAY("proof", SCALARS),
    MAY("elapsed_ns", NATURAL),
    MAY("syscall_frames", NATURAL),
    MAY("figures", LIST, .of = figure),
    MAY("stages", LIST, .of = stage),
    MAY("floor", OBJECT, .of = floor_members),
    MAY("counts", NATURAL_MAP),
    MAY("series", PAIRS),
    MAY("latency_figure", STRING),
    {0}};
static const struct member fit[] = {
    MUST("label", STRING),
    MUST("figure", STRING),
    MUST("base_ns", INT),
    MUST("slope_ps_per_pixel", INT),
    MUST("points", PAIRS),
    {0}};
static const struct member host[] = {
    MUST("kernel", STRING),
    MUST("machine", STRING),
    MAY("cpu", STRING),
    MUST("cpus", POSITIVE),
    MAY("hypervisor", STRING),
    {0}};
static const struct member memory[] = {
    MUST("name", STRING),
    MUST("kind", CHOICE, .choices = memories),
    MAY("path", STRING),
    MAY("why", STRING),
    {0}};
static const struct member device[] = {
    MUST("name", STRING),
    MUST("kind", CHOICE, .choices = devices),
    MUST("path", STRING),
    MAY("about", STRING),
    MAY("why", STRING),
    {0}};
static const struct member cell[] = {
    MUST("memory", STRING),
    MUST("device", STRING),
    MUST("use", CHOICE, .choices = uses),
    MUST("format", STRING),
    MUST("width", POSITIVE),
    MUST("height", POSITIVE),
    MUST("outcome", CHOICE, .choices = outcomes),
    MUST("why", STRING),
    MAY("step", STRING),
    MAY("errno", STRING),
    MAY("stride", POSITIVE),
    MAY("story", STRINGS),
    {0}};
static const struct member way[] = {
    MUST("camera", STRING),
    MUST("display", STRING),
    MUST("path", CHOICE, .choices = paths),
    MUST("outcome", CHOICE, .choices = outcomes),
    MUST("why", STRING),
    MAY("copies", NATURAL),
    MAY("gpu", STRING),
    MAY("plane", POSITIVE),
    MAY("format", STRING),
    MAY("width", POSITIVE),
    MAY("height", POSITIVE),
    MAY("memory", STRING),
    MAY("target", STRING),
    MAY("stride", POSITIVE),
    MAY("shown_stride", POSITIVE),
    MAY("demo", STRING),
    MAY("gst", STRING),
    {0}};
static const struct member demand[] = {
    MUST("device", STRING),
    MUST("what", STRING),
    MUST("found", STRING),
    MUST("how", STRING),
    {0}};
static const struct member cost[] = {
    MUST("memory", STRING),
    MUST("bytes", POSITIVE),
    MUST("allocate_ns", NATURAL),
    MUST("write_ns", NATURAL),
    MUST("read_ns", NATURAL),
    MUST("sync_ns", NATURAL),
    MAY("gpu_ns", NATURAL),
    {0}};
static const struct member probe[] = {
    MAY("memories", LIST, .of = memory),
    MAY("devices", LIST, .of = device),
    MAY("cells", LIST, .of = cell),
    MAY("ways", LIST, .of = way),
    MAY("demands", LIST, .of = demand),
    MAY("costs", LIST, .of = cost),
    {0}};
const struct member form_document[] = {
    MUST("schema", CHOICE, .choices = schemas),
    MUST("version", STRING),
    MUST("command", STRING),
    MUST("arguments", STRINGS),
    MUST("started", STRING),
    MUST("elapsed_ns", NATURAL),
    MUST("ended", CHOICE, .choices = ends),
    MUST("host", OBJECT, .of = host),
    MUST("clocks", SCALARS),
    MAY("config", SCALARS),
    MUST("runs", LIST, .of = run),
    MUST("fits", LIST, .of = fit),
    MUST("warnings", STRINGS),
    MAY("probe", OBJECT, .of = probe),
    {0}};
/* clang-format on */
