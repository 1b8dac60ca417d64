import { qnxVocabulary, type Part, type Pid, type ProcessId } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { isEnabled } from '#properties/qnx/draw';
import type { Act, PlayState, Script, Stage } from '#properties/network/stage';
import type { Random } from '#properties/random';

/** A pid by what it is to its process: that of a process it knew from the start, or one that it was given. */
export type Called = { readonly tag: 'of'; readonly process: number } | { readonly tag: 'given'; readonly place: number };

/** What a process does. A mark is the one byte of a message. */
export type QnxDeed =
  | { readonly tag: 'send'; readonly to: Called; readonly mark: number }
  | { readonly tag: 'receive'; readonly from: Called | null; readonly waits: boolean }
  | { readonly tag: 'reply' | 'write'; readonly to: Called; readonly mark: number }
  | { readonly tag: 'read' | 'ask'; readonly to: Called }
  | { readonly tag: 'relay'; readonly of: Called; readonly to: Called }
  | { readonly tag: 'end' };

/** The pid of each process, as each knows it. */
export interface QnxRoles { readonly of: readonly (readonly Pid[])[] }

const MOST_PROCESSES = 4;
const MOST_TURNS = 12;
/** Every process has the byte `n` at address `n`, so that a message of one byte is its own address. */
export const MARKS = 48;
export const MEMORY = 64;
const buffer: Part = { at: MARKS, length: 2 };
const reply: Part = { at: MARKS + 4, length: 2 };

export function drawQnxScript(random: Random): Script<QnxDeed> {
  const processes = 2 + random.below(MOST_PROCESSES - 1);
  const server = random.below(processes);
  const acts: Act<QnxDeed>[] = [];
  for (let left = 2 + random.below(MOST_TURNS); left > 0; left -= 1) acts.push(...drawTurn(random, { processes, server, mark: 1 + acts.length }));
  return { processes, acts };
}

/** One act, or a message with what its receiver does about it: most of what happens between processes comes in such turns. */
function drawTurn(random: Random, setting: Omit<Setting, 'process'>): readonly Act<QnxDeed>[] {
  const { processes, server, mark } = setting;
  const process = random.once(3) ? server : random.below(processes);
  const first = { process, deed: drawDeed(random, { ...setting, process }) };
  const { deed } = first;
  if (deed.tag !== 'send' || deed.to.tag !== 'of' || random.once(4)) return [first];
  const receiver = deed.to.process;
  return [
    first,
    { process: receiver, deed: { tag: 'receive', from: null, waits: false } },
    { process: receiver, deed: drawAnswer(random, setting, mark + 2) },
  ];
}

function drawAnswer(random: Random, { processes }: Omit<Setting, 'process'>, mark: number): QnxDeed {
  const client: Called = { tag: 'given', place: random.below(3) };
  return random.once(6) ? { tag: 'relay', of: client, to: { tag: 'of', process: random.below(processes) } } : { tag: 'reply', to: client, mark };
}

interface Setting { readonly processes: number; readonly server: number; readonly process: number; readonly mark: number }

function drawDeed(random: Random, setting: Setting): QnxDeed {
  const { server, process, mark } = setting;
  const given = (): Called => ({ tag: 'given', place: random.below(3) });
  const kind = random.below(20);
  if (kind < 6) return { tag: 'send', to: drawCalled(random, setting), mark };
  if (kind < 11) return { tag: 'receive', from: random.once(5) ? given() : null, waits: random.once(process === server ? 3 : 6) };
  if (kind < 15) return { tag: 'reply', to: given(), mark };
  if (kind < 16) return { tag: 'write', to: given(), mark };
  if (kind < 17) return { tag: 'read', to: given() };
  if (kind < 18) return { tag: 'ask', to: drawCalled(random, setting) };
  if (kind < 19) return { tag: 'relay', of: given(), to: drawCalled(random, setting) };
  return random.once(3) ? { tag: 'end' } : { tag: 'send', to: { tag: 'of', process: server }, mark };
}

const drawCalled = (random: Random, { processes, server }: Setting): Called =>
  (random.once(4) ? { tag: 'given', place: random.below(3) } : { tag: 'of', process: random.once(2) ? server : random.below(processes) });

const byte = (mark: number): Part => ({ at: mark, length: 1 });

/** The call that an act comes to, for a process as its own kernel knows it. */
export function qnxCallOf({ process, deed }: Act<QnxDeed>, play: PlayState<QnxRoles>, thread: ProcessId): QnxCall | null {
  const given = play.known(process, 'given-pid').filter((pid) => (pid as Pid) > 0) as readonly Pid[];
  const pidOf = (called: Called): Pid | undefined =>
    (called.tag === 'of' ? play.roles.of[process]![called.process] : given.length === 0 ? undefined : given[called.place % given.length]);
  if (deed.tag === 'end') return { operation: '_exit', thread, status: 0 };
  if (deed.tag === 'receive') {
    const from = deed.from === null ? 0 as Pid : pidOf(deed.from);
    return from === undefined ? null : { operation: deed.waits ? 'Receive' : 'Creceive', thread, pid: from, buffer };
  }
  if (deed.tag === 'relay') {
    const [pid, to] = [pidOf(deed.of), pidOf(deed.to)];
    return pid === undefined || to === undefined ? null : { operation: 'Relay', thread, pid, to };
  }
  const pid = pidOf(deed.to);
  if (pid === undefined) return null;
  switch (deed.tag) {
    case 'send': return { operation: 'Send', thread, pid, message: byte(deed.mark), reply };
    case 'reply': return { operation: 'Reply', thread, pid, message: byte(deed.mark) };
    case 'write': return { operation: 'Writemsg', thread, pid, offset: 0, message: byte(deed.mark) };
    case 'read': return { operation: 'Readmsg', thread, pid, offset: 0, buffer };
    case 'ask': return { operation: 'kill', thread, pid, signal: 'none' };
  }
}

/** Proc comes before all others. */
export const processId = (process: number): ProcessId => process + 1 as ProcessId;

/** Programs of processes on one node. */
export const qnxStage: Stage<QnxState, QnxCall, QnxDeed, QnxRoles> = {
  vocabulary: qnxVocabulary('model'),
  draw: drawQnxScript,
  scope: (placement) => ({ priorities: placement.map(() => 10), limits: { memory: MEMORY } }),
  * prepare(look, placement) {
    for (const process of placement.keys()) yield marked(processId(process));
    const pids = [...placement.keys()].map((process) => look().processes[processId(process)]!.pid);
    return { of: placement.map(() => pids) };
  },
  thread: processId,
  isFree: (state, thread) => isEnabled(state, { operation: 'getprio', thread: thread as ProcessId, pid: 0 as Pid }),
  call: (_state, act, play) => qnxCallOf(act, play, processId(act.process)),
  rest: () => null,
};

/** Puts the marks into the memory of a process. */
export const marked = (thread: ProcessId): QnxCall =>
  ({ operation: 'store', thread, at: 0, bytes: Array.from({ length: MARKS }, (_, mark) => mark) });
