import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Entry, MachState, Message, PortId, SetId } from '#model/mach/state';
import { portName, setName, taskName, threadName } from '#properties/mach/facts';
import type { MachStep } from '#properties/mach/obligation';
import { oncePerStep } from '#properties/remember';

/** One piece of the state that a step left other than it was. */
export type Change =
  | { readonly what: 'name'; readonly task: TaskId; readonly name: Name }
  | { readonly what: 'port'; readonly port: PortId; readonly field: string }
  | { readonly what: 'set'; readonly set: SetId; readonly field: string }
  | { readonly what: 'thread'; readonly thread: ThreadId; readonly field: string }
  | { readonly what: 'task'; readonly task: TaskId; readonly field: string };

/** Everything a step changed, so that a law can say that nothing else did. Remembered for each step. */
export const changesOf = oncePerStep((step: MachStep): readonly Change[] => [...differences(step)]);

/** A sentence for each change that a law did not expect. */
export const stray = (step: MachStep, expected: (change: Change) => boolean = () => false): readonly string[] =>
  changesOf(step).filter((change) => !expected(change)).map((change) => `${inWords(change)} changed`);

export function inWords(change: Change): string {
  switch (change.what) {
    case 'name': return `n${change.name} of ${taskName(change.task)}`;
    case 'port': return `the ${change.field} of ${portName(change.port)}`;
    case 'set': return `the ${change.field} of ${setName(change.set)}`;
    case 'thread': return `the ${change.field} of ${threadName(change.thread)}`;
    case 'task': return `the ${change.field} of ${taskName(change.task)}`;
  }
}

function* differences({ before, after }: MachStep): Generator<Change> {
  for (const [task, field] of rows(before.tasks, after.tasks)) {
    if (field !== 'names') yield { what: 'task', task: task as TaskId, field };
    else for (const name of changedNames(before, after, task as TaskId)) yield { what: 'name', task: task as TaskId, name };
  }
  for (const [port, field] of rows(before.ports, after.ports)) yield { what: 'port', port: port as PortId, field };
  for (const [set, field] of rows(before.sets, after.sets)) yield { what: 'set', set: set as SetId, field };
  for (const [thread, field] of rows(before.threads, after.threads)) yield { what: 'thread', thread: thread as ThreadId, field };
}

type Row = Readonly<Record<string, unknown>>;

/** The fields of a table that differ. A row that was not there before counts as another life. */
function* rows(before: readonly object[], after: readonly object[]): Generator<readonly [number, string]> {
  for (let id = 0; id < after.length; id += 1) {
    const old = before[id] as Row | undefined;
    const now = after[id] as Row;
    if (old === undefined) {
      yield [id, 'life'];
      if ('names' in now) yield [id, 'names'];
      continue;
    }
    for (const field in now) if (!(field === 'queue' ? sameLine : same)(old[field], now[field])) yield [id, field];
  }
}

function* changedNames(before: MachState, after: MachState, task: TaskId): Generator<Name> {
  const old: readonly (Entry | null)[] = before.tasks[task]?.names ?? [];
  const now = after.tasks[task]!.names;
  for (let name = 1; name < Math.max(old.length, now.length); name += 1) {
    if (!same(old[name] ?? null, now[name] ?? null)) yield name as Name;
  }
}

/** Whether the same messages stand in the same order; what is in them is not looked at. */
const sameLine = (a: unknown, b: unknown): boolean =>
  a === b || same((a as readonly Message[]).map(({ serial }) => serial), (b as readonly Message[]).map(({ serial }) => serial));

/**
 * What no law of rights and messages speaks of: how a dead name came to be one, when a message was queued, and
 * which objects hold the pages of a region.
 */
const IGNORED = new Set(['untouched', 'moment', 'arrival', 'pages']);

/** Whether two pieces of state are alike. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, at) => same(value, b[at]));
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => IGNORED.has(key) || same((a as Row)[key], (b as Row)[key]));
}

/** The messages of a queue that a step left there, and those it put there, told by their serial numbers. */
export function queueChange({ before, after }: MachStep, port: PortId): {
  readonly gone: readonly Message[]; readonly kept: readonly Message[]; readonly added: readonly Message[];
} {
  const old = before.ports[port]?.queue ?? [];
  const now = after.ports[port]!.queue;
  const has = (queue: readonly Message[], { serial }: Message) => queue.some((other) => other.serial === serial);
  return {
    gone: old.filter((message) => !has(now, message)),
    kept: now.filter((message) => has(old, message)),
    added: now.filter((message) => !has(old, message)),
  };
}
