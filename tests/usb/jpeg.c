/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* jpeg - a baseline JPEG picture of grey blocks. */
#include "jpeg.h"

#include <string.h>

#define BLOCK 8
/* With 4:2:2 sampling a unit has two blocks of luma side by side, and one each of Cb, Cr. */
#define UNIT_WIDTH 16
/* The step of all coefficients: with it, one step of DC is one step of grey. */
#define STEP 8
/* The codes for how many bits a difference has are all of this length. */
#define CLASS_BITS 4
#define CLASSES 12
#define MIDDLE 128
/* Headers with all tables, and the longest unit: its four codes, and their bits. */
#define HEADERS 1024
#define LONGEST_UNIT 16

struct writer {
    uint8_t *at;
    uint32_t bits; /* those not yet written, the last the lowest */
    int n_bits;
};

static void byte(struct writer *writer, int value)
{
    *writer->at++ = value;
}

static void word(struct writer *writer, int value)
{
    byte(writer, value >> 8);
    byte(writer, value & 255);
}

static void segment(struct writer *writer, int marker, int bytes_after)
{
    word(writer, 0xff00 | marker);
    word(writer, 2 + bytes_after);
}

static void put_bits(struct writer *writer, uint32_t value, int n)
{
    writer->bits = writer->bits << n | (value & ((1u << n) - 1));
    writer->n_bits += n;
    while (writer->n_bits >= 8) {
        int next = writer->bits >> (writer->n_bits - 8) & 255;

        byte(writer, next);
        /* A byte of ones is marked as data. */
        if (next == 255)
            byte(writer, 0);
        writer->n_bits -= 8;
    }
}

static void quantization(struct writer *writer)
{
    segment(writer, 0xdb, 1 + BLOCK * BLOCK);
    byte(writer, 0);
    memset(writer->at, STEP, BLOCK * BLOCK);
    writer->at += BLOCK * BLOCK;
}

static void frame(struct writer *writer, uint32_t width, uint32_t height)
{
    static const uint8_t sampling[] = {0x21, 0x11, 0x11};

    segment(writer, 0xc0, 15);
    byte(writer, 8);
    word(writer, height);
    word(writer, width);
    byte(writer, 3);
    for (int i = 0; i < 3; i++) {
        byte(writer, i + 1);
        byte(writer, sampling[i]);
        byte(writer, 0);
    }
}

/* DC: all classes with codes of one length, in order. AC: the end of the block alone. */
static void huffman(struct writer *writer)
{
    segment(writer, 0xc4, 1 + 16 + CLASSES);
    byte(writer, 0x00);
    for (int length = 1; length <= 16; length++)
        byte(writer, length == CLASS_BITS ? CLASSES : 0);
    for (int i = 0; i < CLASSES; i++)
        byte(writer, i);
    segment(writer, 0xc4, 1 + 16 + 1);
    byte(writer, 0x10);
    for (int length = 1; length <= 16; length++)
        byte(writer, length == 1);
    byte(writer, 0);
}

static void scan(struct writer *writer)
{
    segment(writer, 0xda, 10);
    byte(writer, 3);
    for (int i = 0; i < 3; i++) {
        byte(writer, i + 1);
        byte(writer, 0);
    }
    byte(writer, 0);
    byte(writer, 63);
    byte(writer, 0);
}

static void block(struct writer *writer, int difference)
{
    int size = difference < 0 ? -difference : difference, class = 0;

    while (size >> class)
        class ++;
    put_bits(writer, class, CLASS_BITS);
    if (class)
        put_bits(writer, difference < 0 ? difference - 1 : difference, class);
    put_bits(writer, 0, 1);
}

size_t jpeg_room(uint32_t width, uint32_t height)
{
    size_t units = (size_t)(width / UNIT_WIDTH + 1) * (height / BLOCK + 1);

    return HEADERS + units * LONGEST_UNIT;
}

size_t jpeg_write(uint8_t (*level)(uint32_t number, uint32_t x, uint32_t y),
                  uint32_t number, uint32_t width, uint32_t height, uint8_t *out)
{
    struct writer writer = {.at = out};
    int last = 0;

    word(&writer, 0xffd8);
    quantization(&writer);
    frame(&writer, width, height);
    huffman(&writer);
    scan(&writer);
    for (uint32_t y = 0; y < (height + BLOCK - 1) / BLOCK; y++) {
        for (uint32_t x = 0; x < (width + UNIT_WIDTH - 1) / UNIT_WIDTH * 2; x++) {
            int now = level(number, x, y) - MIDDLE;

            block(&writer, now - last);
            last = now;
            if (x % 2) {
                block(&writer, 0);
                block(&writer, 0);
            }
        }
    }
    put_bits(&writer, 127, 7);
    word(&writer, 0xffd9);
    return writer.at - out;
}
