import type { Privilege, ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusScope } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { memoryRows } from '#properties/chorus/draw-memory';
import { callers } from '#properties/chorus/draw';
import { drawing, rows } from '#properties/chorus/draw-call';
import { memoryPlans } from '#properties/chorus/motifs-memory';
import { lockPlans, actorAt, Weaver, type Plan } from '#properties/chorus/motifs';
import { emptyBuffer, handOver } from '#properties/chorus/programs/condition-variable';
import { family, settle } from '#properties/chorus/programs/fork';
import { Program } from '#properties/chorus/programs/program';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

/** Actors with their threads and sites. */
const settings: readonly Pick<ChorusScope, 'threads' | 'sites'>[] = [
  { threads: [2, 2], sites: [0, 0] },
  { threads: [2, 2], sites: [0, 1] },
  { threads: [2, 1, 2], sites: [0, 0, 1] },
  { threads: [3, 1, 1], sites: [0, 0, 1] },
  { threads: [1, 1, 2], sites: [0, 1, 2] },
  { threads: [2, 2, 1, 1], sites: [0, 0, 1, 1] },
  { threads: [2, 1, 1], sites: [0, 1, 2] },
];

const privileges: readonly Privilege[] = ['system', 'user', 'supervisor'];

/** How privileges are dealt out: system actors alone can do everything. */
const casts: readonly (readonly Privilege[])[] = [['system'], ['system', 'user'], ['user', 'supervisor'], privileges];

/** What ends a run early, or leaves threads to themselves, is rare in most runs. */
const disturbing = ['actorDelete', 'actorStop', 'threadSuspend', 'threadDelete'];

/** A run has a character: some operations are frequent in it, some absent, and its limits are easily met. */
export function chorusTheme(random: Random): Theme<ChorusState, ChorusCall> {
  const setting = random.pick(settings);
  const cast = random.pick(casts);
  const scope: ChorusScope = {
    ...setting,
    privileges: setting.threads.map(() => random.pick(cast)),
    priorities: random.pick([[128], [128, 100], [128, 128, 100]]),
    limits: {
      annex: 2, body: 3, queue: random.pick([1, 2, 3]), saved: random.pick([1, 1, 2]), ports: random.pick([5, 6, 64, 64]), packets: random.pick([1, 3, 8]),
      page: 2, space: 4, quantum: 2, handlers: 2, name: 3,
    },
  };
  if (random.once(4)) return memoryTheme(random, scope);
  if (random.once(5)) return schedulingTheme(random, scope);
  if (random.once(10)) return builtTheme(random, scope);
  const draw = drawing(without(shares(random), memoryRows), { itself: random.pick([3, 6, 12]), accident: random.pick([0, 0, 0, 12, 40]) });
  return { scope: { ...scope }, draw: woven(draw, random.pick([0, 2, 2, 2])) };
}

/** A run about who runs, on sites with one processor each, and about what threads wait for. */
function schedulingTheme(random: Random, scope: ChorusScope): Theme<ChorusState, ChorusCall> {
  const table = without(shares(random), memoryRows);
  Object.assign(table, {
    threadCreate: 4, threadScheduler: 4, semInit: 3, semP: 4, semV: 4, mutexInit: 3, mutexGet: 4, mutexRel: 5, threadSuspend: 2, threadResume: 3,
    threadDelay: 3, threadAbort: 2, actorDelete: 0, actorStop: 0, ipcCall: 2,
  });
  const limits = { ...scope.limits, quantum: 2, ports: 64 };
  const setting: ChorusScope = { ...scope, threads: scope.threads.map((count) => count + 1), priorities: [128, 128, 100], limits, scheduling: random.once(3)
    ? 'free' : 'modelled', policy: random.pick(['fifo', 'round-robin', 'round-robin', 'time-sharing'] as const) };
  const draw = drawing(table, { itself: 3, accident: 0 });
  return { scope: { ...setting }, draw: woven(draw, random.pick([0, 3]), lockPlans) };
}

