/* Just enough JSON for the adapter protocol: one text in, one text out. */
#ifndef JSON_H
#define JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum json_kind { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A value. The parts of an array or object hang off `first`, in order; those of an object have keys. */
struct json {
  enum json_kind kind;
  double number;
  char *text;
  char *key;
  struct json *first, *next;
};

/* Reads one text; NULL if it is not JSON. Everything belongs to the result: json_free it. */
struct json *json_read(const char *text);
void json_free(struct json *value);

/* A part of an object, or NULL; never looks into what is no object. */
const struct json *json_get(const struct json *object, const char *key);
const char *json_text(const struct json *value);
/* A number, or `otherwise` where there is none. */
long json_number(const struct json *value, long otherwise);

void json_write_text(FILE *out, const char *text);
#endif
