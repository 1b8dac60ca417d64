/*
 * A kit for adapters in C: it speaks the adapter protocol, and asks a kernel of yours to make the calls.
 *
 * Fill in a `struct pc_adapter` and give it to `pc_serve`. For each call, `step` says what was seen, with any of
 *
 *   pc_returned(thread, json)        the caller gets this value; `json` is JSON text, or "null"
 *   pc_raised(thread, error)         the kernel refuses; `error` as its documents spell it
 *   pc_blocked(thread)               the caller has to wait
 *   pc_ended(thread)                 the thread is no more
 *   pc_unsupported(thread, why)      the call cannot be made here: the case ends
 *
 * and answers of threads that had waited are said in the same way. Standard output is the protocol's: print on
 * standard error. C11, no allocation, nothing but the standard library. Include it in one file.
 */
#ifndef PORTCULLIS_H
#define PORTCULLIS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PC_LINE = 1 << 16, PC_VALUES = 4096, PC_TASKS = 64, PC_DEPTH = 32 };

/* A value of a request: a stretch of its text, and how many values after it belong to it. */
struct pc_value {
  const char *text;
  int length;
  int within;
};

struct pc_adapter {
  const char *model;              /* the model it claims to follow: "mach", "qnx", ... */
  const char *name;
  const char *version;
  const char *const *operations;  /* ends with NULL */
  void (*reset)(int tasks, const int *threads);
  void (*step)(const char *operation, const struct pc_value *call);
  /* For those that can set up more of a run's beginning; NULL where there is nothing of the kind. */
  const char *const *scope;       /* what beside threads: of Chorus "sites", "privileges", ...; ends with NULL */
  void (*set_up)(const struct pc_value *scope);  /* told before `reset` what of that is to differ from what it is otherwise */
};

static char pc_line[PC_LINE];
static char pc_reply[PC_LINE];
static int pc_used;
static struct pc_value pc_values[PC_VALUES];
static int pc_count;

/* --- saying what was seen --- */

static void pc_say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int written = vsnprintf(pc_reply + pc_used, (size_t)(PC_LINE - pc_used), format, arguments);
  va_end(arguments);
  if (written < 0 || written >= PC_LINE - pc_used) {
    fprintf(stderr, "the reply is too long\n");
    exit(1);
  }
  pc_used += written;
}

static void pc_event(const char *tag, const char *thread) {
  pc_say("%s{\"tag\":\"%s\",\"thread\":\"%s\"", pc_reply[pc_used - 1] == '[' ? "" : ",", tag, thread);
}

static inline void pc_returned(const char *thread, const char *json) {
  pc_event("returned", thread);
  pc_say(",\"value\":%s}", json);
}

static inline void pc_raised(const char *thread, const char *error) {
  pc_event("raised", thread);
  pc_say(",\"error\":\"%s\"}", error);
}

static inline void pc_blocked(const char *thread) {
  pc_event("blocked", thread);
  pc_say("}");
}

static inline void pc_ended(const char *thread) {
  pc_event("ended", thread);
  pc_say("}");
}

static inline void pc_unsupported(const char *thread, const char *why) {
  pc_event("unsupported", thread);
  pc_say(",\"why\":\"%s\"}", why);
}

/* --- reading a request --- */

static const char *pc_skip(const char *at) {
  while (*at == ' ' || *at == '\t' || *at == ',' || *at == ':' || *at == '\r' || *at == '\n') at++;
  return at;
}

/* Takes one value apart, and what is in it; NULL if it is not JSON, or too much. Strings are kept without quotes. */
static const char *pc_parse(const char *at, int depth) {
  at = pc_skip(at);
  if (pc_count == PC_VALUES || depth == PC_DEPTH || *at == '\0') return NULL;
  int self = pc_count++;
  struct pc_value *value = &pc_values[self];
  const char *start = at;
  if (*at == '"') {
    start = ++at;
    while (*at != '"') {
      if (*at == '\\') at++;
      if (*at++ == '\0') return NULL;
    }
    *value = (struct pc_value){start, (int)(at - start), 0};
    return at + 1;
  }
  if (*at == '{' || *at == '[') {
    char close = *at == '{' ? '}' : ']';
    for (at = pc_skip(at + 1); *at != close; at = pc_skip(at)) {
      at = pc_parse(at, depth + 1);
      if (at == NULL) return NULL;
    }
    at++;
  } else {
    at += strcspn(at, ",:]} \t\r\n");
    if (at == start) return NULL;
  }
  pc_values[self] = (struct pc_value){start, (int)(at - start), pc_count - self - 1};
  return at;
}

