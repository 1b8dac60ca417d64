#include "kernel.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The state of a process as the system has it: T where it is stopped; 0 where it cannot be told. */
static char state_of(pid_t pid) {
  char path[32], text[256];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  char *end = strrchr(text, ')');
  return end == NULL || end[1] == 0 ? 0 : end[2];
}

/* A process that is told to stop does so a little later; what comes before that would overtake the stop. */
static void await_stop(pid_t pid) {
  const struct timespec moment = { .tv_nsec = 1000 * 1000 };
  for (int i = 0; i < 1000; i++) {
    char state = state_of(pid);
    if (state == 0 || state == 'T' || state == 'Z' || state == 'X') return;
    nanosleep(&moment, NULL);
  }
}

/* Signals go to the processes themselves, and do there what they do. `value` is the signal; 0 only asks; -1 is none. */
void call_kill(struct process *caller) {
  int pid = caller->call.pid, number = caller->call.value;
  struct process *target = process_under(pid);
  if (number < 0) { answer(caller, EINVAL, 0); return; }
  if (target == NULL) { answer(caller, pid == PROC_PID ? EPERM : ESRCH, 0); return; }
  if (number == SIGSTOP) target->held = true;
  bool ends = number != 0 && number != SIGSTOP && number != SIGCONT && number != SIGCHLD;
  if (ends) target->doomed = true;
  if (number == SIGCONT) target->held = false;
  /* What would end a stopped process waits until it goes on; nothing else makes SIGKILL wait. */
  if (number == SIGKILL) target->held = false;
  if (number != 0) kill(target->pid, number);
  if (number == SIGSTOP) await_stop(target->pid);
  if (target->doomed && !target->held) target->state = RUNNING;
  if (target != caller || !target->doomed || target->held) answer(caller, 0, 0);
}
