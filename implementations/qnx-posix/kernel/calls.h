/* What a process asks of the kernel, and what passes between a process, the kernel and the harness. */
#ifndef CALLS_H
#define CALLS_H
#include <stdint.h>

/* The bytes of a process that messages can touch. A buffer that reaches beyond them faults. */
enum { MEMORY_SIZE = 16 };
/* Parts of one message, at most; a message of more is EINVAL. */
enum { PARTS_MOST = 8, PARTS_CARRIED = 32 };
/* Bytes that one store writes, at most. */
enum { STORED_MOST = 256 };

/* Every call, by its name in the vocabulary. */
#define CALLS(X) \
  X(Send) X(Sendmx) X(Receive) X(Receivemx) X(Creceive) X(Creceivemx) X(Reply) X(Replymx) \
  X(Readmsg) X(Readmsgmx) X(Writemsg) X(Writemsgmx) X(Relay) \
  X(qnx_proxy_attach) X(qnx_proxy_detach) X(Trigger) X(interrupt) \
  X(kill) X(getpid) X(fork) X(_exit) X(store) X(load)

enum call {
#define X(name) CALL_##name,
  CALLS(X)
#undef X
  CALL_COUNT
};

struct part { uint32_t at, length; };
/* `count` says how many there were; those beyond PARTS_CARRIED are not kept, since so many are refused. */
struct parts { uint32_t count; struct part part[PARTS_CARRIED]; };

/* A call with its arguments: as the harness orders it, and as the process makes it. */
struct request {
  int32_t call;
  int32_t pid, to;
  int32_t offset, value;
  struct parts message, reply;
  /* What a store writes, and how much of it there is; how much a load reads. */
  uint32_t size;
  unsigned char bytes[STORED_MOST];
};

/* What the kernel answers a process: an errno or 0, and a pid or a count. */
struct answer { int32_t error, value; };

/* What a process tells the harness of a call that came back. */
struct result {
  int32_t call, error, value, parent;
  uint32_t size;
  unsigned char bytes[PARTS_MOST * MEMORY_SIZE];
};
#endif
