/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trial.h - what was tried on the way to a flow, and what refused it. */
#ifndef ZC_TRIAL_H
#define ZC_TRIAL_H

#include "zerocopy.h"

/** What is worth a try after an attempt. */
enum zc_verdict {
    ZC_TAKEN,
    ZC_NEXT_STRIDE,
    ZC_NEXT_MEMORY,
    ZC_GIVE_UP, /* nothing else will do either */
};

struct zc_trial {
    int error;         /* that stands for all attempts */
    int n;             /* attempts that failed */
    bool gpu_refused;  /* in some of them */
    bool other_memory; /* than the first is tried */
    char why[640];     /* the last refusal, in full */
    char before[640];  /* the one before it */
    char refused[160]; /* the display's last reasons; empty: it had none */
    char all[800];     /* of each attempt, memory, stride and why, in short */
    char first[200];   /* the first refusal of the device that is asked first */
    char
        second[300]; /* the last of one that others, who take it, share the memory with */
};

/** A device refuses memory, or its stride. */
struct zc_refusal {
    const char *taker;  /* that took it before; NULL: this one was asked first */
    const char *device; /* that refuses it */
    const char *memory;
    uint32_t stride;
    const char *step; /* "framebuffer" */
    int error;        /* its answer */
};

/** Begins an attempt: its first error is to be its why. */
void zc_trial_begin(struct zc_trial *trial);

/** Keeps @refusal if it tells, with another, about what two devices disagree. */
void zc_trial_refused(struct zc_trial *trial, const struct zc_refusal *refusal);

/** It failed, with frames in @memory with @stride. Its reason is there, or @error. */
void zc_trial_failed(struct zc_trial *trial, const char *memory, uint32_t stride,
                     int error);

/** Has errors logged again, after the last attempt. */
void zc_trial_end(struct zc_trial *trial);

/** Says at @level what was tried for @path, and what refused. Returns the error. */
int zc_trial_report(const struct zc_trial *trial, enum zc_path path,
                    enum zc_log_level level);

#endif
