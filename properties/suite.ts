import type { Rule } from '#spec/rule';
import type { Leaf, Vocabulary } from '#spec/vocabulary';
import type { AnyCall, Kernel, Scope } from '#model/kernel';
import type { Discharges, Mutant } from '#properties/obligation';
import type { Random } from '#properties/random';

/** What a leaf of a call or an answer denotes: something of a space, by its number there. */
export interface Symbol {
  /** Such as `name of T1`, `thread`: numbers are told apart within one space only. */
  readonly space: string;
  readonly id: number;
}

/** How the values of one kernel's calls and answers denote things. */
export interface Symbols<S, Call> {
  /** What a leaf denotes; null where it denotes nothing, or itself (a null name). */
  readonly of: (leaf: Leaf, value: unknown, state: S, call: Call) => Symbol | null;
  /** The same leaf, denoting another thing of the same space. */
  readonly replace: (leaf: Leaf, value: unknown, id: number) => unknown;
  /** A number of that space that denotes nothing yet, and that the kernel would use next. */
  readonly fresh: (space: string, state: S) => number;
}

/** Where runs begin, and how likely each kind of call is: one theme for the whole of a run. */
export interface Theme<S, Call> {
  readonly scope: Scope;
  readonly draw: (state: S, random: Random) => Call | null;
}

/** What an implementation can be asked: its operations, and what can be said to it of where a run begins. */
export interface Able { readonly operations: ReadonlySet<string>; readonly scope: readonly string[] }

/** Everything there is to check one kernel with. */
export interface Suite<S = unknown, Call extends AnyCall = AnyCall, K extends Kernel<S, Call> = Kernel<S, Call>> {
  readonly kernel: K;
  /** The kernel's variants by name, the one that is checked among them. */
  readonly variants: Readonly<Record<string, K>>;
  readonly rules: Readonly<Record<string, Rule>>;
  /** The vocabulary in the model's form. */
  readonly vocabulary: Vocabulary;
  readonly discharges: Discharges<string, S, Call>;
  /** By slug: `receive-right-is-copied`. */
  readonly mutants: Readonly<Record<string, Mutant<K>>>;
  readonly theme: (random: Random) => Theme<S, Call>;
  /** Whether a call could be made at all, whatever the kernel would say to it. */
  readonly isEnabled: (state: S, call: Call) => boolean;
  readonly symbols: Symbols<S, Call>;
  /** Scopes to try in the place of one when a run is shrunk: fewer threads, lower limits; the simplest first. */
  readonly simplerScopes?: (scope: Scope) => readonly Scope[];
}
