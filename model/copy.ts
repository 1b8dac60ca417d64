/**
 * A copy of a state that shares nothing that may be edited. Records with a `tag` are values, replaced and
 * never edited, so they are shared.
 */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || 'tag' in value) return value;
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const copied: unknown[] = new Array(items.length);
    for (let i = 0; i < items.length; i += 1) copied[i] = copy(items[i]);
    return copied as T;
  }
  const copied: Record<string, unknown> = {};
  for (const key in value) copied[key] = copy(value[key]);
  return copied as T;
}

/**
 * The state as it is now, for whoever wants to keep it. What is as it was in `before`, an earlier snapshot, is
 * shared with it, and if all is, the answer is `before` itself: what differs can be told by identity.
 */
export function snapshot<S>(state: S, before: S | null): S {
  return Object.freeze(before === null ? copy(state) : shared(state, before));
}

function shared<T>(value: T, before: T): T {
  if (value === before || typeof value !== 'object' || value === null || 'tag' in value) return value;
  if (typeof before !== 'object' || before === null) return copy(value);
  return Array.isArray(value) ? sharedList(value, before as unknown as readonly unknown[]) as T : sharedRecord(value, before);
}

function sharedList(items: readonly unknown[], before: readonly unknown[]): readonly unknown[] {
  let made: unknown[] | null = null;
  for (let at = 0; at < items.length; at += 1) {
    const part = at < before.length ? shared(items[at], before[at]) : copy(items[at]);
    if (made !== null) made.push(part);
    else if (at >= before.length || part !== before[at]) made = [...before.slice(0, at), part];
  }
  return made ?? (items.length === before.length ? before : before.slice(0, items.length));
}

/** Records in one place have the same fields. */
function sharedRecord<T extends object>(record: T, before: T): T {
  let made: T | null = null;
  for (const key in record) {
    const part = shared(record[key], before[key]);
    if (part !== before[key]) (made ??= { ...before })[key] = part;
  }
  return made ?? before;
}
