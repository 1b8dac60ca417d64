#include "kernel.h"
#include <string.h>

/* Everything that waits to be received, by whomever, in the order in which it came. */
enum { ITEMS_MOST = PROCESSES_MOST + PROXIES_MOST };
static struct item items[ITEMS_MOST];
static size_t used;

void queue_clear(void) { used = 0; }

/* A process is in at most one queue, and a proxy in its owner's at most: there is always room. */
void queue_add(struct item item) { items[used++] = item; }

static void take_at(size_t at) {
  used--;
  memmove(&items[at], &items[at + 1], (used - at) * sizeof items[0]);
}

void queue_take(struct item *item) { take_at((size_t)(item - items)); }

void queue_remove_process(const struct process *process) {
  for (size_t i = used; i-- > 0;)
    if (items[i].sender == process || items[i].receiver == process) take_at(i);
}

void queue_remove_proxy(const struct proxy *proxy) {
  for (size_t i = used; i-- > 0;)
    if (items[i].proxy == proxy) take_at(i);
}

static int pid_of(const struct item *item) { return item->proxy != NULL ? item->proxy->pid : item->sender->pid; }

struct item *queue_find(const struct process *receiver, int from) {
  for (size_t i = 0; i < used; i++)
    if (items[i].receiver == receiver && (from == 0 || pid_of(&items[i]) == from)) return &items[i];
  return NULL;
}
