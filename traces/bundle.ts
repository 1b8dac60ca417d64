import { readdirSync } from 'node:fs';
import type { Vocabulary } from '#spec/vocabulary';
import type { ScopeSchemas, WireScope } from '#spec/scope';
import type { AnyCall, Kernel, Scope } from '#model/kernel';
import type { ExchangeForm } from '#properties/exchange';
import type { Exploration } from '#properties/explore';
import type { Step } from '#properties/obligation';
import type { Simplify } from '#properties/shrink';
import type { Able, Suite, Theme } from '#properties/suite';
import type { Random } from '#properties/random';
import type { Spelling } from '#traces/spelling';
import type { Wire } from '#traces/wire';

/** Everything that running, recording, judging and replaying need to know of one kernel. */
export interface Bundle<S = unknown, Call extends AnyCall = AnyCall, K extends Kernel<S, Call> = Kernel<S, Call>> {
  readonly suite: Suite<S, Call, K>;
  readonly explorations: Readonly<Record<string, Exploration<S, Call>>>;
  readonly simplify: Simplify<Call>;
  readonly spelling: Spelling<S, Call>;
  readonly wire: Wire<S, Call>;
  readonly vocabularies: { readonly wire: Vocabulary; readonly program: Vocabulary; readonly trace: Vocabulary };
  /** How runs meant for other implementations begin and go. */
  readonly conformanceTheme: (random: Random, able: Able) => Theme<S, Call>;
  /** Calls that may happen by themselves in a state: time running out, and the like. */
  readonly spontaneous: (state: S) => readonly Call[];
  readonly scopes: ScopeSchemas;
  /** A scope of the model as the protocol says it, and back. */
  readonly wireScope: (scope: Scope) => WireScope;
  readonly modelScope: (scope: WireScope) => Scope;
  /** Whether a thing of a space denotes anything in a state. */
  readonly isLive: (state: S, space: string, id: number) => boolean;
  /** What shows how deep a run went: a count of steps for each. */
  readonly depth: readonly DepthCount<S, Call>[];
  /** The forms in which a request can be answered, to compare what they cost. */
  readonly exchanges?: Readonly<Record<string, ExchangeForm<S, Call>>>;
  /** One line for each part of a state, for people. */
  readonly show: (state: S) => readonly string[];
}

/** Something that deep runs meet and shallow ones do not. */
export interface DepthCount<S, Call extends AnyCall> {
  readonly what: string;
  readonly met: (step: Step<S, Call>) => boolean;
}

const here = new URL('.', import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The kernels there are: every folder beside this file that has a bundle. */
export const kernelNames = (): readonly string[] =>
  readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasBundle(entry.name))
    .map(({ name }) => name)
    .sort();

const hasBundle = (name: string): boolean =>
  readdirSync(new URL(`${name}/`, here)).includes(`bundle.${extension}`);

/** The bundle of a kernel, or undefined if there is no such kernel. */
export async function bundleOf(kernel: string): Promise<Bundle | undefined> {
  if (!kernelNames().includes(kernel)) return undefined;
  const module = await import(new URL(`${kernel}/bundle.${extension}`, here).href) as { readonly bundle: Bundle };
  return module.bundle;
}
