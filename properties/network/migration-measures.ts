import type { AnyCall, Kernel } from '#model/kernel';
import type { NodeId } from '#model/network/wire';
import { Random } from '#properties/random';
import type { Migrating } from '#properties/network/migration';
import { Play, type Act, type Script } from '#properties/network/stage';

/** What was counted in one stretch of a run, by name; `calls` are those of the movers, in which the process stands still. */
export type Counted = Readonly<Record<string, number>>;

const COUNTED = ['packet', 'message', 'copy', 'byte'] as const;

function counted<S, Call extends AnyCall, Deed, Roles>(play: Play<S, Call, Deed, Roles>): Counted {
  return { calls: play.steps, ...Object.fromEntries(COUNTED.map((event) => [event, play.cost[event] ?? 0])) };
}

const since = (before: Counted, after: Counted): Counted =>
  Object.fromEntries(Object.entries(after).map(([event, count]) => [event, count - (before[event] ?? 0)]));

/** One process goes from one node to another, with so many messages waiting for it: what that costs, and what each message costs before and after. */
export interface MoveCost { readonly waiting: number; readonly move: Counted; readonly messageBefore: Counted; readonly messageAfter: Counted }

/** Two processes on one node: one sends, the other moves away. */
export function costOfMove<S, Call extends AnyCall, Deed, Roles>(
  { stage, migrate }: Migrating<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, send: Act<Deed>, receive: Act<Deed>, waiting: number,
): MoveCost {
  const play = new Play(stage, kernel, [0, 0]);
  const stretch = (run: () => void): Counted => {
    const before = counted(play);
    run();
    return since(before, counted(play));
  };
  const message = (): Counted => stretch(() => { play.act(send); play.act(receive); });
  const messageBefore = message();
  for (let i = 0; i < waiting; i += 1) play.act(send);
  const move = stretch(() => migrate(play, receive.process, 1));
  for (let i = 0; i < waiting; i += 1) play.act(receive);
  return { waiting, move, messageBefore, messageAfter: message() };
}

/** How evenly work lies on nodes, and what was sent between them. `busiest`: the share of all acts that the busiest node did. */
export interface Balance { readonly acts: number; readonly busiest: number; readonly moves: number; readonly counted: Counted }

/** How often the balancer looks. */
const PERIOD = 6;

/** Programs that begin with every process on one node; with a balancer, the busiest process of the busiest node goes to the idlest now and then. */
export function balanceOf<S, Call extends AnyCall, Deed, Roles>(
  migrating: Migrating<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, programs: number, balances: boolean,
): Balance {
  const total = { acts: 0, busiest: 0, moves: 0, counted: {} as Record<string, number> };
  for (let seed = 0; seed < programs; seed += 1) {
    const script = migrating.stage.draw(new Random(seed));
    const { play, work, moves } = balanced(migrating, kernel, script, balances);
    total.acts += script.acts.length;
    total.busiest += Math.max(...work);
    total.moves += moves;
    for (const [event, count] of Object.entries(counted(play))) total.counted[event] = (total.counted[event] ?? 0) + count;
  }
  return { ...total, busiest: total.busiest / total.acts };
}

function balanced<S, Call extends AnyCall, Deed, Roles>(
  { stage, migrate, nodeOf, nodes }: Migrating<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, script: Script<Deed>, balances: boolean,
) {
  const play = new Play(stage, kernel, Array.from({ length: script.processes }, () => 0));
  const work: number[] = Array.from({ length: nodes }, () => 0);
  const recent: number[] = Array.from({ length: script.processes }, () => 0);
  let moves = 0;
  script.acts.forEach((act, at) => {
    if (balances && at % PERIOD === PERIOD - 1 && level(play, work, recent)) moves += 1;
    work[nodeOf(play, act.process)]! += 1;
    recent[act.process]! += 1;
    play.act(act);
  });
  return { play, work, moves };

  /** Moves one process, if the busiest node has another one left. */
  function level(of: typeof play, load: readonly number[], busy: readonly number[]): boolean {
    const busiest = load.indexOf(Math.max(...load)) as NodeId;
    const idlest = load.indexOf(Math.min(...load)) as NodeId;
    const there = busy.flatMap((_, process) => (nodeOf(of, process) === busiest ? [process] : []));
    if (there.length < 2 || busiest === idlest) return false;
    const chosen = there.reduce((best, process) => (busy[process]! > busy[best]! ? process : best));
    migrate(of, chosen, idlest);
    return nodeOf(of, chosen) === idlest;
  }
}

