/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commands.h - the subcommands of zc-bench. Each parses its own arguments, of which the
 * first is its name, and returns the program's exit code: 0 ok, 1 failed, 2 usage.
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

int command_alloc(int argc, char **argv);
int command_flow(int argc, char **argv);
int command_throughput(int argc, char **argv);
int command_gst(int argc, char **argv);
int command_observe(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_show(int argc, char **argv);

#endif
