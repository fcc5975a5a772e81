/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* form.h - what a document consists of, as schema.json says it: for check.c to walk by. */
#ifndef FORM_H
#define FORM_H

#include <stdbool.h>

enum kind {
    STRING,
    INT,         /* any */
    NATURAL,     /* 0 or more */
    POSITIVE,    /* 1 or more */
    MAYBE_INT,   /* 0 or more, or null */
    OBJECT,      /* of the members that .of lists */
    LIST,        /* of objects such as .of lists */
    STRINGS,     /* list of them */
    STRING_MAP,  /* object whose members are strings */
    NATURAL_MAP, /* object whose members are integers of 0 or more */
    SCALARS,     /* object of strings, integers, booleans and such objects */
    PAIRS,       /* list of two integers each */
    CHOICE,      /* string, one of .choices */
};

struct member {
    const char *key;
    enum kind kind;
    bool optional;
    const struct member *of;
    const char *const *choices;
};

/** The members of a document. Each list of members ends with one that has no key. */
extern const struct member form_document[];

#endif
