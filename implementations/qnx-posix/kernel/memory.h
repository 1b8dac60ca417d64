/* Copies between address spaces. The bytes of a message stay with the sender until somebody takes them. */
#ifndef MEMORY_H
#define MEMORY_H
#include "calls.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* One side of a copy: parts of a process's memory from an offset on, or bytes that the kernel keeps. */
struct side { pid_t pid; const struct parts *parts; size_t offset; const unsigned char *bytes; size_t size; };

struct side side_of(pid_t pid, const struct parts *parts, size_t offset);
struct side side_bytes(const unsigned char *bytes, size_t size);

/* How a copy ended: with `count` bytes, or with whose memory faulted after some. */
struct copied { enum { COPIED, SOURCE_FAULTS, TARGET_FAULTS } end; size_t count; };

/* Copies as many bytes as both sides have room for. A process that has died meanwhile has no memory: it faults. */
struct copied copy_bytes(struct side source, struct side target);

/* Whether a process can read all of what it names. */
bool is_readable(pid_t pid, const struct parts *parts);

/* Brings all of what a process names into the kernel; false if that faults. */
bool fetch_bytes(pid_t pid, const struct parts *parts, unsigned char *into);
#endif
