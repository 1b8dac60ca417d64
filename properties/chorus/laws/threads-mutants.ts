import { killThread } from '#model/chorus/actors/kill';
import { abortThread, answer, consumeAbort } from '#model/chorus/threads/waits';
import { change, returned as answered } from '#model/operation';
import { siteAt } from '#properties/chorus/facts';
import { afterwards, altered, anySite, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const threadMutants: ChorusMutants = {
  'new-thread-is-always-active': {
    rule: 'chorus/thread-starts-as-asked',
    fault: 'a thread that is made inactive is active',
    operations: afterwards('threadCreate', ({ state }) => { change(state.threads.at(-1)!).active = true; }),
  },
  'new-thread-has-an-ordinary-priority': {
    rule: 'chorus/thread-starts-as-asked',
    fault: 'a new thread does not get the priority that was asked for',
    operations: afterwards('threadCreate', ({ state }) => { change(state.threads.at(-1)!).priority = 200; }),
  },
  'threads-are-made-across-sites': {
    rule: 'chorus/threads-are-made-on-their-own-site',
    fault: 'threadCreate takes an actor of another site',
    operations: anySite('threadCreate'),
  },
  'activation-does-nothing': {
    rule: 'chorus/inactive-thread-waits-to-be-activated',
    fault: 'threadActivate leaves a thread inactive',
    operations: around('threadActivate', (world, call, step) => {
      const id = call.target ?? call.thread;
      const active = world.state.threads[id]?.active;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && active === false) change(world.state.threads[id]!).active = false;
      return verdict;
    }),
  },
  'activation-ends-an-activity': {
    rule: 'chorus/inactive-thread-waits-to-be-activated',
    fault: 'threadActivate of an active thread makes it inactive',
    operations: around('threadActivate', (world, call, step) => {
      const id = call.target ?? call.thread;
      const active = world.state.threads[id]?.active;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && active === true) change(world.state.threads[id]!).active = false;
      return verdict;
    }),
  },
  'threads-are-deleted-across-sites': {
    rule: 'chorus/threads-are-deleted-on-their-own-site',
    fault: 'threadDelete takes a thread of another site',
    operations: anySite('threadDelete'),
  },
  'threads-are-aborted-across-sites': {
    rule: 'chorus/threads-are-deleted-on-their-own-site',
    fault: 'threadAbort takes a thread of another site',
    operations: anySite('threadAbort'),
  },
  'threads-of-any-actor-are-suspended': {
    rule: 'chorus/threads-are-deleted-on-their-own-site',
    fault: 'threadSuspend does not look whether the thread is of the named actor',
    operations: around('threadSuspend', (world, call, step) => {
      const thread = call.target === null ? undefined : world.state.threads[call.target];
      if (thread === undefined || thread.life === 'dead' || call.actor !== null) return step(world, call);
      const { ui, key, site } = world.state.actors[thread.actor]!;
      return site === siteAt(world.state, call.thread) ? step(world, { ...call, actor: { ui, key } }) : step(world, call);
    }),
  },
  'deleted-thread-keeps-its-client-waiting': {
    rule: 'chorus/deleted-thread-drops-its-request',
    fault: 'the client of a request is not told when the thread that held it is deleted',
    mechanisms: { killThread: (world, id) => killThread(altered(world, { failRequest: () => undefined }), id) },
  },
  'deleted-thread-stays-in-line': {
    rule: 'chorus/deleted-thread-drops-its-request',
    fault: 'a deleted thread still waits for messages',
    operations: around('threadDelete', (world, call, step) => {
      const waiting = world.state.actors.map((actor) => actor.waiting);
      const verdict = step(world, call);
      if (verdict.tag !== 'raised') waiting.forEach((line, id) => { change(world.state.actors[id]!).waiting = [...line]; });
      return verdict;
    }),
  },
  'abort-is-remembered-as-well': {
    rule: 'chorus/abort-ends-abortable-waits',
    fault: 'an abort that ends a wait is remembered too',
    mechanisms: {
      abortThread: (world, id) => {
        abortThread(world, id);
        change(world.state.threads[id]!).aborted = true;
      },
    },
  },
  'abort-looks-like-a-timeout': {
    rule: 'chorus/abort-ends-abortable-waits',
    fault: 'an aborted wait ends with K_ETIMEOUT',
    mechanisms: { abortThread: (world, id) => abortThread(altered(world, { answer: (inner, thread) => answer(inner, thread, 'K_ETIMEOUT') }), id) },
  },
  'sleepers-cannot-be-aborted': {
    rule: 'chorus/abort-ends-abortable-waits',
    fault: 'an abort does not end a delay',
    mechanisms: {
      abortThread: (world, id) => {
        if (world.state.threads[id]!.run.tag === 'delaying') change(world.state.threads[id]!).aborted = true;
        else abortThread(world, id);
      },
    },
  },
  'every-wait-is-abortable': {
    rule: 'chorus/abort-is-remembered-otherwise',
    fault: 'an abort ends waits that were not to be aborted',
    mechanisms: {
      abortThread: (world, id) => {
        if (world.state.threads[id]!.run.tag === 'receiving') answer(world, id, 'K_EABORT');
        else abortThread(world, id);
      },
    },
  },
  'abort-of-a-running-thread-is-forgotten': {
    rule: 'chorus/abort-is-remembered-otherwise',
    fault: 'the abort of a thread that runs leaves no trace',
    mechanisms: {
      abortThread: (world, id) => { if (world.state.threads[id]!.run.tag !== 'ready') abortThread(world, id); },
    },
  },
  'abort-is-used-up-never': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'a remembered abort ends every abortable call from then on',
    mechanisms: { consumeAbort: ({ state }, id) => state.threads[id]!.aborted },
  },
  'receive-forgets-the-abort': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'a receive that cannot be aborted uses up a remembered abort',
    operations: around('ipcReceive', (world, call, step) => {
      const verdict = step(world, call);
      if (verdict.tag === 'blocked') change(world.state.threads[call.thread]!).aborted = false;
      return verdict;
    }),
  },
  'call-overlooks-the-abort': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'an aborted thread waits in an abortable call',
    operations: around('ipcCall', (world, call, step) => step(altered(world, { consumeAbort: () => false }), call)),
  },
  'asking-forgets-nothing': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'threadAborted tells of an abort without using it up',
    operations: around('threadAborted', (world, call) => answered({ aborted: world.state.threads[call.thread]!.aborted })),
  },
  'abort-is-used-up-for-another': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'whoever uses up an abort uses up those of the other threads too',
    mechanisms: {
      consumeAbort: (world, id) => {
        const was = consumeAbort(world, id);
        if (was) for (const thread of world.state.threads) change(thread).aborted = false;
        return was;
      },
    },
  },
  'endless-delay-has-an-end': {
    rule: 'chorus/delay-is-abortable',
    fault: 'a delay of nothing waits',
    operations: misread('threadDelay', (_state, call) => ({ ...call, delay: call.delay === 0 ? 1 : call.delay })),
  },
  'delay-ends-with-an-error': {
    rule: 'chorus/delay-is-abortable',
    fault: 'a delay that has lasted as long as asked ends with K_ETIMEOUT',
    operations: afterwards('timeout', (world, { waiting }) => {
      const { run } = world.state.threads[waiting]!;
      if (run.tag === 'answered' && run.error === null) answer(world, waiting, 'K_ETIMEOUT');
    }),
  },
  'one-resume-undoes-all': {
    rule: 'chorus/suspended-thread-does-not-run',
    fault: 'threadResume ends every suspension of a thread',
    operations: afterwards('threadResume', ({ state }, { thread, target: id }) => { change(state.threads[id ?? thread]!).suspends = 0; }),
  },
  'suspension-breaks-the-wait': {
    rule: 'chorus/suspended-thread-does-not-run',
    fault: 'suspending a thread ends its wait',
    operations: afterwards('threadSuspend', (world, { thread, target: id }) => {
      const { run } = world.state.threads[id ?? thread]!;
      if (run.tag === 'receiving') answer(world, id ?? thread, 'K_EABORT');
    }),
  },
};
