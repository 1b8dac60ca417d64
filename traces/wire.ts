import { leaves, unordered, type Leaf } from '#spec/vocabulary';
import type { AnyCall } from '#model/kernel';
import type { Symbol } from '#properties/suite';
import type { Binding } from '#traces/binding';

/** What an implementation was seen to do in one step, in the protocol's form. */
export type SeenEvent =
  | { readonly tag: 'returned'; readonly thread: string; readonly value: unknown }
  | { readonly tag: 'raised'; readonly thread: string; readonly error: string; readonly value?: unknown }
  | { readonly tag: 'blocked' | 'ended' | 'indeterminate'; readonly thread: string }
  | { readonly tag: 'unsupported'; readonly thread: string; readonly why?: string | undefined };

/** A call in the protocol's form. */
export interface WireCall { readonly operation: string; readonly [argument: string]: unknown }

/** How one kernel's calls and answers cross to an implementation. */
export interface Wire<S, Call extends AnyCall> {
  /** The call as it crosses; names as the numbers that stand for them. Names never seen take `invent`ed numbers. */
  readonly encode: (state: S, call: Call, binding: Binding, invent: () => number) => WireCall;
  /** The call as the model has it. Numbers that stand for nothing become names that denote nothing, and are bound. */
  readonly decode: (state: S, call: WireCall, binding: Binding) => Decoded<Call>;
  /** What a leaf of an answer must be on the wire: itself, or whatever number stands for a name. */
  readonly expect: (leaf: Leaf, value: unknown, state: S, call: Call) => Expected;
}

export interface Decoded<Call> { readonly call: Call; readonly invented: readonly Symbol[] }

/** `just`: exactly this value. `name`: the number that stands for a name. */
export type Expected =
  | { readonly tag: 'just'; readonly value: unknown }
  | { readonly tag: 'name'; readonly space: string; readonly id: number };

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, SchemaNode>>;
  readonly element?: SchemaNode;
  readonly innerType?: SchemaNode;
  readonly options?: readonly SchemaNode[];
}
type SchemaNode = Parameters<typeof unordered.get>[0];

/** Judges leaves, and may bind names on the way. */
export interface LeafJudge {
  fits(leaf: Leaf, expected: unknown, seen: unknown): boolean;
  /** Undoes what was bound in the course of an attempt that failed. */
  attempt(fit: () => boolean): boolean;
}

/** Compares an answer of the model with one from the wire, leaf by leaf. */
export function fits(schema: SchemaNode, expected: unknown, seen: unknown, judge: LeafJudge): boolean {
  const leaf = leaves.get(schema);
  if (leaf !== undefined) return judge.fits(leaf, expected, seen);
  const def = (schema._zod as unknown as { def: Def }).def;
  const inner = (node: SchemaNode, a: unknown, b: unknown) => fits(node, a, b, judge);
  switch (def.type) {
    case 'object': {
      if (!isRecord(expected) || !isRecord(seen)) return false;
      return Object.entries(def.shape!).every(([key, field]) => inner(field, expected[key], seen[key]));
    }
    case 'array': {
      if (!Array.isArray(expected) || !Array.isArray(seen) || expected.length !== seen.length) return false;
      if (unordered.has(schema)) {
        return fitsInSomeOrder(expected, seen, (a, b) => judge.attempt(() => inner(def.element!, a, b)));
      }
      return expected.every((item, at) => inner(def.element!, item, seen[at]));
    }
    case 'nullable':
    case 'optional':
      if (expected === null || expected === undefined) return seen === null || seen === undefined;
      return seen !== null && seen !== undefined && inner(def.innerType!, expected, seen);
    case 'union': {
      const tag = isRecord(expected) ? expected['tag'] : undefined;
      if (tag !== undefined && (!isRecord(seen) || seen['tag'] !== tag)) return false;
      return def.options!.some((option) => optionHas(option, tag) && inner(option, expected, seen));
    }
    default: return Object.is(expected, seen) || (expected === undefined && seen === null) || (expected === null && seen === undefined);
  }
}

function optionHas(option: SchemaNode, tag: unknown): boolean {
  const def = (option._zod as unknown as { def: Def }).def;
  if (tag === undefined || def.type !== 'object') return true;
  const literal = def.shape!['tag'];
  const values = literal === undefined ? [] : (literal._zod as unknown as { def: { values?: readonly unknown[] } }).def.values ?? [];
  return values.includes(tag);
}

/** Each expected item takes the first seen one that fits it: items of unordered lists differ in their names. */
function fitsInSomeOrder(expected: readonly unknown[], seen: readonly unknown[], fit: (a: unknown, b: unknown) => boolean): boolean {
  const left = [...seen];
  return expected.every((item) => {
    const at = left.findIndex((other) => fit(item, other));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
