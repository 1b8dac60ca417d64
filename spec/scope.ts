import { z } from 'zod';

/**
 * Where a run begins, as each kernel's own schema says it. There are two of each: `trace` in the model's own terms,
 * as trace files have it, and `wire` as it crosses to an implementation, with `threads` and what else it can be told.
 */
export interface ScopeSchemas {
  readonly trace: z.ZodType<Readonly<Record<string, unknown>>>;
  readonly wire: WireSchema;
}

/** How many tasks (processes, actors) there are at the start, and how many threads each has. */
export const threadCounts = z.array(z.int().min(0).max(64)).min(1).max(64);

/** What every scope of the protocol says; a kernel's own schema says what else may stand in it. */
export const anyScope = z.looseObject({ threads: threadCounts });
export type WireScope = Readonly<z.infer<typeof anyScope>>;

type WireSchema = z.ZodType<WireScope> & { readonly shape: object };

/** Bounds and sizes of a scope: any that is not said is the kernel's own. */
export function limitsSchema<const Name extends string>(names: readonly Name[]) {
  const shape = Object.fromEntries(names.map((name) => [name, z.int().min(0).optional()]));
  return z.strictObject(shape as Record<Name, z.ZodOptional<z.ZodInt>>);
}

/** What a schema describes, as the models take it: nothing in it is changed, and what is not said is not there. */
export type Described<Schema extends z.ZodType> = Settled<z.infer<Schema>>;
type Settled<T> = T extends readonly (infer Item)[] ? readonly Settled<Item>[]
  : T extends object ? { readonly [K in keyof T]: Settled<Exclude<T[K], undefined>> }
  : T;
