import { runInPlace, type AnyCall, type Choose, type Kernel, type Scope } from '#model/kernel';
import { ModelError } from '#model/operation';

/** A request and its answer, each of so many separate parts of so many bytes. */
export interface Shape { readonly parts: number; readonly bytes: number }

/** A way to have a request answered, as calls that one client and one server make. */
export interface ExchangeForm<S, Call extends AnyCall> {
  readonly scope: Scope;
  /** What must be there beforehand, and is not counted. `look` gives the state as it is by then. */
  readonly before: (look: () => S, shape: Shape) => Iterable<Call>;
  /** The exchange, from the client's request until it has the answer and the server waits again. */
  readonly calls: (look: () => S, shape: Shape) => Iterable<Call>;
  /** How often the two programs themselves go over all the data: to gather parts into one piece, or to scatter one. */
  readonly passes: (shape: Shape) => number;
  /** Whether the form is able to carry so much at all. */
  readonly carries: (shape: Shape) => boolean;
}

/** What is counted in an exchange, by name; `pass` counts what the programs do themselves. */
export type ExchangeCost = Readonly<Record<string, number>>;

const first: Choose = (_kind, options) => options[0]!;

/** Runs an exchange on a kernel and adds up what it was charged. A call that is refused is our own fault: `ModelError`. */
export function costOfExchange<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, form: ExchangeForm<S, Call>, shape: Shape,
): ExchangeCost {
  const state = kernel.boot(form.scope as never);
  const look = () => state;
  const total: Record<string, number> = { pass: form.passes(shape) };
  for (const call of form.before(look, shape)) make(kernel, state, call);
  for (const call of form.calls(look, shape)) {
    for (const [event, count] of Object.entries(make(kernel, state, call))) total[event] = (total[event] ?? 0) + count;
  }
  return total;
}

function make<S, Call extends AnyCall>(kernel: Kernel<S, Call>, state: S, call: Call): Readonly<Record<string, number>> {
  const { events, cost } = runInPlace(kernel, state, call, first);
  const refused = events.find(({ tag }) => tag === 'raised' || tag === 'ended');
  if (refused !== undefined) throw new ModelError(`${call.operation} in an exchange ended with ${JSON.stringify(refused)}`);
  return cost;
}
