#define _GNU_SOURCE
#include "process.h"
#include "calls.h"
#include "socket.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned char *memory;
static int harness, line;

unsigned char *process_memory(void) { return memory; }

/* The memory ends where a page ends, and the next page is nobody's: what reaches beyond faults. */
_Bool process_map(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  unsigned char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0) return 0;
  memory = pages + page - MEMORY_SIZE;
  return 1;
}

/* A call to the kernel: the process waits here, really, for as long as it is blocked. */
static struct answer ask(const struct request *request) {
  struct answer answer;
  if (!socket_put(line, request, sizeof *request) || !socket_take(line, &answer, sizeof answer)) _exit(0);
  return answer;
}

/* What the caller finds in its buffer afterwards: the bytes of it that are its memory, in order. */
static void look(const struct parts *parts, struct result *result) {
  for (uint32_t i = 0; i < parts->count; i++) {
    const struct part *part = &parts->part[i];
    for (uint32_t byte = 0; byte < part->length && part->at + byte < MEMORY_SIZE; byte++)
      result->bytes[result->size++] = memory[part->at + byte];
  }
}

/* A real fork. The kernel gives the child its two sockets, unless the process table is full. */
static void divide(const struct request *request, struct result *result) {
  struct answer answer;
  int ends[2];
  if (!socket_put(line, request, sizeof *request) || !socket_take_ends(line, &answer, sizeof answer, ends)) _exit(0);
  result->error = answer.error;
  if (answer.error != 0) return;
  pid_t child = fork();
  if (child == 0) {
    close(harness);
    close(line);
    process_live(ends[0], ends[1]);
  }
  close(ends[0]);
  close(ends[1]);
  result->error = child < 0 ? errno : 0;
  result->value = child;
}

/* An address, which may be nobody's: the machine then says so. */
static volatile unsigned char *touched(int32_t address) { return memory + address; }

static void obey(const struct request *order, struct result *result) {
  switch (order->call) {
    case CALL__exit:
      _exit(order->value);
    case CALL_store:
      for (uint32_t i = 0; i < order->size; i++) (void)touched(order->pid)[i];
      for (uint32_t i = 0; i < order->size; i++) touched(order->pid)[i] = order->bytes[i];
      return;
    case CALL_load:
      for (uint32_t i = 0; i < order->size; i++) result->bytes[result->size++] = touched(order->pid)[i];
      return;
    case CALL_getpid:
      result->value = getpid();
      result->parent = ask(order).value;
      return;
    case CALL_fork:
      divide(order, result);
      return;
    default: {
      struct answer answer = ask(order);
      result->error = answer.error;
      result->value = answer.value;
      if (answer.error == 0) look(&order->reply, result);
    }
  }
}

_Noreturn void process_live(int harness_end, int line_end) {
  harness = harness_end;
  line = line_end;
  struct request order;
  while (socket_take(harness, &order, sizeof order)) {
    struct result result = { .call = order.call };
    obey(&order, &result);
    if (!socket_put(harness, &result, sizeof result)) break;
  }
  _exit(0);
}
