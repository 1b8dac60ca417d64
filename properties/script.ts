import { runInPlace, type AnyCall, type Choose, type Event, type Kernel, type Scope } from '#model/kernel';
import { ModelError } from '#model/operation';
import type { Counted } from '#spec/tariff';

/** What a run was charged, by what is counted. */
export type Counts = Readonly<Record<string, number>>;

/** Counted without a call: what programs do themselves, and bytes that cross the network. */
export interface Beside { readonly beside: Readonly<Partial<Record<Counted, number>>> }

/** A call by which somebody is told of a failure: each of these errors as often as it stands here, and no other. */
export interface Failing<Call> { readonly failing: Call; readonly errors: readonly string[] }

export type ScriptStep<Call> = Call | Failing<Call> | Beside;

/** A workload as the calls of one kernel. */
export interface Play<S, Call extends AnyCall> {
  readonly kernel: Kernel<S, Call>;
  readonly scope: (size: number) => Scope;
  /** The smallest and the largest size that can be carried; any, where nothing is said. */
  readonly least?: number;
  readonly most?: number;
  /** What must be there beforehand, and is not counted. `look` gives the state as it is by then. */
  readonly before: (look: () => S, size: number) => Iterable<Call>;
  readonly calls: (look: () => S, size: number) => Iterable<ScriptStep<Call>>;
  /** What the kernel has names of its own for. */
  readonly known?: Readonly<Record<string, Counted>>;
}

/** A play that has forgotten whose calls it makes: it can be counted at a size that it carries. */
export interface Script {
  readonly carries: (size: number) => boolean;
  /** `seen` is shown every call, before it is made. */
  readonly count: (size: number, seen?: (call: AnyCall, kernel: string) => void) => Counts;
}

/** What a kernel brings for a workload: the forms in which it does it, by name, or why it does not. */
export type Scripts = Readonly<Record<string, Script>> | string;

/** What the programs do themselves: passes over so many bytes. */
export const byPrograms = (copies: number, bytes: number): Beside => ({ beside: { 'own copy': copies, 'own byte': copies * bytes } });

/** Bytes that cross the network, without the headers of its protocols. */
export const onTheWire = (bytes: number): Beside => ({ beside: { 'wire byte': bytes } });

/** Takes the first of what the documents leave open: the reference implementation's own way. */
const first: Choose = (_kind, options) => options[0]!;

/** A script that can be counted. A call that ends otherwise than the play has it is our own fault: `ModelError`. */
export function script<S, Call extends AnyCall>(play: Play<S, Call>): Script {
  return {
    carries: (size) => size >= (play.least ?? 0) && size <= (play.most ?? Number.MAX_SAFE_INTEGER),
    count: (size, seen = () => {}) => counted(play, size, (call) => seen(call, play.kernel.name)),
  };
}

function counted<S, Call extends AnyCall>({ kernel, scope, before, calls, known = {} }: Play<S, Call>, size: number, seen: (call: Call) => void): Counts {
  const state = kernel.boot(scope(size) as never);
  const look = () => state;
  const total: Record<string, number> = {};
  const add = (counts: Readonly<Partial<Record<string, number>>>) => {
    for (const [name, count] of Object.entries(counts)) {
      const event = known[name] ?? name;
      total[event] = (total[event] ?? 0) + count!;
    }
  };
  const make = (call: Call, errors: readonly string[]) => {
    seen(call);
    return costOf(kernel, state, call, errors);
  };
  for (const call of before(look, size)) make(call, []);
  for (const step of calls(look, size)) {
    if ('beside' in step) add(step.beside);
    else if ('failing' in step) add(make(step.failing, step.errors));
    else add(make(step, []));
  }
  return total;
}

const errorOf = (event: Event): string | null => (event.tag === 'raised' ? event.error : event.tag === 'ended' ? 'ended' : null);

function costOf<S, Call extends AnyCall>(kernel: Kernel<S, Call>, state: S, call: Call, due: readonly string[]): Counts {
  const { events, cost } = runInPlace(kernel, state, call, first);
  const errors = events.map(errorOf).filter((error) => error !== null);
  if ([...errors].sort().join() === [...due].sort().join()) return cost;
  throw new ModelError(`${call.operation} in a script ended with ${JSON.stringify(events)}`);
}

/** So many bytes in messages of so many at most; nothing is one message too. */
export const pieces = (bytes: number, most: number): readonly number[] =>
  (bytes === 0 ? [0] : Array.from({ length: Math.ceil(bytes / most) }, (_, at) => Math.min(most, bytes - at * most)));
