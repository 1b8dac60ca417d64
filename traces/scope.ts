import type { ScopeSchemas, WireScope } from '#spec/scope';
import type { AnyCall, Scope } from '#model/kernel';
import type { Bundle } from '#traces/bundle';
import { BadInput, complaint } from '#traces/fault';

/** What a scope that came over the wire, or from a recording, is to the model of a kernel. */
export function readScope<S, Call extends AnyCall>({ scopes, suite, modelScope }: Bundle<S, Call>, scope: WireScope): Scope {
  const parsed = scopes.wire.safeParse(scope);
  if (!parsed.success) throw new BadInput(`not where a run of ${suite.kernel.name} can begin: ${complaint(parsed.error)}`);
  return modelScope(parsed.data);
}

/** What can be said of where a run begins, beside how many threads there are. */
export const fieldsOf = ({ wire }: ScopeSchemas): readonly string[] => Object.keys(wire.shape).filter((field) => field !== 'threads');

/** As much of a scope as an adapter can set up. It is judged by what it was told. */
export const sayable = (scope: WireScope, fields: readonly string[] = []): WireScope =>
  Object.fromEntries(Object.entries(scope).filter(([field]) => field === 'threads' || fields.includes(field))) as WireScope;
