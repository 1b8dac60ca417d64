import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { change } from '#model/operation';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { copyIn, countOf, faultIn } from '#properties/qnx/laws/copies';
import { errorOf, isCall, ownerOf, reads, receives, replies, sendIn, sends, writes } from '#properties/qnx/facts';

/** The copies, bytes and messages that a message call is to be charged for; null where a fault leaves it open. */
function due(step: QnxStep): { readonly copy: number; readonly byte: number; readonly message: number } | null {
  const send = sendIn(step);
  const to = send === null ? null : ownerOf(step.before, send.pid);
  if (send !== null && errorOf(step) === null && to?.tag === 'process' && to.id === 0) return { copy: 2, byte: 0, message: 2 };
  const copy = copyIn(step);
  if (copy === null || (errorOf(step) !== null && errorOf(step) !== 'EDSTFAULT'
    && errorOf(step) !== 'EFAULT')) return { copy: 0, byte: 0, message: 0 };
  if (faultIn(step.before, copy) !== null || errorOf(step) !== null) return null;
  const looks = step.call.operation.startsWith('Readmsg') || step.call.operation.startsWith('Writemsg');
  return { copy: 1, byte: countOf(copy), message: looks ? 0 : 1 };
}

function chargedAsDue(step: QnxStep): readonly string[] {
  const expected = due(step);
  if (expected === null) return [];
  const { cost } = step;
  return (['copy', 'byte', 'message'] as const).filter((unit) => (cost[unit] ?? 0) !== expected[unit])
    .map((unit) => `${step.call.operation} is charged for ${cost[unit] ?? 0} of ${unit} instead of ${expected[unit]}`);
}

const several = (step: QnxStep): boolean => {
  const { call } = step;
  const parts = 'message' in call && Array.isArray(call.message) ? call.message : 'buffer' in call && Array.isArray(call.buffer) ? call.buffer : [];
  return parts.length > 1;
};

const messageCalls = [...sends, ...receives, ...replies, ...reads, ...writes, 'Relay'] as const;
const manyParts = messageCalls.filter((operation) => operation.endsWith('mx'));

/** Data of proxies that are not as they were attached, and counts and sizes beyond the limits. */
const misshapen = ({ proxies, limits, processes }: QnxState): readonly string[] =>
  proxies.flatMap(({ life, data, count, owner, pid, priority }) => (life !== 'live' ? [] : [
  ...(data.length <= limits.proxyData ? [] : [`p${pid} has ${data.length} bytes of data`]),
  ...(count >= 0 && count <= limits.triggers ? [] : [`p${pid} counts ${count}`]),
  ...(processes[owner]?.life === 'live' && owner > 0 ? [] : [`p${pid} has no owner`]),
  ...(priority >= -1 && priority <= 31 ? [] : [`p${pid} has priority ${priority}`]),
]));

const dataChanged = ({ before, after }: QnxStep): readonly string[] => before.proxies.flatMap(({ life, data, owner, pid, priority }, id) => {
  const now = after.proxies[id]!;
  return life === 'live' && now.life === 'live' && (now.data.join() !== data.join() || now.owner !== owner || now.pid !== pid
    || now.priority !== priority)
    ? [`p${pid} is not what it was attached as`] : [];
});