/** A run of what subsystems build: threads that meet in a monitor, or processes that fork. */
function builtTheme(random: Random, scope: ChorusScope): Theme<ChorusState, ChorusCall> {
  const setting = { ...scope, threads: [random.pick([2, 3, 4]), 1], sites: [0, 0], privileges: ['system', 'user'] as const, handlers: 'connected' as const, priorities: [128, 128, 100] };
  let program: Program | null = null;
  const begin = (state: ChorusState): Program => {
    const begun = new Program(state);
    if (random.once(2)) handOver(begun, callers(state).filter((thread) => actorAt(state, thread) === 0), emptyBuffer(random.pick([1, 2])), 4);
    else begun.start(0 as ThreadId, fathers(begun, 0 as ThreadId, random));
    return begun;
  };
  return { scope: setting, draw: (state) => (program ??= begin(state)).next(state, random) };
}

function* fathers(program: Program, thread: ThreadId, random: Random): Generator<ChorusCall, void> {
  yield* settle(thread, program.look);
  yield* family(program, thread, random, 2);
}

/** A run about memory, in which messages are those to mappers. */
export function memoryTheme(random: Random, scope: ChorusScope): Theme<ChorusState, ChorusCall> {
  const table = without(shares(random), rows);
  for (const [operation, [weight]] of Object.entries(memoryRows)) table[operation] = weight * random.pick([1, 2, 2, 4]);
  const mapped = random.once(2);
  if (!mapped) for (const operation of ['rgnMap', 'rgnInit', 'sgRead', 'sgWrite', 'sgFlush', 'lcFlush']) table[operation] = 0;
  Object.assign(table, { ipcReceive: 6, ipcSend: random.pick([0, 2, 4]), ipcCall: random.pick([0, 1]),
    actorCreate: 1, actorDelete: random.pick([0, 1]), actorStop: random.pick([0, 1]), actorStart: 1, portDelete: 0,
    portMigrate: random.pick([0, 1]) });
  const limits = { ...scope.limits, body: 6, queue: 3, ports: 64, packets: 8 };
  const setting = { ...scope, privileges: scope.threads.map(() => 'system' as const), limits, handlers: random.once(8) ? 'none' as const : 'connected' as const };
  const draw = drawing(table, { itself: mapped ? 4 : 12, accident: random.pick([0, 0, 60]) });
  return { scope: setting, draw: woven(draw, random.pick([0, 2, 2, 2]), memoryPlans) };
}

const without = (table: Record<string, number>, rest: object): Record<string, number> =>
  Object.fromEntries(Object.entries(table).map(([operation, share]) => [operation, operation in rest ? 0 : share]));

type DrawCall = Theme<ChorusState, ChorusCall>['draw'];

/** Calls at large, and one in so many of a plan; 0: none. */
function woven(draw: DrawCall, planned: number, plans?: readonly Plan[]): DrawCall {
  if (planned === 0) return draw;
  const weaver = new Weaver(plans);
  return (state, random) => (random.once(planned) ? weaver.next(state, random) : null) ?? draw(state, random);
}

/** What other implementations are asked: with the limits that the nucleus has, and without accidents. */
export function conformanceTheme(random: Random): Theme<ChorusState, ChorusCall> {
  const setting = random.pick(settings.slice(0, 4));
  return { scope: { ...setting }, draw: drawing(without(shares(random), memoryRows), { itself: 6, accident: 0 }) };
}

function shares(random: Random): Record<string, number> {
  const table: Record<string, number> = {};
  for (const [operation, [weight]] of Object.entries(rows)) table[operation] = weight * random.pick([0, 1, 2, 2, 4]);
  for (const operation of ['ipcSend', 'ipcReceive', 'portCreate']) table[operation] = Math.max(table[operation]!, rows[operation]![0]);
  for (const operation of disturbing) if (!random.once(3)) table[operation] = 0;
  return table;
}
