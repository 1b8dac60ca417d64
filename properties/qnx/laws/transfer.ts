import { addressesOf, mappedLength, sourceAt, writeByte } from '#model/qnx/memory/bytes';
import { mechanisms } from '#model/qnx/mechanisms';
import { operations } from '#model/qnx/kernel';
import type { QnxState, Receiving } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { copyIn, countOf, faultIn, reachOf, type Copy } from '#properties/qnx/laws/copies';
import { bytesAt, cellAt, ended, errorOf, eventOf, isCall, laidOut, live, processName, same } from '#properties/qnx/facts';

/** All bytes there are: of each process its own, and of each shared object. */
type Bytes = Readonly<Record<'memory' | 'object', readonly (readonly number[])[]>>;

const bytesOf = ({ processes, objects }: QnxState): Bytes =>
  ({ memory: processes.map(({ memory }) => memory), object: objects.map(({ bytes }) => bytes) });

/** What all bytes may be after a copy: all of it done, or after a fault none or what lay before it. */
function allowedAfter(step: QnxStep, copy: Copy): readonly Bytes[] {
  const count = countOf(copy);
  const good = Math.min(count, copy.bytes.length, reachOf(step.before, copy.to, copy.addresses));
  const faulty = faultIn(step.before, copy) !== null;
  const counts = faulty ? [0, good] : errorOf(step) === null ? [count] : [0];
  return counts.map((bytes) => afterCopy(step.before, copy, bytes));
}

function afterCopy(state: QnxState, { to, addresses, bytes }: Copy, count: number): Bytes {
  const { memory, object } = bytesOf(state);
  const changed = { memory: memory.map((each) => [...each]), object: object.map((each) => [...each]) };
  for (let i = 0; i < count; i += 1) {
    const cell = cellAt(state, to, addresses[i]!)!;
    changed[cell.in][cell.id]![cell.at] = bytes[i]!;
  }
  return changed;
}

/** Where the memory of a process may change in a step; null: anywhere or nowhere that these laws speak of. */
function mayChange(step: QnxStep, process: number): readonly number[] {
  const { before } = step;
  if (isCall(step, 'store') && step.call.thread === process) return laidOut([{ at: step.call.at, length: step.call.bytes.length }]);
  const copy = copyIn(step);
  if (copy?.to === process) return copy.addresses;
  const { run } = before.processes[process]!;
  const given = eventOf(step, process)?.tag === 'returned' || step.after.processes[process]!.run.tag === 'answered';
  return run.tag === 'receiving' && given ? laidOut((run as Receiving).buffer) : [];
}

const survives = ({ before, after }: QnxStep, process: number): boolean =>
  before.processes[process]?.life === 'live' && after.processes[process]!.life === 'live';

export const transferLaws = {
  'qnx/transfer-is-the-shorter-length': {
    step: (step) => {
      const copy = copyIn(step);
      if (copy === null || !survives(step, copy.to)) return [];
      if (ended(step).length > 0) return [];
      const found = bytesOf(step.after);
      if (allowedAfter(step, copy).some((allowed) => same(allowed, found))) return [];
      const now = found.memory[copy.to]!;
      return [`${processName(copy.to)} should have been given ${countOf(copy)} of [${copy.bytes.join(' ')}] at [${copy.addresses.join(' ')}], and has [${now.join(' ')}]`];
    },
    sometimes: {
      'a message is longer than the buffer': (step) => copied(step, ({ length, addresses }) => length > addresses.length && addresses.length > 0),
      'a message is shorter than the buffer': (step) => copied(step, ({ length, addresses }) => length < addresses.length && length > 0),
      'a reply is longer than its buffer': (step) =>
        isCall(step, 'Reply') && copied(step, ({ length, addresses }) => length > addresses.length && addresses.length > 0),
      'a copy faults part of the way': (step) => {
        const copy = copyIn(step);
        return copy !== null && faultIn(step.before, copy) !== null && reachOf(step.before, copy.to, copy.addresses) > 0;
      },
    },
  },

  'qnx/address-spaces-are-apart': {
    step: (step) => {
      const wrong: string[] = [];
      if (isCall(step, 'exec', 'sbrk')) return [];
      for (const [process, { memory }] of live(step.before)) {
        const now = step.after.processes[process]!;
        if (now.life !== 'live' || now.memory === memory) continue;
        const allowed = new Set(mayChange(step, process));
        now.memory.forEach((byte, at) => {
          if (byte !== memory[at] && !allowed.has(at)) wrong.push(`byte ${at} of ${processName(process)} changed`);
        });
        if (now.memory.length !== memory.length) wrong.push(`${processName(process)} has ${now.memory.length} bytes instead of ${memory.length}`);
      }
      if (isCall(step, 'store') && errorOf(step) === null && survives(step, step.call.thread)) {
        const { at, bytes, thread } = step.call;
        const found = bytesAt(step.after, thread, laidOut([{ at, length: bytes.length }]));
        if (step.call.at < FIRST_SHARED && !same(found, bytes)) wrong.push(`${processName(thread)} does not find what it stored`);
      }
      return wrong;
    },
    sometimes: {
      'a process stores where another has other bytes': (step) =>
        isCall(step, 'store') && errorOf(step) === null && otherBytes(step.after, step.call.thread, step.call.at),
      'a message is copied between processes whose memories differ': (step) => copied(step, (copy) => copy.length > 0 && copy.addresses.length > 0),
    },
  },
} satisfies QnxLaws;

