import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import { runInPlace, type Kernel } from '#model/kernel';
import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { copy } from '#model/copy';
import { change } from '#model/operation';
import { following } from '#properties/program';
import { Random } from '#properties/random';
import type { CallOf, QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { bytesAt, laidOut, same } from '#properties/qnx/facts';

const MEMORY = 64;
const CLIENT = 1 as ProcessId;
const SERVER = 2 as ProcessId;
const pids = { [CLIENT]: 2 as Pid, [SERVER]: 3 as Pid };

/** The buffers of one exchange: what is sent, received, read again, written, replied and where the reply goes. */
type Buffers = Readonly<Record<'message' | 'received' | 'read' | 'written' | 'replied' | 'reply', readonly Part[]>>;

/** Into how many pieces that hold something a buffer is divided at most; empty ones may lie between. */
const PIECES = 6;

/** A buffer of a length, divided at random, its parts in any order in memory and apart from one another. */
function divided(random: Random, length: number, from: number): readonly Part[] {
  const parts: Part[] = [];
  let at = from;
  for (let left = length, pieces = 1; left > 0; pieces += 1) {
    const size = pieces === PIECES ? left : 1 + random.below(left);
    parts.push({ at, length: size });
    at += size + random.below(2);
    left -= size;
    if (random.once(4)) parts.push({ at, length: 0 });
  }
  return random.once(3) ? [...parts].reverse() : parts;
}

const single = (length: number, from: number): readonly Part[] => [{ at: from, length }];

/** What the two processes saw in an exchange, as sequences of bytes. */
function exchange(kernel: Kernel<QnxState, QnxCall>, buffers: Buffers, bytes: readonly number[], offset: number): unknown {
  const state = kernel.boot({ priorities: [10, 10], limits: { memory: MEMORY, parts: 16 } } as never);
  const first = following([]);
  const seen: unknown[] = [];
  const run = (call: QnxCall) =>
    { seen.push(runInPlace(kernel, state, call, first).events.map((event) => [event.thread, event.tag, 'value' in event ? event.value : null])); };
  fill(state, CLIENT, buffers.message, bytes);
  fill(state, SERVER, buffers.replied, [...bytes].reverse());
  run({ operation: 'Sendmx', thread: CLIENT, pid: pids[SERVER]!, message: buffers.message, reply: buffers.reply });
  run({ operation: 'Receivemx', thread: SERVER, pid: 0 as Pid, buffer: buffers.received });
  run({ operation: 'Readmsgmx', thread: SERVER, pid: pids[CLIENT]!, offset, buffer: buffers.read });
  run({ operation: 'Writemsgmx', thread: SERVER, pid: pids[CLIENT]!, offset, message: buffers.written });
  run({ operation: 'Replymx', thread: SERVER, pid: pids[CLIENT]!, message: buffers.replied });
  return seen;
}

function fill(state: QnxState, process: ProcessId, parts: readonly Part[], bytes: readonly number[]): void {
  const memory = state.processes[process]!.memory as number[];
  laidOut(parts).forEach((address, at) => { memory[address] = bytes[at % bytes.length]!; });
}

/** One exchange twice: its buffers in one part each, and the same lengths divided at random. */
function tries(kernel: Kernel<QnxState, QnxCall>, seed: number) {
  const random = new Random(seed);
  const lengths = [random.below(9), random.below(9), random.below(6), random.below(6), random.below(9), random.below(9)];
  const offset = random.below(4);
  const bytes = Array.from({ length: 9 }, () => 1 + random.below(9));
  const places = [0, 0, 16, 32, 40, 20];
  const names = ['message', 'received', 'read', 'written', 'replied', 'reply'] as const;
  const buffers = (make: (length: number, from: number) => readonly Part[]) =>
    Object.fromEntries(names.map((name, at) => [name, make(lengths[at]!, places[at]!)])) as unknown as Buffers;
  const whole = buffers(single);
  const parted = buffers((length, from) => divided(random, length, from));
  const [expected, found] = [whole, parted].map((each) => exchange(kernel, each, bytes, offset));
  const applied = Object.values(parted).some((parts) => parts.length > 1);
  return { applied, violations: same(expected, found) ? [] : [`in parts ${JSON.stringify(parted)} an exchange gives ${JSON.stringify(found)}, in one part ${JSON.stringify(expected)}`] };
}

type ManyParts = CallOf<'Sendmx' | 'Receivemx' | 'Creceivemx' | 'Replymx' | 'Readmsgmx' | 'Writemsgmx'>;
const isManyParts = (call: QnxCall): call is ManyParts => call.operation.endsWith('mx');

const buffersOf = (call: ManyParts): readonly (readonly [string, readonly Part[]])[] =>
  Object.entries(call).filter((entry): entry is [string, readonly Part[]] => Array.isArray(entry[1]));

/** The call again, on a copy of the state before it, with each buffer moved to one part behind all other memory. */
function inOnePart({ before, call, choices, kernel }: QnxStep & { readonly call: ManyParts }): { readonly events: unknown; readonly state: QnxState; readonly places: Places } {
  const state = copy(before);
  const process = change(state.processes[call.thread]!);
  change(state.limits).parts = 99;
  const moved: Record<string, unknown> = { ...call };
  const places: [string, readonly number[]][] = [];
  for (const [name, parts] of buffersOf(call)) {
    const addresses = laidOut(parts);
    const from = process.memory.length;
    process.memory = [...process.memory, ...addresses.map((address) => process.memory[address]!)];
    moved[name] = single(addresses.length, from);
    places.push([name, laidOut(single(addresses.length, from))]);
  }
  const { events } = runInPlace(kernel, state, moved as never, following(choices.map(({ taken }) => taken)));
  return { events, state, places };
}

type Places = readonly (readonly [string, readonly number[]])[];

/** Whether buffers can be moved: each lies in memory, and no byte is in two of them. */
function canMove({ before, call }: QnxStep): boolean {
  if (!isManyParts(call)) return false;
  const buffers = buffersOf(call);
  const addresses = buffers.flatMap(([, parts]) => laidOut(parts));
  return new Set(addresses).size === addresses.length && buffers.every(([, parts]) => parts.length <= before.limits.parts)
    && addresses.every((address) => address < before.processes[call.thread]!.memory.length) && before.objects.length === 0;
}

/** Both forms of a call are seen to do the same, and leave the same bytes in the buffers and with everyone else. */
function sameInOnePart(step: QnxStep): readonly string[] {
  if (!canMove(step) || !isManyParts(step.call)) return [];
  const { call, after, events } = step;
  const other = inOnePart(step as QnxStep & { readonly call: ManyParts });
  const wrong = same(events, other.events) ? [] : [`in parts ${call.operation} gives ${JSON.stringify(events)}, in one part ${JSON.stringify(other.events)}`];
  for (const [name, parts] of buffersOf(call)) {
    const found = bytesAt(after, call.thread, laidOut(parts));
    const due = bytesAt(other.state, call.thread, other.places.find(([place]) => place === name)![1]);
    if (!same(found, due)) wrong.push(`in parts ${call.operation} leaves [${found.join(' ')}] in its ${name}, in one part [${due.join(' ')}]`);
  }
  after.processes.forEach(({ memory }, id) => {
    if (id !== call.thread && !same(memory, other.state.processes[id]!.memory)) wrong.push(`in one part ${call.operation} leaves other bytes with P${id}`);
  });
  return wrong;
}

/** A sender that waits has left the buffers that it gave, byte for byte. */
function leftAsGiven({ after, call }: QnxStep): readonly string[] {
  if (call.operation !== 'Sendmx') return [];
  const { run } = after.processes[call.thread]!;
  if (run.tag !== 'sending' && run.tag !== 'replying') return [];
  const wrong = [['message', call.message, run.sent.message], ['reply', call.reply, run.sent.reply]] as const;
  return wrong.filter(([, given, left]) => !same(laidOut(given), laidOut(left))).map(([name]) => `the ${name} buffer of P${call.thread} is not what it gave`);
}

const severalParts = (operation: string) => (step: QnxStep): boolean => step.call.operation === operation && canMove(step)
  && buffersOf(step.call as ManyParts).some(([, parts]) => parts.length > 1) && step.events.some(({ tag }) => tag === 'returned');

export const partsLaws = {
  'qnx/parts-are-their-concatenation': {
    step: (step) => [...leftAsGiven(step), ...sameInOnePart(step)],
    on: ['Sendmx', 'Receivemx', 'Creceivemx', 'Replymx', 'Readmsgmx', 'Writemsgmx'],
    relates: { tries },
    sometimes: Object.fromEntries(['Sendmx', 'Receivemx', 'Creceivemx', 'Replymx', 'Readmsgmx', 'Writemsgmx']
      .map((operation) => [`a ${operation} has several parts`, severalParts(operation)])),
  },
} satisfies QnxLaws;

/** A copy that loses its place where a part of the target ends. */
const losing = (lost: (parts: number) => boolean): typeof mechanisms.transfer => (world, source, target) => {
  const jumps = target.addresses.filter((address, at) => at > 0 && address !== target.addresses[at - 1]! + 1).length;
  return mechanisms.transfer(world, source, lost(jumps) ? { ...target, addresses: target.addresses.map((_, at) => target.addresses[0]! + at) } : target);
};

export const partsMutants: QnxMutants = {
  'parts-run-together': {
    rule: 'qnx/parts-are-their-concatenation',
    fault: 'a message goes on behind the first part of the receiving buffer, not in the second',
    mechanisms: { transfer: losing((jumps) => jumps > 0) },
  },
  'third-part-is-lost': {
    rule: 'qnx/parts-are-their-concatenation',
    fault: 'a buffer of more than two parts ends after the second',
    operations: {
      Receivemx: {
        ...operations.Receivemx,
        step: (world, call) => operations.Receivemx.step(world, { ...call, buffer: call.buffer.slice(0, 2) }),
      },
    },
  },
  'empty-part-ends-the-message': {
    rule: 'qnx/parts-are-their-concatenation',
    fault: 'an empty part is taken for the end of a message',
    operations: {
      Sendmx: {
        ...operations.Sendmx,
        step: (world, call) => {
          const empty = call.message.findIndex(({ length }) => length === 0);
          return operations.Sendmx.step(world, empty < 0 ? call : { ...call, message: call.message.slice(0, empty) });
        },
      },
    },
  },
  'parts-are-sent-in-the-order-of-addresses': {
    rule: 'qnx/parts-are-their-concatenation',
    fault: 'the parts of a message are sent in the order in which they lie in memory',
    operations: {
      Sendmx: {
        ...operations.Sendmx,
        step: (world, call) => operations.Sendmx.step(world, call.message.length > 1 ? { ...call, message: [...call.message].sort((a, b) => a.at - b.at) } : call),
      },
    },
  },
  'parts-of-a-reply-in-reverse': {
    rule: 'qnx/parts-are-their-concatenation',
    fault: 'the parts of a reply are sent last to first',
    operations: {
      Replymx: { ...operations.Replymx, step: (world, call) => operations.Replymx.step(world, { ...call, message: [...call.message].reverse() }) },
    },
  },
};
