import type { ThreadId } from '#spec/mach/vocabulary';
import { runInPlace, type Choose, type Event, type Kernel } from '#model/kernel';
import { evictable } from '#model/mach/memory/evict';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { BeyondScope } from '#model/operation';
import { callers, isEnabled } from '#properties/mach/draw';
import { beginning, Bystanders, intrusion } from '#properties/mach/memory/malice/bystanders';
import { drawMalice } from '#properties/mach/memory/malice/malicious-pager';
import { MALICE, others, scope, TARGET, targetThread } from '#properties/mach/memory/malice/roles';
import type { MachObligation } from '#properties/mach/obligation';
import type { Relation, Tried } from '#properties/obligation';
import { Random } from '#properties/random';

type MachKernel = Kernel<MachState, MachCall>;

/** How many calls the pager, its client and the others make between them. */
const LENGTH = 40;

/** How often a pager says the same when it floods the kernel. */
const FLOOD = 4;

/** One run: who called, and what the others were told. */
class Course {
  readonly state: MachState;
  readonly told: string[] = [];
  readonly #kernel: MachKernel;

  constructor(kernel: MachKernel) {
    this.#kernel = kernel;
    this.state = kernel.boot(scope as never);
  }

  /** Makes a call, and writes down what the others hear of it. What cannot be called tells them so. */
  make(call: MachCall, choose: Choose): readonly Event[] {
    if (!isEnabled(this.state, call)) {
      if ('thread' in call && others.includes(call.thread)) this.told.push(`t${call.thread + 1} cannot call ${call.operation}`);
      return [];
    }
    const { events } = runInPlace(this.#kernel, this.state, call, choose);
    for (const event of events) if (others.includes(event.thread as ThreadId)) this.told.push(`t${event.thread + 1} ${JSON.stringify({ ...event, thread: undefined })}`);
    return events;
  }
}

/** What concerns the others is always decided alike, and an exception that nobody handles ends its thread alone. */
const settled: Choose = (kind, options, label) =>
  (kind === 'unhandled exception' ? options.find((option) => label(option) === 'thread') ?? options[0]! : options[0]!);

/** How a pager misbehaves, so far as a call shows it. */
const deeds: Readonly<Record<string, (state: MachState, call: MachCall) => boolean>> = {
  'a pager dies with requests outstanding': (state, call) => isAsked(state) && call.operation === 'mach_port_destroy' && call.name === 1,
  'a pager loses both its threads while a page is awaited': (state) => isAsked(state) && [0, 1].every((thread) => state.threads[thread]!.life === 'dead'),
  'a pager supplies what nobody asked for': (state, call) => call.operation === 'memory_object_data_supply' && !isAsked(state),
  'a pager lies about an offset': (_, call) => 'offset' in call && call.operation !== 'vm_map' && call.offset >= 12,
  'a pager lies about a size': (_, call) => 'offset' in call && 'control' in call && call.size === 0xffff_ffff,
  'a pager answers after the end': (state, call) => 'control' in call && state.memory!.objects.some(({ pager }) => pager?.status === 'gone'),
  'a pager maps its own object': (_, call) => call.operation === 'vm_map' && call.thread < 2,
  'a pager locks again what it has locked': (state, call) => call.operation === 'memory_object_lock_request' && call.lock.length > 0
    && state.memory!.objects.some(({ pages }) => pages.some((page) => page?.tag === 'resident' && page.forbidden !== 0)),
  'a pager gives its object up': (_, call) => call.operation === 'memory_object_destroy',
};

const isAsked = ({ memory }: MachState): boolean => memory!.objects.some(({ pages }) => pages.some((page) => page?.tag === 'awaited'));

const WAITS = 'a client waits to the end';

/** Plays one run with a malicious pager, and notes the calls of the others. */
function play(kernel: MachKernel, seed: number): { readonly course: Course; readonly calls: readonly MachCall[]; readonly met: ReadonlySet<string> } {
  const random = Random.forRun(seed, LENGTH);
  const course = new Course(kernel);
  const calls: MachCall[] = [];
  const met = new Set<string>();
  const bystanders = new Bystanders(Random.forRun(seed, LENGTH + 1));
  const aside = (call: MachCall) => {
    calls.push(call);
    bystanders.hear(course.make(call, settled));
  };
  const malice = (call: MachCall) => {
    for (const [deed, isDone] of Object.entries(deeds)) if (isDone(course.state, call)) met.add(deed);
    course.make(call, (kind, options, label) => (kind === 'unhandled exception' ? settled(kind, options, label) : random.pick(options)));
  };
  for (const call of beginning) aside(call);
  for (const call of intrusion) malice(call);
  for (let made = 0; made < LENGTH; made += 1) turn(course.state, random, bystanders, aside, malice);
  for (const call of Bystanders.looks()) aside(call);
  if (course.state.threads[targetThread]!.run.tag === 'faulting') met.add(WAITS);
  return { course, calls, met };
}

/** One more call: by the others, or by the pager, its client, or the kernel that takes a page of it back. */
function turn(state: MachState, random: Random, bystanders: Bystanders, aside: (call: MachCall) => void, malice: (call: MachCall) => void): void {
  const free = callers(state);
  if (random.once(3)) {
    const able = free.filter(isOther);
    const call = able.length === 0 ? null : bystanders.next(able);
    if (call !== null) aside(call);
    return;
  }
  const evicted = random.once(8) ? evictions(state) : [];
  const call: MachCall | null = evicted.length > 0 ? random.pick(evicted) : drawMalice(state, random, free);
  if (call === null) return;
  const floods = 'control' in call && random.once(10);
  for (let times = floods ? FLOOD : 1; times > 0 && isHeard(state, call); times -= 1) malice(call);
}

/** Whether the kernel listens at the port that a call is sent to: what it gave up, it hears nothing of. */
function isHeard({ tasks, ports }: MachState, call: MachCall): boolean {
  const entry = 'control' in call ? tasks[MALICE]!.names[call.control] : undefined;
  return entry?.tag !== 'port' || ports[entry.port]!.kernel !== null;
}

const isOther = (thread: ThreadId): boolean => others.includes(thread);

/** Pages of the malicious pager's that the kernel may take back. */
const evictions = (state: MachState): readonly MachCall[] => [MALICE, TARGET].flatMap((owner) =>
  state.memory!.spaces[owner]!.pages.map((_, page) => ({ operation: 'evict' as const, owner, address: page * state.memory!.pageSize }))
    .filter(({ address }) => evictable(state, owner, address) !== null));

/** Whether the others are told the same whether or not the pager and its client are there at all. */
function tries(kernel: MachKernel, seed: number): Tried<MachCall> {
  try {
    const { course, calls, met } = play(kernel, seed);
    const alone = new Course(kernel);
    for (const call of calls) alone.make(call, settled);
    const at = alone.told.findIndex((line, place) => course.told[place] !== line);
    const differs = at >= 0 || alone.told.length !== course.told.length;
    const place = at >= 0 ? at : alone.told.length;
    return {
      applied: true, met: [...met],
      violations: differs ? [`with the pager the others are told: ${course.told[place] ?? 'nothing'}; without it: ${alone.told[place] ?? 'nothing'}`] : [],
    };
  } catch (error) {
    if (error instanceof BeyondScope) return { applied: false, violations: [] };
    throw error;
  }
}

export const containmentRelation: Relation<MachState, MachCall> = { tries };

/** Whatever a pager does, those who have nothing to do with it cannot tell that it is there. */
export const containment: MachObligation = {
  relates: containmentRelation,
  sometimes: Object.fromEntries([...Object.keys(deeds), WAITS].map((condition) => [condition, () => false])),
};
