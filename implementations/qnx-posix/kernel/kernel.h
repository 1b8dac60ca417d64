/*
 * The kernel: what it knows of processes and proxies, and what it does when one of them calls. It never waits
 * for anybody. Bytes of messages are in the memory of processes, never here; only those of proxies are.
 */
#ifndef KERNEL_H
#define KERNEL_H
#include "calls.h"
#include <stdbool.h>
#include <sys/types.h>

enum { PROCESSES_MOST = 64, PROXIES_MOST = 256, PROXY_DATA_MOST = 100, TRIGGERS_MOST = 65535 };
/* Pids of proxies lie above any that the system gives to processes. Proc is under pid 1. */
enum { PROC_PID = 1, FIRST_PROXY_PID = 1 << 23 };

/* What a process is doing. A RUNNING process is about to be heard of. */
enum state { IDLE, RUNNING, SENDING, RECEIVING, REPLYING };

struct process {
  bool alive, held, doomed;
  /* What the harness calls it, and the system. */
  int number;
  pid_t pid, parent;
  int harness, line;
  enum state state;
  /* Whom it waits for: the process it sent to, or the pid it receives from (0: any). */
  struct process *on;
  int from;
  /* The call it waits in, with its buffers. */
  struct request call;
  /* Seen in the present step: blocked, dead, or back with a result. */
  bool called, died, answered;
  struct result result;
};

struct proxy { int pid; struct process *owner; int count; size_t size; unsigned char data[PROXY_DATA_MOST]; };

/* What waits to be received: the message of a process, or a proxy. */
struct item { struct process *receiver, *sender; struct proxy *proxy; };

extern struct process processes[PROCESSES_MOST];

/* processes.c */
struct process *process_new(int number, pid_t parent, int ends[2]);
struct process *process_under(int pid);
void process_forget(struct process *process);
void process_dies(struct process *process);
void answer(struct process *process, int error, int value);
/* Whether messages can come from a pid. */
bool is_source(int pid);

/* queue.c */
void queue_clear(void);
void queue_add(struct item item);
void queue_remove_process(const struct process *process);
void queue_remove_proxy(const struct proxy *proxy);
/* The first item that a receive from a pid (0: any) takes; NULL if there is none. */
struct item *queue_find(const struct process *receiver, int from);
void queue_take(struct item *item);

/* messages.c */
void call_send(struct process *caller);
void call_receive(struct process *caller, bool waits);
void call_reply(struct process *caller);
void call_readmsg(struct process *caller);
void call_writemsg(struct process *caller);
void call_relay(struct process *caller);
/* A process that waits to receive gets what there is for it. */
void serve(struct process *receiver);

/* proxies.c */
void proxies_clear(void);
struct proxy *proxy_under(int pid);
void proxies_end(const struct process *owner);
void trigger(struct proxy *proxy);
void call_proxy_attach(struct process *caller);
void call_proxy_detach(struct process *caller);
void call_trigger(struct process *caller);

/* signals.c */
void call_kill(struct process *caller);

/* kernel.c: whatever the call is. */
void kernel_call(struct process *caller, const struct request *request);
#endif
