/* An example: a kernel with Mach's names and nothing to do with them. Put your own in its place. */
#include "portcullis.h"

enum { TASKS = 8, NAMES = 256 };

static int task_count;
static bool used[TASKS][NAMES];

static void reset(int tasks, const int *threads) {
  (void)threads;
  task_count = tasks < TASKS ? tasks : TASKS;
  memset(used, 0, sizeof used);
}

/* A task is meant by itself ("T1"), or by a name for its port: there are none of those here. */
static int task_of(const struct pc_value *value) {
  char text[16];
  pc_text(value, text, sizeof text);
  int task = text[0] == 'T' ? atoi(text + 1) - 1 : -1;
  return task < task_count ? task : -1;
}

static void allocate(const char *thread, int task, const struct pc_value *right) {
  if (!pc_is(right, "receive") && !pc_is(right, "port-set") && !pc_is(right, "dead-name")) {
    pc_raised(thread, "KERN_INVALID_VALUE");
    return;
  }
  int name = 1;
  while (name < NAMES && used[task][name]) name++;
  if (name == NAMES) {
    pc_unsupported(thread, "no more names");
    return;
  }
  used[task][name] = true;
  char answer[32];
  snprintf(answer, sizeof answer, "{\"name\":%d}", name);
  pc_returned(thread, answer);
}

static void destroy(const char *thread, int task, long long name) {
  if (name < 1 || name >= NAMES || !used[task][name]) {
    pc_raised(thread, "KERN_INVALID_NAME");
    return;
  }
  used[task][name] = false;
  pc_returned(thread, "null");
}

static void step(const char *operation, const struct pc_value *call) {
  char thread[16];
  pc_text(pc_field(call, "thread"), thread, sizeof thread);
  int task = task_of(pc_field(call, "task"));
  if (task < 0) pc_raised(thread, "MACH_SEND_INVALID_DEST");
  else if (strcmp(operation, "mach_port_allocate") == 0) allocate(thread, task, pc_field(call, "right"));
  else if (strcmp(operation, "mach_port_destroy") == 0) destroy(thread, task, pc_number(pc_field(call, "name"), 0));
  else pc_unsupported(thread, "no such operation");
}

int main(void) {
  static const char *const operations[] = {"mach_port_allocate", "mach_port_destroy", NULL};
  static const struct pc_adapter adapter = {
    .model = "mach", .name = "example", .version = "1", .operations = operations, .reset = reset, .step = step,
  };
  return pc_serve(&adapter);
}
