import type { ThreadId } from '#spec/mach/vocabulary';
import { machVocabulary } from '#spec/mach/vocabulary';
import { mapLeaves } from '#spec/vocabulary';
import { BeyondScope } from '#model/operation';
import { runInPlace, type Choose, type Kernel, type Outcome } from '#model/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { machSymbols } from '#properties/mach/symbols';
import { machTheme } from '#properties/mach/theme';
import { Random } from '#properties/random';

/** How many names each task uses up before the second run begins, and how many calls a run has. */
const SHIFT = 7;
const LENGTH = 40;

const vocabulary = machVocabulary('model');

type MachKernel = Kernel<MachState, MachCall>;
interface Made { readonly call: MachCall; readonly outcome: Outcome; readonly options: readonly number[] }

/**
 * A run, and the same run once more in spaces where some names have been used up before: everything must come
 * out the same but for the names. So nothing relies on which names the kernel gives out.
 */
export function namesShifted(kernel: MachKernel, seed: number): { applied: boolean; violations: readonly string[] } {
  const random = Random.forRun(seed, 0);
  const { scope, draw } = machTheme(random);
  const [state, shifted] = [kernel.boot(scope as never), kernel.boot(scope as never)];
  const tasks = state.tasks.length;
  try {
    useUpNames(kernel, shifted);
    for (let i = 0; i < LENGTH; i += 1) {
      const call = draw(state, random);
      if (call === null) break;
      const twin = shiftedCall(state, call, tasks);
      const made = run(kernel, state, call, random);
      const again = rerun(kernel, shifted, twin, made.options);
      const [was, is] = [answers(made.outcome), answers(again)];
      if (was !== is) return { applied: true, violations: [`under other names ${call.operation} came to ${is} instead of ${was}`] };
    }
  } catch (error) {
    if (error instanceof BeyondScope) return { applied: false, violations: [] };
    throw error;
  }
  return { applied: true, violations: [] };
}

/** Every task makes some dead names, and gives them up again. */
function useUpNames(kernel: MachKernel, state: MachState): void {
  const first: Choose = (_kind, options) => options[0]!;
  state.threads.forEach(({ task: identity }, thread) => {
    if (state.threads.findIndex(({ task }) => task === identity) !== thread) return;
    const by = { thread: thread as ThreadId, task: { tag: 'identity', identity } } as const;
    for (let name = 1; name <= SHIFT; name += 1) {
      const { events } = runInPlace(kernel, state, { operation: 'mach_port_allocate', ...by, right: 'dead-name' }, first);
      const [answer] = events as unknown as readonly [{ readonly value?: { readonly name: never } }];
      runInPlace(kernel, state, { operation: 'mach_port_deallocate', ...by, name: answer.value!.name }, first);
    }
  });
}

/** The call, with every name of the first tasks further on by as many as have been used up. */
function shiftedCall(state: MachState, call: MachCall, tasks: number): MachCall {
  const { takes } = vocabulary[call.operation];
  const moved = mapLeaves(takes, call, (leaf, value) => {
    const symbol = machSymbols.of(leaf, value, state, call);
    const owner = symbol === null ? null : /^names of (\d+)$/.exec(symbol.space);
    return owner === null || symbol === null || Number(owner[1]) >= tasks ? value : machSymbols.replace(leaf, value, symbol.id + SHIFT);
  });
  return { ...moved as MachCall, operation: call.operation } as MachCall;
}

function run(kernel: MachKernel, state: MachState, call: MachCall, random: Random): Made {
  const options: number[] = [];
  const choose: Choose = (_kind, offered) => {
    options.push(random.below(offered.length));
    return offered[options.at(-1)!]!;
  };
  return { call, outcome: runInPlace(kernel, state, call, choose), options };
}

function rerun(kernel: MachKernel, state: MachState, call: MachCall, options: readonly number[]): Outcome {
  let at = 0;
  return runInPlace(kernel, state, call, (_kind, offered) => {
    const option = offered[options[at] ?? 0] ?? offered[0]!;
    at += 1;
    return option;
  });
}

/** What everybody was seen to get, without the names in it. */
const answers = ({ events }: Outcome): string => JSON.stringify(events, (key, value: unknown) =>
  (nameFields.has(key) && typeof value !== 'boolean' ? placeholder(value) : value));

const nameFields = new Set(['name', 'names', 'previous', 'set', 'members', 'ports']);

/** How many names there are, and whether they are names at all. */
function placeholder(value: unknown): unknown {
  if (typeof value === 'number') return value > 0 ? 'a name' : value;
  return Array.isArray(value) ? value.map((item: unknown) => (typeof item === 'number' ? placeholder(item) : item)) : value;
}

