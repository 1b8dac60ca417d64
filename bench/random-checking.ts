import fc from 'fast-check';
import { produce } from 'immer';
import type { Disposition, Name, ThreadId } from '#spec/mach/vocabulary';
import { runInPlace, type Choose } from '#model/kernel';
import { mach } from '#model/mach/kernel';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { isEnabled } from '#properties/mach/draw';
import { drawCall } from '#properties/mach/draw-call';
import { Random } from '#properties/random';

/**
 * Random checking in place, beside fast-check's commands and modelRun on the same model with the same check
 * after every call. All ways are run in turns, and medians are given. Run it: `node dist/bench/random-checking.js`.
 */
const RUNS = 300;
const LENGTH = 60;
const ROUNDS = 7;
const THREADS = [3, 3];
const boot = (): MachState => mach.boot({ threads: THREADS } as never);
const first: Choose = (_kind, options) => options[0]!;

/** Calls that were made, and those among them that the kernel did not refuse. */
interface Count { attempted: number; accepted: number }

/** The check after every call: nobody is left out of what the kernel keeps of a port. */
function check(state: MachState): void {
  for (const { life, queue, senders } of state.ports) {
    if (life === 'dead' && (queue.length > 0 || senders.length > 0)) throw new Error('violated');
  }
}

/** Runs of calls, drawn once from the states they meet; commands are drawn from the pool of them all. */
const programs: readonly (readonly MachCall[])[] = Array.from({ length: RUNS }, (_, run) => {
  const random = Random.forRun(1, run);
  const state = boot();
  const calls: MachCall[] = [];
  for (let i = 0; i < LENGTH; i += 1) {
    const call = drawCall(state, random);
    if (call === null) break;
    calls.push(call);
    runInPlace(mach, state, call, first);
  }
  return calls;
});

/** One call in place, if it can be made. */
function step(state: MachState, call: MachCall, count: Count): void {
  if (!isEnabled(state, call)) return;
  count.attempted += 1;
  if (!runInPlace(mach, state, call, first).refused) count.accepted += 1;
  check(state);
}

/** The same on a state that is never changed: immer makes the next one. */
function nextState(state: MachState, call: MachCall, count: Count): MachState {
  let refused = false;
  count.attempted += 1;
  const next = produce(state, (draft) => {
    refused = runInPlace(mach, draft as MachState, call, first).refused;
  });
  if (refused) return state;
  count.accepted += 1;
  check(next);
  return next;
}

/** Ours: one state, one call after the other. */
function inPlace(): Count {
  const count = { attempted: 0, accepted: 0 };
  for (const calls of programs) {
    const state = boot();
    for (const call of calls) step(state, call, count);
  }
  return count;
}

/** Ours as it is used: each call is drawn from the state it meets. */
function drawnInPlace(): Count {
  const count = { attempted: 0, accepted: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const random = Random.forRun(1, run);
    const state = boot();
    for (let i = 0; i < LENGTH; i += 1) {
      const call = drawCall(state, random);
      if (call === null) break;
      step(state, call, count);
    }
  }
  return count;
}

interface Model { state: MachState }

/** A command of fast-check's that makes one call of ours, in place or on immutable states. */
class Command implements fc.Command<Model, Count> {
  readonly #call: MachCall;
  readonly #immutable: boolean;

  constructor(call: MachCall, immutable: boolean) {
    this.#call = call;
    this.#immutable = immutable;
  }