export const costLaws = {
  'qnx/each-way-is-one-copy': {
    on: messageCalls,
    step: chargedAsDue,
    sometimes: {
      'a message is copied as it is sent': (step) => isCall(step, 'Send') && copyIn(step) !== null && errorOf(step) === null,
      'a message waits, and is not copied': (step) => isCall(step, 'Send') && copyIn(step) === null && errorOf(step) === null,
      'a message is copied as it is received': (step) => isCall(step, 'Receive') && copyIn(step) !== null && errorOf(step) === null,
      'a reply is copied': (step) => isCall(step, 'Reply') && copyIn(step) !== null && errorOf(step) === null,
    },
  },

  'qnx/parts-cost-no-copies': {
    on: manyParts,
    step: chargedAsDue,
    sometimes: { 'several parts are copied': (step) => several(step) && copyIn(step) !== null && errorOf(step) === null },
  },

  'qnx/trigger-and-signal-are-cheap': {
    on: ['Trigger', 'interrupt', 'kill'],
    step: (step) => {
      if (step.call.operation !== 'kill') return chargedAsDue(step);
      const told = step.before.processes.some(({ run }) => run.tag === 'receiving') && (step.cost['copy'] ?? 0) > 0
        && step.events.some(({ thread }) => step.before.processes[thread]?.run.tag === 'receiving');
      const held = step.after.processes.some(({ run, held: stopped }, id) =>
        stopped && run.tag === 'answered' && step.before.processes[id]?.run.tag === 'receiving');
      return told || held || (step.cost['copy'] ?? 0) === 0 ? [] : ['a signal is charged for a copy'];
    },
    sometimes: {
      'a trigger is received at once': (step) => step.call.operation === 'Trigger' && copyIn(step) !== null,
      'a trigger is counted': (step) => step.call.operation === 'Trigger' && copyIn(step) === null && errorOf(step) === null,
      'a signal is sent': (step) => step.call.operation === 'kill' && errorOf(step) === null,
    },
  },

  'qnx/proxy-has-owner-and-data': {
    always: misshapen,
    step: dataChanged,
    sometimes: {
      'a proxy is there with data': ({ after }) => after.proxies.some(({ life, data }) => life === 'live' && data.length > 0),
      'the owner stores elsewhere what it attached': (step) =>
        isCall(step, 'store') && step.after.proxies.some(({ life, owner, data }) => life === 'live' && data.length > 0
          && owner === (step.call as { thread: number }).thread),
    },
  },
} satisfies QnxLaws;

export const costMutants: QnxMutants = {
  'kernel-copies-twice': {
    rule: 'qnx/each-way-is-one-copy',
    fault: 'a message is copied into the kernel first when it has to wait',
    mechanisms: {
      offer: (world, from, to, sent) => {
        const done = mechanisms.offer(world, from, to, sent);
        if (done === 'queued') world.charge('copy');
        return done;
      },
    },
  },
  'whole-buffer-is-copied': {
    rule: 'qnx/each-way-is-one-copy',
    fault: 'as many bytes are charged for as the sender has, whatever the receiver has room for',
    mechanisms: {
      transfer: (world, source, target) => {
        const done = mechanisms.transfer(world, source, target);
        if (done.tag === 'copied') world.charge('byte', Math.max(0, source.length - done.count));
        return done;
      },
    },
  },
  'parts-are-gathered': {
    rule: 'qnx/parts-cost-no-copies',
    fault: 'the parts of a reply are gathered in the kernel before they are copied',
    operations: {
      Replymx: {
        ...operations.Replymx,
        step: (world, call) => {
          const verdict = operations.Replymx.step(world, call);
          if (verdict.tag === 'returned' && call.message.length > 1) world.charge('copy');
          return verdict;
        },
      },
    },
  },
  'trigger-copies-its-data': {
    rule: 'qnx/trigger-and-signal-are-cheap',
    fault: 'a trigger copies the proxy\'s data once more when they have to wait',
    mechanisms: {
      trigger: (world, id) => {
        const { count } = world.state.proxies[id]!;
        const done = mechanisms.trigger(world, id);
        if (world.state.proxies[id]!.count > count) world.charge('copy');
        return done;
      },
    },
  },
  'proxy-data-follow-the-owner': {
    rule: 'qnx/proxy-has-owner-and-data',
    fault: 'the data of a proxy change with the memory that they were attached from',
    operations: {
      store: {
        ...operations.store,
        step: (world, call) => {
          const verdict = operations.store.step(world, call);
          const proxy = world.state.proxies.findIndex(({ life, owner, data }) => life === 'live' && owner === call.thread && data.length > 0);
          if (verdict.tag === 'returned' && proxy >= 0 && call.bytes.length > 0) change(world.state.proxies[proxy]!.data)[0] = call.bytes[0]!;
          return verdict;
        },
      },
    },
  },
};
