import { taskSuspend } from '#model/mach/tasks/task';
import { hostSelf, replyPort } from '#model/mach/ports/identity';
import { serve } from '#model/mach/messages/serve';
import { hasRoom } from '#model/mach/messages/send';
import { notify } from '#model/mach/notifications/notify';
import { killPort } from '#model/mach/ports/destroy-port';
import { messageCount } from '#model/mach/entries';
import { allocate } from '#model/mach/names/allocate';
import { NULL } from '#model/mach/state';
import { raised, returned } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

export const kernelPortMutants: MachMutants = {
  'task-port-outlives-its-task': {
    rule: 'mach/kernel-objects-are-ports',
    fault: 'the port of a task lives on when the task ends',
    mechanisms: {
      killPort: (world, id) => {
        if (world.state.ports[id]!.kernel !== 'task') killPort(world, id);
      },
    },
  },
  'thread-port-outlives-its-thread': {
    rule: 'mach/kernel-objects-are-ports',
    fault: 'the port of a thread lives on when the thread ends',
    mechanisms: {
      killPort: (world, id) => {
        if (world.state.ports[id]!.kernel !== 'thread') killPort(world, id);
      },
    },
  },
  'reply-port-is-sent-for': {
    rule: 'mach/kernel-services-are-messages',
    fault: 'mach_reply_port gives no port to a task with no special port of its own',
    operations: {
      mach_reply_port: {
        ...replyPort,
        step: (world, call) => (world.state.tasks[world.state.threads[call.thread]!.task]!.bootstrap === null
          ? returned({ name: NULL }) : replyPort.step(world, call)),
      },
    },
  },
  'host-is-asked-by-name': {
    rule: 'mach/kernel-services-are-messages',
    fault: 'the identity trap for the host fails for a task without names',
    operations: {
      mach_host_self: {
        ...hostSelf,
        step: (world, call) => (world.state.tasks[world.state.threads[call.thread]!.task]!.names.every((entry) => entry === null)
          ? raised('MACH_SEND_INVALID_DEST') as never : hostSelf.step(world, call)),
      },
    },
  },
  'null-task-means-the-caller': {
    rule: 'mach/kernel-services-are-messages',
    fault: 'a call that names no task is about the task of the caller',
    operations: {
      mach_port_allocate: {
        ...allocate,
        step: (world, call) => allocate.step(world, call.task.tag === 'identity' || call.task.name > 0 ? call
          : { ...call, task: { tag: 'identity', identity: world.state.threads[call.thread]!.task } }),
      },
      task_suspend: {
        ...taskSuspend,
        step: (world, call) => taskSuspend.step(world, call.task.tag === 'identity' || call.task.name > 0 ? call
          : { ...call, task: { tag: 'identity', identity: world.state.threads[call.thread]!.task } }),
      },
    },
  },
  'kernel-queues-requests': {
    rule: 'mach/kernel-port-requests-run-at-once',
    fault: 'a request to a kernel port waits in its queue',
    mechanisms: { serve: (world, request) => { world.mechanisms.deliver(world, request); } },
  },
  'unknown-request-is-not-answered': {
    rule: 'mach/kernel-port-requests-run-at-once',
    fault: 'a request that the kernel does not know gets no answer',
    mechanisms: {
      serve: (world, request) => {
        world.mechanisms.destroyRight(world, request.reply);
        serve(world, { ...request, reply: { tag: 'null', kind: null } });
      },
    },
  },
  'answer-has-the-number-of-its-request': {
    rule: 'mach/kernel-port-requests-run-at-once',
    fault: 'the answer of the kernel bears the number of the request itself',
    mechanisms: { serve: (world, request) => serve(world, { ...request, id: request.id - 100 }) },
  },
  'answer-respects-the-limit': {
    rule: 'mach/kernel-port-requests-run-at-once',
    fault: 'the answer of the kernel is dropped where the queue is full',
    mechanisms: {
      serve: (world, request) => serve(altered(world, {
        enqueue: (inner, message) => {
          const { queueLimit, kernel } = inner.state.ports[message.destination.port]!;
          if (kernel === null && messageCount(inner.state, message.destination.port) >= queueLimit) inner.mechanisms.destroyMessage(inner, message);
          else world.mechanisms.enqueue(inner, message);
        },
      }), request),
    },
  },
  'kernel-port-has-a-limit': {
    rule: 'mach/kernel-port-requests-run-at-once',
    fault: 'a sender with a timeout finds no room at a kernel port',
    mechanisms: {
      hasRoom: (world, message) => world.state.ports[message.destination.port]!.kernel === null && hasRoom(world, message),
    },
  },
  'full-port-gets-no-notification': {
    rule: 'mach/kernel-messages-ignore-queue-limits',
    fault: 'a notification is dropped where the queue is full',
    mechanisms: {
      notify: (world, port, id, body) => {
        const { queueLimit, life } = world.state.ports[port]!;
        if (life === 'live' && messageCount(world.state, port) >= queueLimit && id !== 69) world.mechanisms.dropSendOnce(world, port);
        else notify(world, port, id, body);
      },
    },
  },
};