/** Two windows may be of one object: what is stored there is the affair of the rules of shared memory. */
const FIRST_SHARED = 64;

const otherBytes = (state: QnxState, process: number, at: number): boolean =>
  state.processes.some(({ memory, life }, id) => id > 0 && id !== process && life === 'live' && memory[at] !== state.processes[process]!.memory[at]);

const copied = (step: QnxStep, wanted: (copy: Copy) => boolean): boolean => {
  const copy = copyIn(step);
  return copy !== null && errorOf(step) === null && faultIn(step.before, copy) === null && wanted(copy);
};

/** `transfer` of as many bytes as `count` says, from `skip` on, to addresses moved by `shift`. */
const transferring = (count: (source: number, target: number) => number, shift = 0): typeof mechanisms.transfer =>
  (world, source, { process, addresses }) => {
    const done = mechanisms.transfer(world, source, { process, addresses });
    if (done.tag !== 'copied') return done;
    const bytes = Math.max(0, count(source.length, addresses.length));
    const first = addresses[0] ?? 0;
    for (let i = 0; i < bytes; i += 1) {
      const at = (addresses[i] ?? first + i) + shift;
      if (mappedLength(world.state, process, [at]) === 1) writeByte(world.state, process, at, source.bytes[i] ?? 0);
    }
    return { tag: 'copied', count: bytes };
  };

export const transferMutants: QnxMutants = {
  'copy-of-the-whole-message': {
    rule: 'qnx/transfer-is-the-shorter-length',
    fault: 'a copy goes on to the end of the message, over whatever lies behind the buffer',
    mechanisms: { transfer: transferring((source) => source) },
  },
  'copy-fills-the-buffer': {
    rule: 'qnx/transfer-is-the-shorter-length',
    fault: 'a copy fills the whole buffer, the rest of it with zeros',
    mechanisms: { transfer: transferring((_source, target) => target) },
  },
  'copy-lacks-the-last-byte': {
    rule: 'qnx/transfer-is-the-shorter-length',
    fault: 'the last byte of a message that fits exactly is not copied',
    mechanisms: {
      transfer: (world, source, target) => mechanisms.transfer(world, source,
        source.length === target.addresses.length ? { ...target, addresses: target.addresses.slice(0, -1) } : target),
    },
  },
  'copy-in-reverse': {
    rule: 'qnx/transfer-is-the-shorter-length',
    fault: 'a copy lays the bytes down in reverse',
    mechanisms: {
      transfer: (world, source, target) => mechanisms.transfer(world, source,
        { ...target, addresses: target.addresses.slice(0, source.length).reverse() }),
    },
  },
  'copy-one-byte-early': {
    rule: 'qnx/address-spaces-are-apart',
    fault: 'a copy writes the byte before the buffer too',
    mechanisms: { transfer: transferring((source, target) => Math.min(source, target, 1), -1) },
  },
  'store-is-seen-by-others': {
    rule: 'qnx/address-spaces-are-apart',
    fault: 'what a process stores another finds in its memory as well',
    operations: {
      store: {
        ...operations.store,
        step: (world, call) => {
          const other = world.state.processes.findIndex(({ life, memory }, id) =>
            id > 0 && id !== call.thread && life === 'live' && call.at < memory.length);
          if (other > 0) writeByte(world.state, other as never, call.at, call.bytes[0] ?? 0);
          return operations.store.step(world, call);
        },
      },
    },
  },
  'send-copies-into-the-sender': {
    rule: 'qnx/address-spaces-are-apart',
    fault: 'a message is copied to the addresses of the receiver\'s buffer, in the memory of the sender',
    mechanisms: {
      offer: (world, from, to, sent) => {
        const { run } = world.state.processes[to]!;
        const done = mechanisms.offer(world, from, to, sent);
        if (done === 'taken' && run.tag === 'receiving') {
          mechanisms.transfer(world, sourceAt(world.state, from, addressesOf(sent.message)), { process: from, addresses: addressesOf(run.buffer) });
        }
        return done;
      },
    },
  },
};
