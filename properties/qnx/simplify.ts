import type { QnxCall } from '#model/qnx/world';

interface Stretch { readonly at: number; readonly length: number }

/** Simpler calls to try in the place of one, the simplest first. Pids are opaque here. */
export function simplifyQnx(call: QnxCall): readonly QnxCall[] {
  const simpler: QnxCall[] = [];
  for (const [key, value] of Object.entries(call) as [string, unknown][]) {
    for (const other of simplerValues(key, value)) simpler.push({ ...call, [key]: other } as QnxCall);
  }
  return simpler;
}

function simplerValues(key: string, value: unknown): readonly unknown[] {
  if (isStretch(value)) return simplerStretches(value);
  if (Array.isArray(value)) return simplerLists(value);
  return typeof value === 'number' && (key === 'offset' || key === 'status') && value > 1 ? [0, 1] : [];
}

const isStretch = (value: unknown): value is Stretch =>
  typeof value === 'object' && value !== null && 'at' in value && 'length' in value && !Array.isArray(value);

function simplerStretches({ at, length }: Stretch): readonly Stretch[] {
  const simpler: Stretch[] = [];
  if (at !== 0) simpler.push({ at: 0, length });
  for (const shorter of [0, 1, 2]) if (length > shorter) simpler.push({ at, length: shorter });
  return simpler;
}

function simplerLists(list: readonly unknown[]): readonly (readonly unknown[])[] {
  return list.map((_, place) => list.filter((_item, other) => other !== place));
}
