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
