#include "kernel.h"
#include "memory.h"
#include <errno.h>

#include "errors.h"

static bool waits_for(const struct process *receiver, const struct process *sender) {
  return receiver->state == RECEIVING && (receiver->from == 0 || receiver->from == sender->pid);
}

/*
 * A message goes straight to a receiver that waits for it, or its sender joins the queue; either way the sender is
 * blocked. False if the receiver's buffer faults: then nothing has happened to either.
 */
static bool offer(struct process *sender, struct process *receiver) {
  if (waits_for(receiver, sender)) {
    struct copied copied = copy_bytes(side_of(sender->pid, &sender->call.message, 0), side_of(receiver->pid, &receiver->call.reply, 0));
    if (copied.end != COPIED) return false;
    sender->state = REPLYING;
    sender->on = receiver;
    answer(receiver, 0, sender->pid);
    return true;
  }
  sender->state = SENDING;
  sender->on = receiver;
  queue_add((struct item){ .receiver = receiver, .sender = sender });
  return true;
}

void call_send(struct process *caller) {
  const struct request *call = &caller->call;
  struct proxy *proxy = proxy_under(call->pid);
  struct process *receiver = process_under(call->pid);
  if (proxy == NULL && receiver == NULL && call->pid != PROC_PID) { answer(caller, ESRCH, 0); return; }
  if (call->message.count > PARTS_MOST || call->reply.count > PARTS_MOST) { answer(caller, EINVAL, 0); return; }
  if (!is_readable(caller->pid, &call->message)) { answer(caller, EFAULT, 0); return; }
  if (proxy != NULL) trigger(proxy);
  if (receiver == NULL) { answer(caller, 0, 0); return; }
  if (!offer(caller, receiver)) answer(caller, EDSTFAULT, 0);
}

/* Takes the first item that fits: false if there is none, or if the buffer faults, and then it stays. */
static bool take(struct process *receiver, int from, int *error, int *pid) {
  struct item *item = queue_find(receiver, from);
  *error = 0;
  if (item == NULL) return false;
  struct process *sender = item->sender;
  struct side content = item->proxy != NULL ? side_bytes(item->proxy->data, item->proxy->size)
                                            : side_of(sender->pid, &sender->call.message, 0);
  if (copy_bytes(content, side_of(receiver->pid, &receiver->call.reply, 0)).end != COPIED) { *error = EFAULT; return false; }
  *pid = item->proxy != NULL ? item->proxy->pid : sender->pid;
  if (item->proxy != NULL && --item->proxy->count > 0) return true;
  queue_take(item);
  if (sender != NULL) sender->state = REPLYING;
  return true;
}

void call_receive(struct process *caller, bool waits) {
  int error, pid, from = caller->call.pid;
  if (from != 0 && !is_source(from)) { answer(caller, ESRCH, 0); return; }
  if (caller->call.reply.count > PARTS_MOST) { answer(caller, EINVAL, 0); return; }
  if (take(caller, from, &error, &pid)) { answer(caller, 0, pid); return; }
  if (error != 0 || !waits) { answer(caller, error != 0 ? error : ENOMSG, 0); return; }
  caller->state = RECEIVING;
  caller->from = from;
}

void serve(struct process *receiver) {
  int error, pid;
  if (receiver->state != RECEIVING) return;
  if (take(receiver, receiver->from, &error, &pid)) answer(receiver, 0, pid);
  else if (error != 0) answer(receiver, error, 0);
}

/* The client under the pid that the caller names, whose message it has received and not answered; NULL after saying why not. */
static struct process *client_of(struct process *caller) {
  struct process *client = process_under(caller->call.pid);
  if (client == NULL || client->state != REPLYING || client->on != caller) { answer(caller, ESRCH, 0); return NULL; }
  if (caller->call.message.count > PARTS_MOST || caller->call.reply.count > PARTS_MOST) { answer(caller, EINVAL, 0); return NULL; }
  return client;
}

void call_reply(struct process *caller) {
  struct process *client = client_of(caller);
  if (client == NULL) return;
  struct copied copied = copy_bytes(side_of(caller->pid, &caller->call.message, 0), side_of(client->pid, &client->call.reply, 0));
  if (copied.end == COPIED) answer(client, 0, 0);
  answer(caller, copied.end == COPIED ? 0 : copied.end == SOURCE_FAULTS ? EFAULT : EDSTFAULT, 0);
}

void call_readmsg(struct process *caller) {
  struct process *client = client_of(caller);
  if (client == NULL) return;
  struct side source = side_of(client->pid, &client->call.message, (size_t)caller->call.offset);
  struct copied copied = copy_bytes(source, side_of(caller->pid, &caller->call.reply, 0));
  answer(caller, copied.end == COPIED ? 0 : EFAULT, (int)copied.count);
}

void call_writemsg(struct process *caller) {
  struct process *client = client_of(caller);
  if (client == NULL) return;
  struct side target = side_of(client->pid, &client->call.reply, (size_t)caller->call.offset);
  struct copied copied = copy_bytes(side_of(caller->pid, &caller->call.message, 0), target);
  answer(caller, copied.end == COPIED ? 0 : copied.end == SOURCE_FAULTS ? EFAULT : EDSTFAULT, (int)copied.count);
}

/* From now on the client waits for another, as though it had sent its message there. */
void call_relay(struct process *caller) {
  struct process *client = client_of(caller);
  if (client == NULL) return;
  struct process *receiver = process_under(caller->call.to);
  struct proxy *proxy = proxy_under(caller->call.to);
  if (receiver == NULL && proxy == NULL && caller->call.to != PROC_PID) { answer(caller, ESRCH, 0); return; }
  if (proxy != NULL) trigger(proxy);
  if (receiver == NULL) answer(client, 0, 0);
  else if (!offer(client, receiver)) { answer(caller, EDSTFAULT, 0); return; }
  answer(caller, 0, 0);
}
