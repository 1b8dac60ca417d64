#include "json.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64 };

/* Where reading stands, and whether anything has gone wrong. */
struct reader { const char *at; int depth; bool bad; };

static void skip_space(struct reader *r) {
  while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r') r->at++;
}

static bool take(struct reader *r, char wanted) {
  skip_space(r);
  if (*r->at != wanted) return false;
  r->at++;
  return true;
}

static void *grown(size_t size) {
  void *memory = calloc(1, size);
  if (memory == NULL) abort();
  return memory;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)tolower((unsigned char)c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A character given by its number. What the protocol says of kernels is ASCII; all else becomes '?'. */
static char read_escape(struct reader *r) {
  char c = *r->at++;
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"': case '\\': case '/': return c;
    case 'u': break;
    default: r->bad = true; r->at--; return '?';
  }
  int code = 0;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(*r->at);
    if (digit < 0) { r->bad = true; return '?'; }
    code = code * 16 + digit;
    r->at++;
  }
  return code > 0 && code < 128 ? (char)code : '?';
}

static char *read_string(struct reader *r) {
  size_t longest = strcspn(r->at, "\n") + 1;
  char *text = grown(longest), *end = text;
  while (*r->at != '"') {
    if (*r->at == '\0' || (unsigned char)*r->at < ' ' || r->bad) { r->bad = true; return text; }
    if (*r->at == '\\') { r->at++; *end++ = read_escape(r); }
    else *end++ = *r->at++;
  }
  r->at++;
  return text;
}

static struct json *read_value(struct reader *r);

static void read_parts(struct reader *r, struct json *whole, char close) {
  struct json **last = &whole->first;
  if (take(r, close)) return;
  do {
    char *key = NULL;
    if (whole->kind == JSON_OBJECT) {
      if (!take(r, '"')) { r->bad = true; return; }
      key = read_string(r);
      if (!take(r, ':')) { free(key); r->bad = true; return; }
    }
    struct json *part = read_value(r);
    part->key = key;
    *last = part;
    last = &part->next;
  } while (!r->bad && take(r, ','));
  if (!take(r, close)) r->bad = true;
}

static bool take_word(struct reader *r, const char *word) {
  size_t length = strlen(word);
  if (strncmp(r->at, word, length) != 0) return false;
  r->at += length;
  return true;
}

static void read_plain(struct reader *r, struct json *value) {
  if (take_word(r, "null")) { value->kind = JSON_NULL; return; }
  value->kind = JSON_BOOLEAN;
  if (take_word(r, "true")) { value->number = 1; return; }
  if (take_word(r, "false")) return;
  char *end;
  value->kind = JSON_NUMBER;
  value->number = strtod(r->at, &end);
  if (end == r->at) r->bad = true;
  r->at = end;
}

static struct json *read_value(struct reader *r) {
  struct json *value = grown(sizeof *value);
  if (++r->depth > DEEPEST) r->bad = true;
  skip_space(r);
  if (r->bad) return value;
  if (take(r, '{')) { value->kind = JSON_OBJECT; read_parts(r, value, '}'); }
  else if (take(r, '[')) { value->kind = JSON_ARRAY; read_parts(r, value, ']'); }
  else if (take(r, '"')) { value->kind = JSON_STRING; value->text = read_string(r); }
  else read_plain(r, value);
  r->depth--;
  return value;
}

struct json *json_read(const char *text) {
  struct reader r = { .at = text };
  struct json *value = read_value(&r);
  skip_space(&r);
  if (!r.bad && *r.at == '\0') return value;
  json_free(value);
  return NULL;
}

void json_free(struct json *value) {
  while (value != NULL) {
    struct json *next = value->next;
    json_free(value->first);
    free(value->text);
    free(value->key);
    free(value);
    value = next;
  }
}

const struct json *json_get(const struct json *object, const char *key) {
  if (object == NULL || object->kind != JSON_OBJECT) return NULL;
  for (const struct json *part = object->first; part != NULL; part = part->next)
    if (strcmp(part->key, key) == 0) return part;
  return NULL;
}

const char *json_text(const struct json *value) {
  return value != NULL && value->kind == JSON_STRING ? value->text : "";
}

long json_number(const struct json *value, long otherwise) {
  return value != NULL && value->kind == JSON_NUMBER ? (long)value->number : otherwise;
}

void json_write_text(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') fprintf(out, "\\%c", c);
    else if (c < ' ' || c > '~') fprintf(out, "\\u%04x", c);
    else fputc(c, out);
  }
  fputc('"', out);
}
