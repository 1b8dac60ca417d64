import { z } from 'zod';

/**
 * The forms one value takes.
 *
 * - `model`: as the transition functions hold it (names are symbols, identities are indices);
 * - `trace`: as a trace file spells it, readable and independent of any implementation (`n3`, `T1`);
 * - `wire`: as it crosses to an implementation, whose own numbers stand for names;
 * - `program`: as `wire`, in a whole program sent ahead: a name may refer to an earlier answer.
 */
export type Form = 'model' | 'trace' | 'wire' | 'program';

/** What a leaf of a vocabulary denotes. */
export interface Leaf {
  /** What it denotes: `name`, `task`, `thread`, … */
  readonly sort: string;
  /** In whose name space it is read: the caller's, or that of the task the call is about. */
  readonly space?: 'caller' | 'target';
}

/** Marks the leaves that denote something; everything else in a call or an answer is plain data. */
export const leaves: z.core.$ZodRegistry<Leaf> = z.registry<Leaf>();

/** Marks lists whose order means nothing: an implementation may give them in any. */
export const unordered: z.core.$ZodRegistry<{ readonly because: string }> = z.registry();

/** The operations of a kernel as schemas: what each takes, gives back, and may refuse with. */
export interface OperationSchema {
  /** The arguments, with the calling thread where there is one. */
  readonly takes: z.ZodObject;
  readonly returns: z.ZodType;
  /** Errors by name, as the kernel's documents spell them. */
  readonly raises: readonly string[];
  /** Errors that change the state all the same, or come with a value. */
  readonly spoils?: Readonly<Record<string, z.ZodType>>;
  readonly blocks?: boolean;
  /** An operation without a caller: time, failure, the network. */
  readonly spontaneous?: boolean;
}

export type Vocabulary = Readonly<Record<string, OperationSchema>>;

/** Replaces every leaf of `value`, which has the shape of `schema` in any form. Plain data is kept. */
export function mapLeaves(
  schema: z.core.$ZodType,
  value: unknown,
  replace: (leaf: Leaf, value: unknown) => unknown,
): unknown {
  const leaf = leaves.get(schema);
  if (leaf !== undefined) return replace(leaf, value);
  const { def } = schema._zod as unknown as { def: ZodDef };
  switch (def.type) {
    case 'object': {
      const from = value as Record<string, unknown>;
      const to: Record<string, unknown> = {};
      for (const key of Object.keys(def.shape)) {
        if (from[key] !== undefined) to[key] = mapLeaves(def.shape[key]!, from[key], replace);
      }
      return to;
    }
    case 'array':
      return (value as readonly unknown[]).map((item) => mapLeaves(def.element, item, replace));
    case 'nullable':
    case 'optional':
      return value === null || value === undefined ? value : mapLeaves(def.innerType, value, replace);
    case 'union':
      return typeof value === 'object' ? mapLeaves(optionFor(def.options, value), value, replace) : value;
    default:
      return value;
  }
}

type ZodDef =
  | { readonly type: 'object'; readonly shape: Readonly<Record<string, z.core.$ZodType>> }
  | { readonly type: 'array'; readonly element: z.core.$ZodType }
  | { readonly type: 'nullable' | 'optional'; readonly innerType: z.core.$ZodType }
  | { readonly type: 'union'; readonly options: readonly z.core.$ZodType[] }
  | { readonly type: 'literal'; readonly values: readonly unknown[] }
  | { readonly type: 'other' };

/** The option of a union on `tag` that a value belongs to. */
function optionFor(options: readonly z.core.$ZodType[], value: unknown): z.core.$ZodType {
  const { tag } = value as { tag?: unknown };
  const found = options.find((option) => {
    const def = (option._zod as unknown as { def: ZodDef }).def;
    if (def.type !== 'object') return false;
    const literal = def.shape['tag'] && ((def.shape['tag']._zod as unknown as { def: ZodDef }).def);
    return literal?.type === 'literal' && literal.values.includes(tag);
  });
  if (found === undefined) throw new Error(`no option of the union has tag ${JSON.stringify(tag)}`);
  return found;
}
