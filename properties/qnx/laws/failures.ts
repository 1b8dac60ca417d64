import type { Part } from '#spec/qnx/vocabulary';
import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { others } from '#model/qnx/entries';
import { change, returned } from '#model/operation';
import type { Process, QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { altered } from '#properties/qnx/laws/altered';
import {
  blockedOn, ended, errorOf, eventOf, fitsIn, isCall, isLive, isMessage, live, ownerOf, processName, returnedTo, same, seenIn, sendIn, signalNames, sends,
} from '#properties/qnx/facts';

/** Processes that wait for what is not there. */
function stranded(state: QnxState): readonly string[] {
  const wrong: string[] = [];
  for (const [id, { run }] of live(state)) {
    const on = blockedOn(run);
    if (on !== null && !isLive(state, on)) wrong.push(`${processName(id)} is ${run.tag} on ${processName(on)}, which is not there`);
    if (run.tag !== 'receiving' || run.from === 0) continue;
    const from = ownerOf(state, run.from);
    if (from === null || from.tag === 'zombie') wrong.push(`${processName(id)} waits for p${run.from}, which is not there`);
  }
  return wrong;
}

/** Whoever waited for one that ended goes on with ESRCH; whoever waits for any is left alone. */
function releasedAsDue(step: QnxStep): readonly string[] {
  const dead = ended(step);
  if (dead.length === 0) return [];
  const wrong: string[] = [];
  for (const [id, { run, held }] of live(step.before)) {
    if (!isLive(step.after, id)) continue;
    const on = blockedOn(run);
    const from = run.tag === 'receiving' && run.from !== 0 ? ownerOf(step.before, run.from) : null;
    const owner = from?.tag === 'proxy' ? step.before.proxies[from.id]!.owner : from?.id ?? -1;
    const due = (on !== null && dead.includes(on)) || dead.includes(owner as never);
    const event = eventOf(step, id);
    const now = step.after.processes[id]!.run;
    if (due && held) {
      if (now.tag !== 'answered' || now.answer.tag !== 'error' || now.answer.error !== 'ESRCH') wrong.push(`${processName(id)} is held, and will not hear that its peer has ended`);
    } else if (due && !(event?.tag === 'raised' && event.error === 'ESRCH')) {
      wrong.push(`${processName(id)} waited for one that ended, and ${event === undefined ? 'hears nothing' : `is ${event.tag}`}`);
    }
    const any = run.tag === 'receiving' && run.from === 0;
    if (any && event?.tag === 'raised' && event.error === 'ESRCH') wrong.push(`${processName(id)} waits for any, and is told that one has ended`);
  }
  return wrong;
}

/** A server is not changed by the end of its client, but that its message or notice is no longer in the queue. */
function untold(step: QnxStep): readonly string[] {
  const dead = ended(step);
  const wrong: string[] = [];
  for (const id of dead) {
    const on = blockedOn(step.before.processes[id]!.run);
    if (on === null || dead.includes(on) || relatives(step, on, dead)) continue;
    const was = step.before.processes[on]!;
    const now = step.after.processes[on]!;
    const rest = was.queue.filter((item) => !(isMessage(item) && dead.includes(item.from)) && !(item.tag === 'signal' && dead.includes(item.client)));
    if (!same({ ...was, queue: [] }, { ...now, queue: [] })) wrong.push(`${processName(on)} is changed by the end of its client`);
    if (!same(rest, now.queue)) wrong.push(`the queue of ${processName(on)} is not just without its client's message`);
  }
  return wrong;
}

/** Whether a death means something else to a process than that its client is gone. */
const relatives = ({ before, call }: QnxStep, process: number, dead: readonly number[]): boolean =>
  dead.some((id) => before.processes[id]!.parent === process) || before.processes[process]!.flags.includes('INFORM')
  || ('thread' in call && call.thread === process) || dead.includes(before.processes[process]!.parent)
  || receivesFromOne(before, process)
  || blockedOn(before.processes[process]!.run) !== null && dead.includes(blockedOn(before.processes[process]!.run)!);

const receivesFromOne = ({ processes }: QnxState, process: number): boolean => {
  const { run } = processes[process]!;
  return run.tag === 'receiving' && run.from !== 0;
};

/** Calls in which a process touches its own memory. */
const accessOf = ({ call }: QnxStep): Part | null => {
  if (call.operation === 'load') return { at: call.at, length: call.length };
  return call.operation === 'store' ? { at: call.at, length: call.bytes.length } : null;
};

function faultedAsDue(step: QnxStep): readonly string[] {
  const part = accessOf(step);
  if (part === null) return faultsNamed(step);
  const { thread } = step.call as { readonly thread: number };
  const was = step.before.processes[thread]!;
  const name = processName(thread);
  if (fitsIn(step.before, thread, [part])) {
    if (errorOf(step) !== null || ended(step).includes(thread as never)) return [`${name} is faulted for touching its own memory`];
    const value = returnedTo<{ bytes: readonly number[] }>(step, thread);
    return step.call.operation === 'load' && !same(value?.bytes, seenIn(step.before, thread, [part])) ? [`${name} reads what is not there`] : [];
  }
  const place = signalNames.indexOf('SIGSEGV');
  const caught = was.actions[place] === 'catch' && !was.mask[place];
  if (!caught) return ended(step).includes(thread as never) ? [] : [`${name} touches what is not its own, and lives`];
  const now: Process = step.after.processes[thread]!;
  return errorOf(step) === 'SIGSEGV' && same(now.handled, [...was.handled, 'SIGSEGV']) && same(now.memory, was.memory) ? [] : [`the handler of ${name} does not just note SIGSEGV`];
}

/** A message call never ends a process for a bad buffer: it says so. */
const faultsNamed = (step: QnxStep): readonly string[] =>
  ('thread' in step.call && step.events.some(({ tag, thread }) => tag === 'ended' && thread === (step.call as { thread: number }).thread)
  && (sendIn(step) !== null || step.call.operation === 'Receive') ? ['a message call ends its caller'] : []);

const waitedForProxy = ({ before }: QnxStep, process: number): boolean => {
  const { run } = before.processes[process]!;
  return run.tag === 'receiving' && before.proxies.some(({ pid }) => pid === run.from);
};

export const failureLaws = {
  'qnx/server-death-frees-its-clients': {
    always: stranded,
    step: releasedAsDue,
    sometimes: {
      'a SEND-blocked process is freed': (step) =>
        ended(step).some((id) => step.before.processes.some(({ run, life }) => life === 'live' && run.tag === 'sending' && run.on === id)),
      'a REPLY-blocked process is freed': (step) =>
        ended(step).some((id) => step.before.processes.some(({ run, life }) => life === 'live' && run.tag === 'replying' && run.on === id)),
      'one that waits for it alone is freed': (step) =>
        ended(step).some((id) => step.before.processes.some(({ run, life }) => life === 'live' && run.tag === 'receiving'
          && run.from === step.before.processes[id]!.pid)),
      'one that waits for its proxy is freed': (step) =>
        step.events.some((event) => event.tag === 'raised' && event.error === 'ESRCH' && waitedForProxy(step, event.thread)),
    },
  },

  'qnx/client-death-is-silent': {
    step: untold,
    sometimes: {
      'a SEND-blocked process ends': (step) => ended(step).some((id) => step.before.processes[id]!.run.tag === 'sending'),
      'a REPLY-blocked process ends': (step) => ended(step).some((id) => step.before.processes[id]!.run.tag === 'replying'),
    },
  },

  'qnx/fork-copies-memory': {
    on: ['fork'],
    step: (step) => {
      if (!isCall(step, 'fork') || errorOf(step) !== null) return [];
      const child = step.after.processes.at(-1)!;
      return same(child.memory, step.before.processes[step.call.thread]!.memory) ? [] : ['a child begins with other bytes than its parent has'];
    },
    sometimes: { 'the parent has stored something': (step) => isCall(step, 'fork') && errorOf(step) === null
      && step.before.processes[step.call.thread]!.memory.some((byte) => byte > 0) },
  },

  'qnx/bad-access-is-a-fault': {
    on: ['load', 'store', 'Receive', ...sends],
    step: faultedAsDue,
    sometimes: {
      'a process ends of it': (step) => accessOf(step) !== null && ended(step).length > 0,
      'a handler hears of it': (step) => errorOf(step) === 'SIGSEGV',
      'a process touches the last of its bytes': (step) => {
        const part = accessOf(step);
        return part !== null && part.at + part.length === step.before.processes[(step.call as { thread: number }).thread]!.memory.length
          && errorOf(step) === null;
      },
    },
  },
} satisfies QnxLaws;

const sparing = (spared: (run: Process['run']) => boolean): Partial<typeof mechanisms> => ({
  releasePeers: (world, id) => mechanisms.releasePeers(altered(world, {
    wake: (inner, process, answer) => { if (!spared(inner.state.processes[process]!.run)) mechanisms.wake(inner, process, answer); },
  }), id),
});

export const failureMutants: QnxMutants = {
  'death-leaves-send-blocked': {
    rule: 'qnx/server-death-frees-its-clients',
    fault: 'processes that are SEND-blocked on one that ends wait for ever',
    mechanisms: sparing(({ tag }) => tag === 'sending'),
  },
  'death-leaves-reply-blocked': {
    rule: 'qnx/server-death-frees-its-clients',
    fault: 'processes that are REPLY-blocked on one that ends wait for ever',
    mechanisms: sparing(({ tag }) => tag === 'replying'),
  },
  'death-leaves-selective-receivers': {
    rule: 'qnx/server-death-frees-its-clients',
    fault: 'a process that waits for one alone waits on when that has ended',
    mechanisms: { releaseReceivers: () => {} },
  },
  'death-wakes-every-receiver': {
    rule: 'qnx/server-death-frees-its-clients',
    fault: 'processes that wait for any get ESRCH when some process ends',
    mechanisms: {
      releaseReceivers: (world) => {
        for (const peer of others(world.state)) {
          if (world.state.processes[peer]!.run.tag === 'receiving') world.mechanisms.wake(world, peer, { tag: 'error', error: 'ESRCH' });
        }
      },
    },
  },
  'death-is-taken-for-a-reply': {
    rule: 'qnx/server-death-frees-its-clients',
    fault: 'the Send of a client returns as though it were answered when its server ends',
    mechanisms: {
      releasePeers: (world, id) => mechanisms.releasePeers(altered(world, {
        wake: (inner, process, answer) => {
          const { run } = inner.state.processes[process]!;
          mechanisms.wake(inner, process, run.tag === 'replying' ? { tag: 'replied', reply: run.sent.reply } : answer);
        },
      }), id),
    },
  },
  'death-frees-one-client': {
    rule: 'qnx/server-death-frees-its-clients',
    fault: 'only the first of several clients is freed when their server ends',
    mechanisms: {
      releasePeers: (world, id) => {
        let freed = false;
        mechanisms.releasePeers(altered(world, {
          wake: (inner, process, answer) => {
            if (!freed) mechanisms.wake(inner, process, answer);
            freed = true;
          },
        }), id);
      },
    },
  },
  'message-outlives-its-sender': {
    rule: 'qnx/client-death-is-silent',
    fault: 'the message of one that has ended stays in the queue',
    mechanisms: {
      release: (world, id) => {
        const { run } = world.state.processes[id]!;
        const queue = run.tag === 'sending' ? world.state.processes[run.on]!.queue : null;
        mechanisms.release(world, id);
        if (run.tag === 'sending' && queue !== null && run.on !== id) change(world.state.processes[run.on]!).queue = change(queue);
      },
    },
  },
  'client-death-interrupts-the-server': {
    rule: 'qnx/client-death-is-silent',
    fault: 'a server that waits to receive is interrupted when its client ends',
    mechanisms: {
      release: (world, id) => {
        const { run } = world.state.processes[id]!;
        mechanisms.release(world, id);
        if (run.tag === 'replying'
          && world.state.processes[run.on]!.run.tag === 'receiving') mechanisms.wake(world, run.on, { tag: 'error', error: 'EINTR' });
      },
    },
  },
  'fork-shares-no-bytes': {
    rule: 'qnx/fork-copies-memory',
    fault: 'a child begins with empty memory',
    mechanisms: { imageOf: (process) => ({ ...mechanisms.imageOf(process), memory: process.memory.map(() => 0) }) },
  },
  'load-beyond-memory-gives-zero': {
    rule: 'qnx/bad-access-is-a-fault',
    fault: 'what is read beyond memory is nothing, and no fault',
    operations: {
      load: {
        ...operations.load,
        step: (world, call) => (fitsIn(world.state, call.thread, [call]) ? operations.load.step(world, call) : returned({ bytes: [] })),
      },
    },
  },
  'last-byte-faults': {
    rule: 'qnx/bad-access-is-a-fault',
    fault: 'the last byte of memory cannot be written',
    operations: {
      store: {
        ...operations.store,
        step: (world, call) => (call.at + call.bytes.length === world.state.processes[call.thread]!.memory.length
          ? world.mechanisms.segmentFault(world, call.thread) as never : operations.store.step(world, call)),
      },
    },
  },
  'fault-ends-despite-a-handler': {
    rule: 'qnx/bad-access-is-a-fault',
    fault: 'a fault ends a process that catches SIGSEGV',
    mechanisms: {
      segmentFault: (world, thread) => {
        const process = change(world.state.processes[thread]!);
        process.actions = process.actions.map(() => 'default' as const);
        return mechanisms.segmentFault(world, thread);
      },
    },
  },
};