static bool pc_is(const struct pc_value *value, const char *text) {
  return value != NULL && (int)strlen(text) == value->length && memcmp(value->text, text, (size_t)value->length) == 0;
}

/* The value that follows another, beside it. */
static const struct pc_value *pc_next(const struct pc_value *value) { return value + 1 + value->within; }

/* A field of an object, or NULL. */
static const struct pc_value *pc_field(const struct pc_value *object, const char *name) {
  if (object == NULL) return NULL;
  const struct pc_value *end = pc_next(object);
  for (const struct pc_value *key = object + 1; key < end; key = pc_next(pc_next(key)))
    if (pc_is(key, name)) return pc_next(key);
  return NULL;
}

/* A whole number; `otherwise` if it is none. */
static inline long long pc_number(const struct pc_value *value, long long otherwise) {
  if (value == NULL) return otherwise;
  char *end;
  long long number = strtoll(value->text, &end, 10);
  return end == value->text + value->length ? number : otherwise;
}

/* A string without escapes, copied. */
static inline const char *pc_text(const struct pc_value *value, char *into, size_t size) {
  snprintf(into, size, "%.*s", value == NULL ? 0 : value->length, value == NULL ? "" : value->text);
  return into;
}

/* --- answering --- */

static void pc_initialize(const struct pc_adapter *adapter) {
  pc_say("{\"protocol\":1,\"implementation\":{\"name\":\"%s\",\"version\":\"%s\",\"language\":\"c\"},\"kernel\":\"%s\",\"operations\":[",
         adapter->name, adapter->version, adapter->model);
  for (const char *const *operation = adapter->operations; *operation != NULL; operation++)
    pc_say("%s\"%s\"", operation == adapter->operations ? "" : ",", *operation);
  pc_say("],\"features\":{\"step\":true,\"run\":false,\"scope\":[");
  for (const char *const *field = adapter->scope; field != NULL && *field != NULL; field++)
    pc_say("%s\"%s\"", field == adapter->scope ? "" : ",", *field);
  pc_say("]}}");
}

static void pc_reset(const struct pc_adapter *adapter, const struct pc_value *params) {
  const struct pc_value *scope = pc_field(params, "scope");
  const struct pc_value *threads = pc_field(scope, "threads");
  int counts[PC_TASKS];
  int tasks = 0;
  if (threads != NULL)
    for (const struct pc_value *at = threads + 1; at < pc_next(threads) && tasks < PC_TASKS; at = pc_next(at))
      counts[tasks++] = (int)pc_number(at, 0);
  if (adapter->set_up != NULL) adapter->set_up(scope);
  adapter->reset(tasks, counts);
  pc_say("{}");
}

static void pc_step(const struct pc_adapter *adapter, const struct pc_value *params) {
  const struct pc_value *call = pc_field(params, "call");
  char operation[64];
  pc_text(pc_field(call, "operation"), operation, sizeof operation);
  pc_say("{\"events\":[");
  adapter->step(operation, call);
  pc_say("]}");
}

/* Answers requests until there are no more. */
static inline int pc_serve(const struct pc_adapter *adapter) {
  while (fgets(pc_line, sizeof pc_line, stdin) != NULL) {
    pc_count = 0;
    pc_used = 0;
    if (pc_parse(pc_line, 0) == NULL) {
      fprintf(stderr, "a request is not JSON, or too long\n");
      return 1;
    }
    const struct pc_value *method = pc_field(pc_values, "method");
    const struct pc_value *params = pc_field(pc_values, "params");
    pc_say("{\"jsonrpc\":\"2.0\",\"id\":%lld,", pc_number(pc_field(pc_values, "id"), 0));
    bool known = true;
    int after_id = pc_used;
    pc_say("\"result\":");
    if (pc_is(method, "initialize")) pc_initialize(adapter);
    else if (pc_is(method, "reset")) pc_reset(adapter, params);
    else if (pc_is(method, "step")) pc_step(adapter, params);
    else if (pc_is(method, "shutdown")) pc_say("{}");
    else known = false;
    if (!known) {
      pc_used = after_id;
      pc_say("\"error\":{\"code\":-32601,\"message\":\"no such method\"}");
    }
    pc_say("}\n");
    fputs(pc_reply, stdout);
    fflush(stdout);
    if (pc_is(method, "shutdown")) return 0;
  }
  return 0;
}

#endif
