import { afterException, raiseException, sendException, takeExceptionReply } from '#model/mach/memory/exception';
import { objectOf } from '#model/mach/memory/object';
import { mappingAt, memoryOf } from '#model/mach/memory/space';
import { touchByte } from '#model/mach/memory/touch';
import { threadAbort } from '#model/mach/threads/thread';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const rule = 'mach/exceptions-go-to-thread-then-task';

export const exceptionMutants: MachMutants = {
  'exceptions-skip-the-thread': {
    rule,
    fault: 'an exception goes to the handler of the task, though the thread has one',
    mechanisms: { raiseException: (world, thread, _, fault, touch) => raiseException(world, thread, 'task', fault, touch) },
  },
  'exceptions-skip-the-task': {
    rule,
    fault: 'an exception that the handler of the thread does not handle ends it, though the task has a handler',
    mechanisms: {
      afterException: (world, thread, run) => (run.verdict === 'failed' ? afterException(world, thread, { ...run, level: 'task' }) : afterException(world, thread, run)),
    },
  },
  'every-answer-is-success': {
    rule,
    fault: 'whatever a handler answers, the exception counts as handled',
    mechanisms: {
      takeExceptionReply: (world, message) => {
        const thread = world.state.threads.findIndex(({ run }) => run.tag === 'raising' && run.reply === message.destination.port);
        takeExceptionReply(world, message);
        const run = world.state.threads[thread]?.run;
        if (run?.tag === 'raising') change(world.state.threads[thread]!).run = { ...run, verdict: 'handled' };
      },
    },
  },
  'no-answer-is-success': {
    rule,
    fault: 'a success of the handler counts as a failure',
    mechanisms: {
      takeExceptionReply: (world, message) => takeExceptionReply(world, { ...message, id: 0 }),
    },
  },
  'exception-reply-id-is-not-looked-at': {
    rule,
    fault: 'a message with any id counts as the answer to an exception',
    mechanisms: { takeExceptionReply: (world, message) => takeExceptionReply(world, { ...message, id: 2500 }) },
  },
  'exceptions-name-the-task-twice': {
    rule,
    fault: 'the request to the handler carries the port of the task in the place of that of the thread',
    mechanisms: {
      sendException: (world, ...asked) => sendException(altered(world, {
        enqueue: (inner, message) => {
          const [, task, ...words] = message.body;
          world.mechanisms.enqueue(inner, { ...message, body: [task!, task!, ...words] });
        },
      }), ...asked),
    },
  },
  'exception-codes-are-swapped': {
    rule,
    fault: 'the request to the handler calls every fault a protection failure',
    mechanisms: {
      sendException: (world, thread, handler, reply, _, address) => sendException(world, thread, handler, reply, 'KERN_PROTECTION_FAILURE', address),
    },
  },
  'exceptions-forget-the-address': {
    rule,
    fault: 'the request to the handler does not say where the thread failed',
    mechanisms: { sendException: (world, thread, handler, reply, fault) => sendException(world, thread, handler, reply, fault, 0) },
  },
  'handled-access-is-not-tried-again': {
    rule,
    fault: 'a thread whose exception was handled goes on without its byte',
    mechanisms: {
      afterException: (world, thread, run) => {
        if (run.verdict !== 'handled') return afterException(world, thread, run);
        change(world.state.threads[thread]!).run = { tag: 'ready' };
        return { tag: 'done', byte: '00' };
      },
    },
  },
  'unhandled-exceptions-pass': {
    rule,
    fault: 'a thread whose exception nobody handles goes on',
    mechanisms: {
      endVictim: (world, thread) => {
        change(world.state.threads[thread]!).run = { tag: 'ready' };
        return { tag: 'done', byte: '00' };
      },
    },
  },
  'abort-fails-the-exception': {
    rule: 'mach/dead-reply-port-counts-as-handled',
    fault: 'an aborted wait for a handler counts as a failure of the handler',
    mechanisms: {
      afterException: (world, thread, run) => afterException(world, thread, run.broken === null ? run : { ...run, verdict: 'failed' }),
    },
  },
  'abort-leaves-the-exception-waiting': {
    rule: 'mach/dead-reply-port-counts-as-handled',
    fault: 'thread_abort kills the port for the answer, and the thread waits on',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const before = world.state.threads.map(({ run }) => run);
          const verdict = threadAbort.step(world, call);
          world.state.threads.forEach((thread, id) => {
            if (before[id]!.tag === 'raising' && thread.run.tag === 'raising') change(thread).run = before[id]!;
          });
          return verdict;
        },
      },
    },
  },
  'zero-fill-raises-an-exception': {
    rule: 'mach/absent-page-raises-no-exception',
    fault: 'reading a page that was never written raises an exception',
    mechanisms: {
      touchByte: (world, thread, touch) => {
        const { task } = world.state.threads[thread]!;
        const mapping = mappingAt(world.state, task, Math.floor(touch.address / memoryOf(world.state).pageSize));
        return mapping !== null && (mapping.current & 1) !== 0 && objectOf(world.state, mapping.object).pages[mapping.index] === null
          ? raiseException(world, thread, 'thread', 'KERN_MEMORY_ERROR', touch)
          : touchByte(world, thread, touch);
      },
    },
  },
  'dying-thread-takes-another-along': {
    rule: 'mach/unhandled-exception-ends-task-or-thread',
    fault: 'an unhandled exception ends all threads of the task and leaves the task itself',
    mechanisms: {
      endVictim: (world, thread) => {
        const { task } = world.state.threads[thread]!;
        world.state.threads.forEach(({ task: owner, life }, other) => {
          if (owner === task && life === 'live') world.mechanisms.killThread(world, other as typeof thread);
        });
        return { tag: 'ended' };
      },
    },
  },
};
