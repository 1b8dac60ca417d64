import type { AnyCall, Kernel } from '#model/kernel';
import type { Violations } from '#properties/obligation';
import { Random } from '#properties/random';
import { Play, type Observation, type Placement, type Script, type Stage } from '#properties/network/stage';

/** Programs are spread over at most so many nodes. */
const NODES = 3;

/** Where one process sees something else when the program is spread out: the line it saw, and the one it would have seen. */
export interface Difference<Deed> {
  readonly process: number;
  readonly together: string | undefined;
  readonly apart: string | undefined;
  readonly script: Script<Deed>;
  readonly placement: Placement;
}

/** The differences that rules allow, each by the rule that says so. */
export type Excuses<Deed> = Readonly<Record<string, (difference: Difference<Deed>) => boolean>>;

/** Every way to put processes on nodes, but for the names of the nodes. The first puts all on one. */
export function placements(processes: number, nodes: number = NODES): readonly Placement[] {
  let found: readonly Placement[] = [[]];
  for (let process = 0; process < processes; process += 1) {
    found = found.flatMap((placed) => {
      const used = Math.max(-1, ...placed) + 1;
      return Array.from({ length: Math.min(used + 1, nodes) }, (_, node) => [...placed, node]);
    });
  }
  return found;
}

/** What each process of a program sees when the processes are put so. */
export function observe<S, Call extends AnyCall, Deed, Roles>(
  stage: Stage<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, script: Script<Deed>, placement: Placement,
): readonly (readonly Observation[])[] {
  const play = new Play(stage, kernel, placement);
  for (const act of script.acts) play.act(act);
  return play.observations;
}

/** How one program fared: how many placements were compared, what differed without excuse, and which excuses were needed. */
/** Where programs are run together: on the network itself, or on the kernel that the network is to be indistinguishable from. */
export type Together<Deed> = (script: Script<Deed>, placement: Placement) => readonly (readonly Observation[])[];

export interface Compared { readonly compared: number; readonly violations: Violations; readonly excused: readonly string[] }

/** Compares a program on one node with the same program on every other placement. */
export function compareProgram<S, Call extends AnyCall, Deed, Roles>(
  stage: Stage<S, Call, Deed, Roles>, excuses: Excuses<Deed>, kernel: Kernel<S, Call>, script: Script<Deed>,
  together: Together<Deed> = (alone, placement) => observe(stage, kernel, alone, placement),
): Compared {
  const apart = (spread: Script<Deed>, placement: Placement) => observe(stage, kernel, spread, placement);
  const runs = { together, apart };
  const differences = differencesOf(runs, script);
  const excuseOf = (difference: Difference<Deed>) => Object.keys(excuses).find((name) => excuses[name]!(difference));
  const unexcused = differences.find((difference) => excuseOf(difference) === undefined);
  return {
    compared: placements(script.processes).length - 1,
    violations: unexcused === undefined ? [] : [told(shrunk(runs, excuses, unexcused))],
    excused: differences.flatMap((difference) => excuseOf(difference) ?? []),
  };
}

/** A program run on one node, and spread out. */
interface Runs<Deed> { readonly together: Together<Deed>; readonly apart: Together<Deed> }

/** The first difference of each placement from all processes on one node. */
function differencesOf<Deed>({ together, apart }: Runs<Deed>, script: Script<Deed>): readonly Difference<Deed>[] {
  const [onOne, ...spread] = placements(script.processes);
  const alone = together(script, onOne!);
  return spread.flatMap((placement) => differenceOf(alone, apart(script, placement), script, placement) ?? []);
}

/** The same difference without the acts that it does not need. */
function shrunk<Deed>(runs: Runs<Deed>, excuses: Excuses<Deed>, found: Difference<Deed>): Difference<Deed> {
  const { script, placement } = found;
  for (let at = script.acts.length - 1; at >= 0; at -= 1) {
    const fewer = { ...script, acts: script.acts.filter((_, place) => place !== at) };
    const still = differenceOf(runs.together(fewer, placement.map(() => 0)), runs.apart(fewer, placement), fewer, placement);
    if (still !== null && !Object.values(excuses).some((excuse) => excuse(still))) return shrunk(runs, excuses, still);
  }
  return found;
}

/** The relation as an obligation has it: one program for each seed. */
export const transparency = <S, Call extends AnyCall, Deed, Roles>(
  stage: Stage<S, Call, Deed, Roles>, excuses: Excuses<Deed>, together?: Together<Deed>,
) => ({
  tries(kernel: Kernel<S, Call>, seed: number): { readonly applied: boolean; readonly violations: Violations } {
    const { compared, violations } = compareProgram(stage, excuses, kernel, stage.draw(new Random(seed)), together);
    return { applied: compared > 0, violations };
  },
});

const AFTERWARDS = 0.25;

/** The difference that came first: whatever differs later may follow from it. */
export function differenceOf<Deed>(
  together: readonly (readonly Observation[])[], apart: readonly (readonly Observation[])[], script: Script<Deed>, placement: Placement,
): Difference<Deed> | null {
  let found: Difference<Deed> | null = null;
  let earliest = Infinity;
  together.forEach((here, process) => {
    const there = apart[process]!;
    const at = Array.from({ length: Math.max(here.length, there.length) }).findIndex((_, place) => here[place]?.line !== there[place]?.line);
    const act = Math.min(here[at]?.act ?? Infinity, there[at]?.act ?? Infinity);
    // What the process that acted was told comes before what others were told of it.
    const moment = act + (script.acts[act - 1]?.process === process ? 0 : AFTERWARDS);
    if (at < 0 || moment >= earliest) return;
    earliest = moment;
    found = { process, together: here[at]?.line, apart: there[at]?.line, script, placement };
  });
  return found;
}

/** A difference in words. */
export const told = ({ process, together, apart, script, placement }: Difference<unknown>): string =>
  `on nodes ${placement.join(', ')} process ${process} sees ${apart ?? 'nothing'}, and ${together ?? 'nothing'} where all are on one node: `
  + script.acts.map(({ process: by, deed }) => `${by}: ${JSON.stringify(deed)}`).join('; ');
