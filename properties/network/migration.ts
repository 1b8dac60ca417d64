import type { AnyCall, Kernel } from '#model/kernel';
import type { NodeId } from '#model/network/wire';
import type { Violations } from '#properties/obligation';
import { Play, type Observation, type Placement, type Script, type Stage } from '#properties/network/stage';
import { differenceOf, told, type Excuses, type Together } from '#properties/network/transparency';
import type { Random } from '#properties/random';

/** How processes of a kernel are taken from one node to another while their programs run. */
export interface Migrating<S, Call extends AnyCall, Deed, Roles> {
  readonly stage: Stage<S, Call, Deed, Roles>;
  /** Moves a process between two acts; one that has ended, or is there already, stays as it is. */
  readonly migrate: (play: Play<S, Call, Deed, Roles>, process: number, to: NodeId) => void;
  /** The node a process is on. */
  readonly nodeOf: (play: Play<S, Call, Deed, Roles>, process: number) => NodeId;
  readonly nodes: number;
  /** What processes may see of it, each by the rule that says so. */
  readonly excuses: Excuses<Deed>;
}

/** A move between two acts: before the act at `before`, a process goes to a node. */
export interface Move { readonly before: number; readonly process: number; readonly to: NodeId }

/** A program, where its processes are at the start, and which of them move when. */
export interface Journey<Deed> { readonly script: Script<Deed>; readonly placement: Placement; readonly moves: readonly Move[] }

const SELDOM = 5;

export function drawJourney<S, Call extends AnyCall, Deed, Roles>(
  { stage, nodes }: Migrating<S, Call, Deed, Roles>, random: Random,
): Journey<Deed> {
  const script = stage.draw(random);
  const placement = Array.from({ length: script.processes }, () => random.below(nodes));
  const moves = script.acts.flatMap((_, before) =>
    (random.once(SELDOM) ? [{ before, process: random.below(script.processes), to: random.below(nodes) }] : []));
  return { script, placement, moves };
}

/** Runs a program while its processes move. */
export function travel<S, Call extends AnyCall, Deed, Roles>(
  { stage, migrate }: Migrating<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, { script, placement, moves }: Journey<Deed>,
): Play<S, Call, Deed, Roles> {
  const play = new Play(stage, kernel, placement);
  script.acts.forEach((act, at) => {
    for (const { before, process, to } of moves) if (before === at) migrate(play, process, to);
    play.act(act);
  });
  return play;
}

/** How one journey fared against the same program on one node where nothing moves. */
export function compareJourney<S, Call extends AnyCall, Deed, Roles>(
  migrating: Migrating<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, journey: Journey<Deed>, together: Together<Deed>,
): { readonly violations: Violations; readonly excused: readonly string[] } {
  const { script, placement, moves } = journey;
  const alone: readonly (readonly Observation[])[] = together(script, placement.map(() => 0));
  const difference = differenceOf(alone, travel(migrating, kernel, journey).observations, script, placement);
  if (difference === null) return { violations: [], excused: [] };
  const excuse = Object.keys(migrating.excuses).find((rule) => migrating.excuses[rule]!(difference));
  if (excuse !== undefined) return { violations: [], excused: [excuse] };
  const moved = moves.map(({ before, process, to }) => `${process} goes to ${to} before act ${before}`).join(', ');
  return { violations: [`${told(difference)}; ${moved}`], excused: [] };
}
