#include "kernel.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>

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
  if (target->doomed && !target->held) target->state = RUNNING;
  if (target != caller || !target->doomed || target->held) answer(caller, 0, 0);
}
