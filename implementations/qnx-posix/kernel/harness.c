#define _GNU_SOURCE
#include "harness.h"
#include "errors.h"
#include "kernel.h"
#include "order.h"
#include "process.h"
#include "socket.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {
#define X(name) #name,
  CALLS(X)
#undef X
};

static struct process *numbered(int number) {
  for (size_t i = 0; i < PROCESSES_MOST; i++)
    if (processes[i].number != 0 && processes[i].number == number) return &processes[i];
  return NULL;
}

void harness_close(void) {
  for (size_t i = 0; i < PROCESSES_MOST; i++) {
    if (processes[i].alive) kill(processes[i].pid, SIGKILL);
    process_forget(&processes[i]);
  }
  while (waitpid(-1, NULL, 0) > 0) continue;
  queue_clear();
  proxies_clear();
}

/* What a process must not have from us: our streams, and the connections of others. */
static void let_go(int ends[2]) {
  int nothing = open("/dev/null", O_RDWR);
  for (int stream = 0; stream < 3; stream++) dup2(nothing, stream);
  for (int other = 3; other < 1024; other++)
    if (other != ends[0] && other != ends[1]) close(other);
}

static bool begin(int number) {
  int ends[2];
  struct process *process = process_new(number, PROC_PID, ends);
  if (process == NULL) return false;
  pid_t pid = fork();
  if (pid == 0) {
    let_go(ends);
    process_live(ends[0], ends[1]);
  }
  close(ends[0]);
  close(ends[1]);
  process->pid = pid;
  process->alive = pid > 0;
  return pid > 0;
}

const char *harness_reset(int count) {
  harness_close();
  for (int i = 1; i <= count; i++)
    if (!begin(i)) return strerror(errno);
  return NULL;
}

/* A fork is a call of the kernel's to answer with two connections for the child, whom it knows once it is there. */
static void make_child(struct process *caller, const struct request *request) {
  int ends[2] = { -1, -1 };
  struct answer given = { 0 };
  struct process *child = process_new(request->value, caller->pid, ends);
  if (child == NULL) given.error = errno;
  if (child == NULL) socket_put(caller->line, &given, sizeof given);
  else socket_put_ends(caller->line, &given, sizeof given, ends);
  if (child == NULL) return;
  close(ends[0]);
  close(ends[1]);
}

static void child_is_there(struct process *parent) {
  struct process *child = numbered(parent->call.value);
  if (child == NULL) return;
  child->pid = parent->result.value;
  child->alive = parent->result.error == 0;
  if (!child->alive) process_forget(child);
}

static void hear_call(struct process *process) {
  struct request request;
  if (!socket_take(process->line, &request, sizeof request)) { process_dies(process); return; }
  if (request.call == CALL_fork) { process->call = request; make_child(process, &request); }
  else kernel_call(process, &request);
}

static void hear_result(struct process *process) {
  if (!socket_take(process->harness, &process->result, sizeof process->result)) { process_dies(process); return; }
  if (process->result.call == CALL_fork && process->result.value != 0) child_is_there(process);
  process->state = IDLE;
  process->answered = true;
}

static bool is_busy(const struct process *process) {
  return process->alive && process->state == RUNNING && !process->held;
}

/* Hears whoever has something to say. Waits only as long as somebody is about to say something. */
static void settle(void) {
  for (;;) {
    struct pollfd polled[2 * PROCESSES_MOST];
    struct process *whose[2 * PROCESSES_MOST];
    nfds_t used = 0;
    bool busy = false;
    for (size_t i = 0; i < PROCESSES_MOST; i++) {
      struct process *process = &processes[i];
      if (!process->alive) continue;
      busy = busy || is_busy(process);
      whose[used] = process;
      polled[used++] = (struct pollfd){ .fd = process->line, .events = POLLIN };
      whose[used] = process;
      polled[used++] = (struct pollfd){ .fd = process->harness, .events = POLLIN };
    }
    int ready = poll(polled, used, busy ? -1 : 0);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return;
    for (nfds_t i = 0; i < used; i++) {
      if (polled[i].revents == 0 || !whose[i]->alive) continue;
      if (i % 2 == 0) hear_call(whose[i]);
      else hear_result(whose[i]);
      /* One at a time: what is heard may change whom there is to hear. */
      break;
    }
  }
}

