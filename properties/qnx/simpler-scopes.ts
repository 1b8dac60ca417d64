import type { QnxScope } from '#model/qnx/kernel';
import type { Scope } from '#model/kernel';

/** Scopes to try in the place of one: without its bounds, its users and priorities, with one process fewer. */
export function simplerScopes(scope: Scope): readonly Scope[] {
  const { priorities, users, limits, shared, policies } = scope as unknown as QnxScope;
  const plain = { ...(limits === undefined ? {} : { limits }), ...(shared === undefined ? {} : { shared }), ...(policies === undefined ? {} : { policies }) };
  return [
    ...(limits !== undefined && Object.keys(limits).length > 0 ? [{ ...scope, limits: {} }] : []),
    ...(users === undefined ? [] : [{ priorities, ...plain }]),
    ...(priorities.some((priority) => priority !== 10) ? [{ ...scope, priorities: priorities.map(() => 10) }] : []),
    ...(priorities.length > 1 ? [{ ...scope, priorities: priorities.slice(0, -1) }] : []),
  ];
}
