#include "order.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int order_process(const struct json *name) {
  const char *text = json_text(name);
  char *end;
  if (text[0] != 'P') return -1;
  long number = strtol(text + 1, &end, 10);
  return *end == '\0' && end != text + 1 && number >= 0 && number < 1 << 20 ? (int)number : -1;
}

/* A pid: the number itself, or that of a process which the harness knows. */
static int pid_in(const struct json *value, int (*pid_of)(int)) {
  return value != NULL && value->kind == JSON_STRING ? pid_of(order_process(value)) : (int)json_number(value, -1);
}

static void add_part(const struct json *value, struct parts *parts) {
  if (parts->count < PARTS_CARRIED) {
    parts->part[parts->count].at = (uint32_t)json_number(json_get(value, "at"), 0);
    parts->part[parts->count].length = (uint32_t)json_number(json_get(value, "length"), 0);
  }
  parts->count++;
}

/* A buffer: one part, or a list of them. */
static void read_buffer(const struct json *value, struct parts *parts) {
  if (value == NULL) return;
  if (value->kind != JSON_ARRAY) { add_part(value, parts); return; }
  for (const struct json *part = value->first; part != NULL; part = part->next) add_part(part, parts);
}

static int signal_named(const char *name) {
  static const struct { const char *name; int number; } known[] = {
    { "SIGUSR1", SIGUSR1 }, { "SIGUSR2", SIGUSR2 }, { "SIGTERM", SIGTERM }, { "SIGSEGV", SIGSEGV },
    { "SIGCHLD", SIGCHLD }, { "SIGSTOP", SIGSTOP }, { "SIGCONT", SIGCONT }, { "SIGKILL", SIGKILL }, { "none", 0 },
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (strcmp(known[i].name, name) == 0) return known[i].number;
  return -1;
}

/* Bytes to be stored, by their numbers. */
static const char *read_bytes(const struct json *value, struct request *order) {
  if (value == NULL) return NULL;
  for (const struct json *byte = value->first; byte != NULL; byte = byte->next) {
    if (order->size == STORED_MOST) return "too many bytes";
    order->bytes[order->size++] = (unsigned char)json_number(byte, 0);
  }
  return NULL;
}

static const char *read_access(const struct json *call, struct request *order) {
  order->pid = (int32_t)json_number(json_get(call, "at"), -1);
  if (order->pid < 0) return "at: no address";
  if (order->call == CALL_load) order->size = (uint32_t)json_number(json_get(call, "length"), 0);
  return order->call == CALL_store ? read_bytes(json_get(call, "bytes"), order) : NULL;
}

const char *order_read(const struct json *call, int (*pid_of)(int), struct request *order) {
  if (order->call == CALL_store || order->call == CALL_load) return read_access(call, order);
  const struct json *pid = json_get(call, "pid"), *proxy = json_get(call, "proxy");
  order->pid = pid_in(pid != NULL ? pid : proxy, pid_of);
  order->to = pid_in(json_get(call, "to"), pid_of);
  order->offset = (int32_t)json_number(json_get(call, "offset"), 0);
  read_buffer(json_get(call, "message"), &order->message);
  read_buffer(json_get(call, "data"), &order->message);
  read_buffer(json_get(call, "reply"), &order->reply);
  read_buffer(json_get(call, "buffer"), &order->reply);
  if (order->call == CALL_fork) order->value = order_process(json_get(call, "child"));
  if (order->call == CALL__exit) order->value = (int32_t)json_number(json_get(call, "status"), 0);
  if (order->call == CALL_kill) order->value = signal_named(json_text(json_get(call, "signal")));
  return order->call == CALL_fork && order->value <= 0 ? "child: no process" : NULL;
}
