/**
 * The effects of an operation, as a reader sees them at its declaration.
 * `never` means the operation has no such effect, and then its type offers no such outcome.
 */
export interface Effects {
  /** What the caller gets back. */
  readonly returns: unknown;
  /** The errors that leave the state as it was. */
  readonly raises: string;
  /** The errors that change the state all the same, or come with a value. */
  readonly spoils: { readonly error: string; readonly value: unknown };
  /** Whether the caller may have to wait. */
  readonly blocks: boolean;
  /** The choices it may meet where the source leaves the matter open. */
  readonly chooses: string;
  /** The primitive events it is charged for. */
  readonly costs: string;
}

/** What an operation decided for its caller. */
export type Verdict<F extends Effects> =
  | { readonly tag: 'returned'; readonly value: F['returns'] }
  | When<F['raises'], { readonly tag: 'raised'; readonly error: F['raises'] }>
  | When<F['spoils'], Spoiled<F['spoils']>>
  | (true extends F['blocks'] ? { readonly tag: 'blocked' } : never)
  /** The caller ended itself: nobody is left to be answered. */
  | { readonly tag: 'ended' };

type When<Effect, Then> = [Effect] extends [never] ? never : Then;
type Spoiled<S> = S extends { error: infer Error; value: infer Value }
  ? { readonly tag: 'spoiled'; readonly error: Error; readonly value: Value }
  : never;

/** The ways a call can settle, as verbs, so that a transition reads as prose. */
export const returned = <Value>(value: Value) => ({ tag: 'returned', value }) as const;
export const raised = <const Error extends string>(error: Error) => ({ tag: 'raised', error }) as const;
export const spoiled = <const Error extends string, const Value>(error: Error, value: Value) =>
  ({ tag: 'spoiled', error, value }) as const;
export const blocked = { tag: 'blocked' } as const;
export const ended = { tag: 'ended' } as const;

/** One kernel operation: the rules it implements, and a recipe for its transition. */
export interface Operation<World, Rule extends string, Call, F extends Effects> {
  readonly implements: readonly Rule[];
  /** Deterministic given the world's choices. Its guards read; its effect goes through `change`. */
  readonly step: (world: World, call: Call) => Verdict<F>;
}

/**
 * A part of the state that may be edited. Records with a `tag` are values: they are replaced, never edited,
 * so two places may share one.
 */
export type Draft<T> = T extends string | number | boolean | null | undefined ? T
  : T extends { readonly tag: string } ? T
  : { -readonly [K in keyof T]: Draft<T[K]> };

/** The only door to mutation; it marks where the effect begins. At run time it is the identity. */
export const change = <T>(part: T): Draft<T> => part as Draft<T>;

/** Our own fault: the model was asked for something that no kernel could be asked for. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** The call would leave the scope (more ports, names, … than its bounds): the run is cut here. */
export class BeyondScope extends Error {
  override readonly name = 'BeyondScope';
}
