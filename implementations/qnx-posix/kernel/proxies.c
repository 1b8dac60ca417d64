#include "kernel.h"
#include "memory.h"
#include <errno.h>
#include <string.h>

static struct proxy proxies[PROXIES_MOST];
static int next_pid = FIRST_PROXY_PID;

void proxies_clear(void) { memset(proxies, 0, sizeof proxies); }

struct proxy *proxy_under(int pid) {
  for (size_t i = 0; i < PROXIES_MOST; i++)
    if (proxies[i].pid != 0 && proxies[i].pid == pid) return &proxies[i];
  return NULL;
}

/* A proxy is no more, and nobody receives from it any longer. */
static void end(struct proxy *proxy) {
  int pid = proxy->pid;
  queue_remove_proxy(proxy);
  proxy->pid = 0;
  for (size_t i = 0; i < PROCESSES_MOST; i++) {
    struct process *peer = &processes[i];
    if (peer->alive && peer->state == RECEIVING && peer->from == pid) answer(peer, ESRCH, 0);
  }
}

void proxies_end(const struct process *owner) {
  for (size_t i = 0; i < PROXIES_MOST; i++)
    if (proxies[i].pid != 0 && proxies[i].owner == owner) end(&proxies[i]);
}

void trigger(struct proxy *proxy) {
  if (proxy->count == TRIGGERS_MOST) return;
  if (proxy->count++ == 0) queue_add((struct item){ .receiver = proxy->owner, .proxy = proxy });
  serve(proxy->owner);
}

void call_proxy_attach(struct process *caller) {
  const struct request *call = &caller->call;
  struct process *owner = call->pid == 0 ? caller : process_under(call->pid);
  struct proxy *proxy = proxies;
  if (owner == NULL) { answer(caller, ESRCH, 0); return; }
  if (call->message.part[0].length > PROXY_DATA_MOST) { answer(caller, EINVAL, 0); return; }
  while (proxy < proxies + PROXIES_MOST && proxy->pid != 0) proxy++;
  if (proxy == proxies + PROXIES_MOST) { answer(caller, EAGAIN, 0); return; }
  if (!fetch_bytes(caller->pid, &call->message, proxy->data)) { answer(caller, EFAULT, 0); return; }
  proxy->size = call->message.part[0].length;
  proxy->owner = owner;
  proxy->count = 0;
  proxy->pid = next_pid++;
  answer(caller, 0, proxy->pid);
}

void call_proxy_detach(struct process *caller) {
  struct proxy *proxy = proxy_under(caller->call.pid);
  if (proxy == NULL) answer(caller, ESRCH, 0);
  else if (proxy->owner != caller) answer(caller, EPERM, 0);
  else { end(proxy); answer(caller, 0, 0); }
}

void call_trigger(struct process *caller) {
  struct proxy *proxy = proxy_under(caller->call.pid);
  if (proxy == NULL) { answer(caller, ESRCH, 0); return; }
  int owner = proxy->owner->pid;
  trigger(proxy);
  answer(caller, 0, owner);
}
