#define _GNU_SOURCE
#include "memory.h"
#include "process.h"
#include <string.h>
#include <sys/uio.h>

enum { MESSAGE_MOST = PARTS_MOST * 0x10000 };
static unsigned char passing[MESSAGE_MOST];

struct side side_of(pid_t pid, const struct parts *parts, size_t offset) {
  return (struct side){ .pid = pid, .parts = parts, .offset = offset };
}

struct side side_bytes(const unsigned char *bytes, size_t size) {
  return (struct side){ .bytes = bytes, .size = size };
}

static size_t length_of(struct side side) {
  if (side.parts == NULL) return side.size;
  size_t length = 0;
  for (uint32_t i = 0; i < side.parts->count; i++) length += side.parts->part[i].length;
  return length < side.offset ? 0 : length - side.offset;
}

/* The stretches of memory that `count` bytes of a side are in; every process has its memory at the same address. */
static int stretches(struct side side, size_t count, struct iovec into[PARTS_MOST]) {
  int used = 0;
  size_t skip = side.offset;
  for (uint32_t i = 0; i < side.parts->count && count > 0; i++) {
    size_t length = side.parts->part[i].length;
    if (skip >= length) { skip -= length; continue; }
    size_t wanted = length - skip < count ? length - skip : count;
    into[used++] = (struct iovec){ .iov_base = process_memory() + side.parts->part[i].at + skip, .iov_len = wanted };
    count -= wanted;
    skip = 0;
  }
  return used;
}

/* Moves `count` bytes between `passing` and a process; how many got through. */
static size_t move(struct side side, size_t count, bool reading) {
  struct iovec theirs[PARTS_MOST], ours = { .iov_base = passing, .iov_len = count };
  if (count == 0) return 0;
  int used = stretches(side, count, theirs);
  ssize_t moved = reading ? process_vm_readv(side.pid, &ours, 1, theirs, (unsigned long)used, 0)
                          : process_vm_writev(side.pid, &ours, 1, theirs, (unsigned long)used, 0);
  return moved < 0 ? 0 : (size_t)moved;
}

struct copied copy_bytes(struct side source, struct side target) {
  size_t there = length_of(source), room = length_of(target), wanted = there < room ? there : room, read = wanted;
  if (source.parts == NULL) memcpy(passing, source.bytes, wanted);
  else read = move(source, wanted, true);
  size_t written = move(target, read, false);
  if (written < read) return (struct copied){ TARGET_FAULTS, written };
  return (struct copied){ read < wanted ? SOURCE_FAULTS : COPIED, written };
}

bool is_readable(pid_t pid, const struct parts *parts) {
  struct side side = side_of(pid, parts, 0);
  size_t length = length_of(side);
  return move(side, length, true) == length;
}

bool fetch_bytes(pid_t pid, const struct parts *parts, unsigned char *into) {
  struct side side = side_of(pid, parts, 0);
  size_t length = length_of(side);
  if (move(side, length, true) != length) return false;
  memcpy(into, passing, length);
  return true;
}