static void write_bytes(FILE *out, const char *key, const struct result *result) {
  fprintf(out, "\"%s\":[", key);
  for (uint32_t i = 0; i < result->size; i++) fprintf(out, "%s%d", i == 0 ? "" : ",", result->bytes[i]);
  fputc(']', out);
}

static void write_value(FILE *out, const struct result *result) {
  switch (result->call) {
    case CALL_Send: case CALL_Sendmx: fputc('{', out); write_bytes(out, "reply", result); fputc('}', out); return;
    case CALL_Receive: case CALL_Receivemx: case CALL_Creceive: case CALL_Creceivemx:
      fprintf(out, "{\"pid\":%d,", result->value); write_bytes(out, "buffer", result); fputc('}', out); return;
    case CALL_Readmsg: case CALL_Readmsgmx:
      fprintf(out, "{\"count\":%d,", result->value); write_bytes(out, "buffer", result); fputc('}', out); return;
    case CALL_Writemsg: case CALL_Writemsgmx: fprintf(out, "{\"count\":%d}", result->value); return;
    case CALL_qnx_proxy_attach: fprintf(out, "{\"proxy\":%d}", result->value); return;
    case CALL_Trigger: case CALL_fork: fprintf(out, "{\"pid\":%d}", result->value); return;
    case CALL_getpid: fprintf(out, "{\"pid\":%d,\"parent\":%d}", result->value, result->parent); return;
    case CALL_load: fputc('{', out); write_bytes(out, "bytes", result); fputc('}', out); return;
    default: fputs("null", out);
  }
}

static void write_event(FILE *out, const struct process *process, bool first) {
  fprintf(out, "%s{\"thread\":\"P%d\",", first ? "" : ",", process->number);
  if (process->died) fputs("\"tag\":\"ended\"}", out);
  else if (!process->answered) fputs("\"tag\":\"blocked\"}", out);
  else if (process->result.error != 0) fprintf(out, "\"tag\":\"raised\",\"error\":\"%s\"}", error_name(process->result.error));
  else {
    fputs("\"tag\":\"returned\",\"value\":", out);
    write_value(out, &process->result);
    fputc('}', out);
  }
}

static void write_events(FILE *out) {
  bool first = true;
  fputc('[', out);
  for (size_t i = 0; i < PROCESSES_MOST; i++) {
    struct process *process = &processes[i];
    if (process->number == 0 || !(process->called || process->died || process->answered)) continue;
    write_event(out, process, first);
    first = false;
  }
  fputc(']', out);
}

/* The dead are gone once they have been told of. */
static void look_away(void) {
  for (size_t i = 0; i < PROCESSES_MOST; i++) {
    if (processes[i].died) process_forget(&processes[i]);
    else processes[i].called = processes[i].answered = false;
  }
  while (waitpid(-1, NULL, WNOHANG) > 0) continue;
}

static int call_named(const char *name) {
  for (int call = 0; call < CALL_COUNT; call++)
    if (strcmp(names[call], name) == 0) return call;
  return -1;
}

static int pid_numbered(int number) {
  if (number == 0) return PROC_PID;
  const struct process *process = numbered(number);
  return process == NULL ? -1 : process->pid;
}

const char *harness_step(const struct json *asked, FILE *out) {
  struct request order = { .call = call_named(json_text(json_get(asked, "operation"))) };
  if (order.call < 0) return "no such operation";
  const char *wrong = order_read(asked, pid_numbered, &order);
  if (wrong != NULL) return wrong;
  if (order.call == CALL_interrupt) {
    struct proxy *proxy = proxy_under(order.pid);
    if (proxy != NULL) trigger(proxy);
  } else {
    /* Whoever died since the last call is not there any more to be asked. */
    struct process *caller = numbered(order_process(json_get(asked, "thread")));
    settle();
    if (caller == NULL || (!caller->alive && !caller->died)) return "no such process";
    if (caller->alive) {
      if (caller->state != IDLE || caller->held) return "the process is not free to call";
      caller->called = true;
      caller->state = RUNNING;
      socket_put(caller->harness, &order, sizeof order);
    }
  }
  settle();
  write_events(out);
  look_away();
  return NULL;
}

void harness_write_operations(FILE *out) {
  for (int call = 0; call < CALL_COUNT; call++) fprintf(out, "%s\"%s\"", call == 0 ? "[" : ",", names[call]);
  fputc(']', out);
}
