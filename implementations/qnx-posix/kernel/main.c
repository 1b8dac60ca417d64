/*
 * The IPC core of QNX 4 on a POSIX system: processes that really run, block and die, and a kernel, in a process of its own,
 * that they call over sockets. Answers Portcullis's adapter protocol, one JSON object a line.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "json.h"
#include "kernel.h"
#include "process.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { PARSE_ERROR = -32700, INVALID_REQUEST = -32600, UNKNOWN_METHOD = -32601, FAILED = -32000, HARNESS_FAULT = 4 };

static void write_error(long id, int code, const char *message) {
  if (id < 0) printf("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":%d,\"message\":", code);
  else printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"error\":{\"code\":%d,\"message\":", id, code);
  json_write_text(stdout, message);
  puts("}}");
}

static void initialize(long id) {
  printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":{\"protocol\":1,\"implementation\":{\"name\":\"qnx-posix\","
         "\"version\":\"1\",\"language\":\"c\"},\"kernel\":\"qnx\",\"operations\":", id);
  harness_write_operations(stdout);
  puts(",\"features\":{\"step\":true,\"run\":false}}}");
}

static void reset(long id, const struct json *params) {
  const struct json *threads = json_get(json_get(params, "scope"), "threads");
  int count = 0;
  for (const struct json *each = threads == NULL ? NULL : threads->first; each != NULL; each = each->next) count++;
  const char *wrong = count == 0 || count > PROCESSES_MOST ? "scope.threads: so many processes cannot be" : harness_reset(count);
  if (wrong != NULL) write_error(id, FAILED, wrong);
  else printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":{}}\n", id);
}

static void step(long id, const struct json *params) {
  char *events = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&events, &size);
  if (out == NULL) { write_error(id, FAILED, strerror(errno)); return; }
  const char *wrong = harness_step(json_get(params, "call"), out);
  fclose(out);
  if (wrong != NULL) write_error(id, FAILED, wrong);
  else printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":{\"events\":%s}}\n", id, events);
  free(events);
}

/* Answers one line; false when it was the last. */
static bool respond(const char *line) {
  struct json *request = json_read(line);
  if (request == NULL) { write_error(-1, PARSE_ERROR, "not JSON"); return true; }
  const char *method = json_text(json_get(request, "method"));
  long id = json_number(json_get(request, "id"), -1);
  const struct json *params = json_get(request, "params");
  bool last = strcmp(method, "shutdown") == 0;
  if (id < 0) write_error(-1, INVALID_REQUEST, "a request has an id");
  else if (strcmp(method, "initialize") == 0) initialize(id);
  else if (strcmp(method, "reset") == 0) reset(id, params);
  else if (strcmp(method, "step") == 0) step(id, params);
  else if (last) printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":{}}\n", id);
  else write_error(id, UNKNOWN_METHOD, "no such method");
  json_free(request);
  return !last;
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  const struct rlimit none = { 0, 0 };
  setrlimit(RLIMIT_CORE, &none);
  signal(SIGPIPE, SIG_IGN);
  /* Whoever is left behind by a parent that died is ours to wait for. */
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !process_map()) {
    perror("qnx-posix");
    return HARNESS_FAULT;
  }
  bool more = true;
  while (more && getline(&line, &room, stdin) > 0) {
    if (line[strspn(line, " \t\r\n")] == '\0') continue;
    more = respond(line);
    fflush(stdout);
  }
  harness_close();
  free(line);
  return 0;
}
