#include "kernel.h"
#include "socket.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

struct process processes[PROCESSES_MOST];

/* A place for a process, with its two connections; `ends` are the process's. NULL, with errno, if there is none. */
struct process *process_new(int number, pid_t parent, int ends[2]) {
  struct process *process = processes;
  while (process < processes + PROCESSES_MOST && process->number != 0) process++;
  if (process == processes + PROCESSES_MOST) { errno = EAGAIN; return NULL; }
  int harness[2], line[2];
  if (!socket_pair(harness)) return NULL;
  if (!socket_pair(line)) { close(harness[0]); close(harness[1]); return NULL; }
  *process = (struct process){ .number = number, .parent = parent, .harness = harness[0], .line = line[0] };
  ends[0] = harness[1];
  ends[1] = line[1];
  return process;
}

struct process *process_under(int pid) {
  for (size_t i = 0; i < PROCESSES_MOST; i++)
    if (processes[i].alive && processes[i].pid == pid) return &processes[i];
  return NULL;
}

bool is_source(int pid) { return pid == PROC_PID || process_under(pid) != NULL || proxy_under(pid) != NULL; }

void process_forget(struct process *process) {
  if (process->number == 0) return;
  close(process->harness);
  close(process->line);
  *process = (struct process){ 0 };
}

/* Answers the call a process waits in. One that is stopped reads it when it goes on. */
void answer(struct process *process, int error, int value) {
  struct answer given = { .error = error, .value = value };
  process->state = RUNNING;
  process->on = NULL;
  socket_put(process->line, &given, sizeof given);
}

static bool waits_for(const struct process *peer, const struct process *dead) {
  if (peer->state == SENDING || peer->state == REPLYING) return peer->on == dead;
  return peer->state == RECEIVING && peer->from == dead->pid;
}

/* A process is no more: all it had goes, and whoever waits for it goes on. */
void process_dies(struct process *process) {
  process->alive = process->held = false;
  process->died = true;
  queue_remove_process(process);
  proxies_end(process);
  for (size_t i = 0; i < PROCESSES_MOST; i++) {
    struct process *peer = &processes[i];
    if (peer->alive && waits_for(peer, process)) answer(peer, ESRCH, 0);
    if (peer->alive && peer->parent == process->pid) peer->parent = PROC_PID;
  }
}
