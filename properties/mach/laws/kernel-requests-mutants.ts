import { destroyRight } from '#model/mach/rights/release';
import { insertRight } from '#model/mach/rights/insert-right';
import { extractRight } from '#model/mach/rights/extract-right';
import { requestNotification } from '#model/mach/notifications/request-notification';
import { allocate } from '#model/mach/names/allocate';
import { deallocate } from '#model/mach/names/release-name';
import { portsRegister, setTaskPort } from '#model/mach/tasks/special-ports';
import { taskSuspend } from '#model/mach/tasks/task';
import { freshName, setEntry } from '#model/mach/entries';
import { raised, returned, spoiled } from '#model/operation';
import type { TaskId } from '#spec/mach/vocabulary';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

/** A verdict that blames the argument where it blamed the task. */
const asArgument = <V extends { readonly tag: string }>(verdict: V): V =>
  ('error' in verdict && verdict.error === 'KERN_INVALID_TASK' ? raised('KERN_INVALID_ARGUMENT') as never : verdict);

export const kernelRequestMutants: MachMutants = {
  'failed-insert-gives-the-right-back': {
    rule: 'mach/failed-kernel-request-destroys-its-body',
    fault: 'a receive right that could not be inserted stays with the caller',
    operations: {
      mach_port_insert_right: {
        ...insertRight,
        step: (world, call) => insertRight.step(altered(world, {
          destroyRight: (inner, right) => {
            const { task } = inner.state.threads[call.thread]!;
            if (right.tag !== 'right' || right.kind !== 'receive') destroyRight(inner, right);
            else freshName(inner.state, task, { tag: 'port', port: right.port, receive: true, sends: 0, request: null, accepted: false });
          },
        }), call),
      },
    },
  },
  'failed-insert-leaks-the-send-right': {
    rule: 'mach/failed-kernel-request-destroys-its-body',
    fault: 'a send-once right that could not be inserted goes in silence',
    operations: {
      mach_port_insert_right: {
        ...insertRight,
        step: (world, call) => insertRight.step(altered(world, { releaseSendOnce: (inner, id) => inner.mechanisms.dropSendOnce(inner, id) }), call),
      },
    },
  },
  'failed-request-keeps-its-notify-right': {
    rule: 'mach/failed-kernel-request-destroys-its-body',
    fault: 'the notify right of a request that fails is not destroyed',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => requestNotification.step(altered(world, { destroyRight: () => undefined }), call),
      },
    },
  },
  'failed-setting-takes-effect': {
    rule: 'mach/failed-kernel-request-destroys-its-body',
    fault: 'a special port set with a bad selector is set as the exception port, and an error is returned',
    operations: {
      task_set_special_port: {
        ...setTaskPort,
        step: (world, call) => {
          if (call.which !== 'other') return setTaskPort.step(world, call);
          const verdict = setTaskPort.step(world, { ...call, which: 'exception' });
          return verdict.tag === 'returned' ? spoiled('KERN_INVALID_ARGUMENT', null) : verdict;
        },
      },
    },
  },
  'failed-registration-leaves-the-caller-its-rights': {
    rule: 'mach/failed-kernel-request-destroys-its-body',
    fault: 'a registration of too many ports takes nothing from the caller',
    operations: {
      mach_ports_register: {
        ...portsRegister,
        step: (world, call) => (call.ports.names.length > world.state.limits.registered
          ? raised('KERN_INVALID_ARGUMENT') as never : portsRegister.step(world, call)),
      },
    },
  },
  'call-to-nobody-means-the-caller': {
    rule: 'mach/dead-task-port-refuses-the-send',
    fault: 'an allocation for a dead task is made in the task of the caller',
    operations: {
      mach_port_allocate: {
        ...allocate,
        step: (world, call) => {
          const verdict = allocate.step(world, call);
          if (!('error' in verdict) || (verdict.error as string) !== 'MACH_SEND_INVALID_DEST') return verdict;
          return allocate.step(world, { ...call, task: { tag: 'identity', identity: world.state.threads[call.thread]!.task } });
        },
      },
    },
  },
  'dead-task-is-an-invalid-task': {
    rule: 'mach/dead-task-port-refuses-the-send',
    fault: 'a suspension of a dead task fails with an error of the task, not of the send',
    operations: {
      task_suspend: {
        ...taskSuspend,
        step: (world, call) => {
          const verdict = taskSuspend.step(world, call);
          return verdict.tag === 'raised' ? raised('KERN_INVALID_ARGUMENT') as never : verdict;
        },
      },
    },
  },
  'other-port-is-no-argument': {
    rule: 'mach/dead-task-port-refuses-the-send',
    fault: 'a call about names through a port that is no task fails with KERN_INVALID_ARGUMENT',
    operations: {
      mach_port_deallocate: { ...deallocate, step: (world, call) => asArgument(deallocate.step(world, call)) },
      mach_port_allocate: { ...allocate, step: (world, call) => asArgument(allocate.step(world, call)) },
    },
  },
  'missing-argument-is-a-capability-error': {
    rule: 'mach/argument-rights-are-checked-at-send',
    fault: 'a right that the caller does not have is judged by the operation',
    operations: {
      mach_port_insert_right: {
        ...insertRight,
        step: (world, call) => {
          const verdict = insertRight.step(world, call);
          return verdict.tag === 'spoiled' && verdict.error === 'MACH_SEND_INVALID_RIGHT' ? spoiled('KERN_INVALID_CAPABILITY', null) : verdict;
        },
      },
    },
  },
  'missing-notify-right-cancels': {
    rule: 'mach/argument-rights-are-checked-at-send',
    fault: 'a notification request with a right that the caller does not have is taken for one with none',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => {
          const verdict = requestNotification.step(world, call);
          if (verdict.tag !== 'spoiled' || verdict.error !== 'MACH_SEND_INVALID_RIGHT') return verdict;
          return requestNotification.step(world, { ...call, notify: { ...call.notify, name: 0 as typeof call.notify.name } });
        },
      },
    },
  },
  'dead-argument-is-no-argument': {
    rule: 'mach/argument-rights-are-checked-at-send',
    fault: 'inserting a dead right succeeds and does nothing',
    operations: {
      mach_port_insert_right: {
        ...insertRight,
        step: (world, call) => {
          const verdict = insertRight.step(world, call);
          return verdict.tag === 'spoiled' && verdict.error === 'KERN_INVALID_CAPABILITY' ? returned(null) : verdict;
        },
      },
    },
  },
  'extraction-copies': {
    rule: 'mach/task-port-holder-can-interpose',
    fault: 'a send right that is extracted stays in the space it was in',
    operations: {
      mach_port_extract_right: {
        ...extractRight,
        step: (world, call) => extractRight.step(world, call.disposition === 'move-send' ? { ...call, disposition: 'copy-send' } : call),
      },
    },
  },
  'insertion-picks-a-name-of-its-own': {
    rule: 'mach/task-port-holder-can-interpose',
    fault: 'a right pushed into a space goes under a fresh name, not the one that was said',
    operations: {
      mach_port_insert_right: {
        ...insertRight,
        step: (world, call) => {
          const { state } = world;
          const verdict = insertRight.step(world, call);
          if (verdict.tag !== 'returned' || call.task.tag !== 'identity') return verdict;
          const task: TaskId = call.task.identity;
          const entry = state.tasks[task]!.names[call.name]!;
          if (entry?.tag === 'send-once') {
            setEntry(state, task, call.name, null);
            freshName(state, task, entry);
          }
          return verdict;
        },
      },
    },
  },
  'extraction-takes-from-the-caller': {
    rule: 'mach/task-port-holder-can-interpose',
    fault: "an extraction looks the name up in the caller's space",
    operations: {
      mach_port_extract_right: {
        ...extractRight,
        step: (world, call) => extractRight.step(world, {
          ...call, task: { tag: 'identity', identity: world.state.threads[call.thread]!.task },
        }),
      },
    },
  },
};