  check({ state }: Readonly<Model>): boolean {
    return isEnabled(state, this.#call);
  }

  run(model: Model, count: Count): void {
    if (this.#immutable) model.state = nextState(model.state, this.#call, count);
    else step(model.state, this.#call, count);
  }

  toString(): string {
    return this.#call.operation;
  }
}

/** fast-check's way: arbitraries of commands, drawn into sequences, and run on a model. */
function byCommands(command: fc.Arbitrary<Command>): Count {
  const count = { attempted: 0, accepted: 0 };
  const commands = fc.commands([command], { maxCommands: LENGTH, size: 'max' });
  fc.assert(fc.property(commands, (sequence) => {
    fc.modelRun(() => ({ model: { state: boot() }, real: count }), sequence);
  }), { numRuns: RUNS, seed: 1 });
  return count;
}

const pool = programs.flat();
const known = (immutable: boolean): fc.Arbitrary<Command> =>
  fc.nat({ max: pool.length - 1 }).map((at) => new Command(pool[at]!, immutable));

const thread = fc.nat({ max: 5 }) as fc.Arbitrary<never>;
const name = fc.nat({ max: 8 }) as fc.Arbitrary<never>;
const task = fc.nat({ max: 1 }).map((identity) => ({ tag: 'identity', identity }) as never);
const disposition = fc.constantFrom<Disposition>('move-receive', 'move-send', 'move-send-once', 'copy-send', 'make-send', 'make-send-once');

/** Arguments drawn without a look at the state, as an arbitrary of commands does it. */
const blind: fc.Arbitrary<MachCall> = fc.oneof(
  fc.record({ operation: fc.constant('mach_port_allocate' as const), thread, task, right: fc.constantFrom('receive' as const, 'port-set' as const, 'dead-name' as const) }),
  fc.record({ operation: fc.constantFrom('mach_port_deallocate' as const, 'mach_port_destroy' as const), thread, task, name }),
  fc.record({ operation: fc.constant('mach_port_insert_right' as const), thread, task, name, right: fc.record({ name, disposition }) }),
  fc.record({ operation: fc.constant('mach_port_move_member' as const), thread, task, member: name, after: name }),
  fc.record({ thread, name, disposition, carried: name, carries: disposition }).map(sending),
  fc.record({ thread, name }).map(receiving),
) as fc.Arbitrary<MachCall>;

const message = (caller: ThreadId) => ({ operation: 'mach_msg', thread: caller, options: [], send: null, receive: null, timeout: 0, notify: NULL }) as const;

function sending(drawn: { thread: ThreadId; name: Name; disposition: Disposition; carried: Name; carries: Disposition }): MachCall {
  const body = [{ tag: 'rights', disposition: drawn.carries, names: [drawn.carried], bits: 32, long: false, deallocate: false } as const];
  const remote = { name: drawn.name, disposition: drawn.disposition };
  return { ...message(drawn.thread), send: { id: 1, remote, local: { name: NULL, disposition: null }, complex: true, body, size: null } };
}

function receiving(drawn: { thread: ThreadId; name: Name }): MachCall {
  return { ...message(drawn.thread), options: ['receive-timeout'], receive: { name: drawn.name, size: 1024 } };
}

const ways = {
  'in place, the same calls': inPlace,
  'in place, drawing each call': drawnInPlace,
  'commands, in place, a pool of the same calls': () => byCommands(known(false)),
  'commands, immutable model, a pool of the same calls': () => byCommands(known(true)),
  'commands, immutable model, blind arguments': () => byCommands(blind.map((call) => new Command(call, true))),
} as const;
type Way = keyof typeof ways;
const names = Object.keys(ways) as readonly Way[];

interface Rate { readonly attempted: number; readonly accepted: number }

function rate(work: () => Count): Rate {
  const start = performance.now();
  const { attempted, accepted } = work();
  const seconds = (performance.now() - start) / 1000;
  return { attempted: attempted / seconds, accepted: accepted / seconds };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

for (const way of names) rate(ways[way]);
const rounds = Array.from({ length: ROUNDS }, () => Object.fromEntries(names.map((way) => [way, rate(ways[way])])) as Record<Way, Rate>);
const ratio = (way: Way, to: Way, of: keyof Rate): number =>
  Number(median(rounds.map((round) => round[way][of] / round[to][of])).toFixed(2));

process.stdout.write(`${JSON.stringify({
  bench: 'random-checking', rounds: ROUNDS, runs: RUNS, length: LENGTH,
  stepsPerSecond: Object.fromEntries(names.map((way) => [way, {
    attempted: Math.round(median(rounds.map((round) => round[way].attempted))),
    accepted: Math.round(median(rounds.map((round) => round[way].accepted))),
  }])),
  inPlaceAgainst: Object.fromEntries(names.slice(2).map((way) => [way, {
    attempted: ratio('in place, the same calls', way, 'attempted'),
    accepted: ratio('in place, the same calls', way, 'accepted'),
    acceptedWhileDrawing: ratio('in place, drawing each call', way, 'accepted'),
  }])),
}, null, 2)}\n`);
