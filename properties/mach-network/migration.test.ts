import { describe, expect, it } from 'vitest';
import { machNetwork } from '#model/mach-network/kernel';
import { machMigration, migrateInVain, type MovingPlay } from '#properties/mach-network/migration';
import { onOneMachine } from '#properties/mach-network/stage';
import { compareJourney, drawJourney, travel } from '#properties/network/migration';
import { Play, type Placement, type Script } from '#properties/network/stage';
import { Random } from '#properties/random';
import type { MachDeed } from '#properties/mach/stage';

const journeys = Array.from({ length: 150 }, (_, seed) => drawJourney(machMigration, new Random(seed)));

describe('tasks of Mach that move while their programs run', () => {
  it('see what they see where nothing moves', () => {
    const compared = journeys.map((journey) => compareJourney(machMigration, machNetwork, journey, onOneMachine));
    expect(compared.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('are elsewhere afterwards, with nothing left behind', () => {
    const moved = journeys.flatMap((journey) => {
      const play = travel(machMigration, machNetwork, journey);
      return journey.placement.flatMap((from, process) => {
        const { node, task } = play.roles.homes[process]!;
        const { tasks } = play.state.nodes[node]!.kernel;
        if (node === from || tasks[task]!.life === 'dead') return [];
        return [play.state.nodes[from]!.kernel.tasks[play.roles.movers[from]!.home.task]!.names.filter((entry) => entry?.tag === 'send-once').length];
      });
    });
    expect(moved.length).toBeGreaterThan(50);
    expect(moved.every((left) => left === 0)).toBe(true);
  });

  it('would see it if their queues stayed behind', () => {
    const forgetful: typeof machMigration = { ...machMigration, migrate: (play, process, to) => {
      machMigration.migrate(play, process, to);
      const { node, task } = play.roles.homes[process]!;
      const own = play.state.nodes[node]!.kernel.tasks[task]!.names[play.roles.own[process]!];
      if (own?.tag === 'port') (play.state.nodes[node]!.kernel.ports[own.port] as { queue: readonly unknown[] }).queue = [];
    } };
    expect(journeys.some((journey) => compareJourney(forgetful, machNetwork, journey, onOneMachine).violations.length > 0)).toBe(true);
  });
});

/** A program in which one process is to go to a node that nobody else is on, and that crashes before it is all there. */
interface Vain { readonly script: Script<MachDeed>; readonly placement: Placement; readonly before: number; readonly process: number }

const SPARE = 2;
const CHECKUPS = 12;
const LONGEST_MOVE = 200;

function drawVain(random: Random): Vain {
  const script = machMigration.stage.draw(random);
  const placement = Array.from({ length: script.processes }, () => random.below(SPARE));
  return { script, placement, before: random.below(script.acts.length), process: random.below(script.processes) };
}

/** Runs it with the crash after so many calls of the movers; null where the process had ended before. */
function tryInVain({ script, placement, before, process }: Vain, calls: number) {
  const play: MovingPlay = new Play(machMigration.stage, machNetwork, placement);
  let outcome: ReturnType<typeof migrateInVain> | null = null;
  script.acts.forEach((act, at) => {
    const { node, task } = play.roles.homes[process]!;
    if (at === before && play.state.nodes[node]!.kernel.tasks[task]!.life === 'live') outcome = migrateInVain(play, process, SPARE, calls);
    play.act(act);
  });
  return { play, outcome: outcome as ReturnType<typeof migrateInVain> | null };
}

/** Whether a process waits for an answer of the one that is lost, when everything has been asked after. */
function waitsForTheLost({ script, process }: Vain, play: MovingPlay, other: number): boolean {
  const call = play.waitsIn(other) as unknown as { readonly send?: unknown } | null;
  const asked = script.acts.findLast((act) => act.process === other && act.deed.tag === 'call')?.deed;
  return other !== process && call !== null && call.send !== null && asked?.tag === 'call' && asked.to.tag === 'of' && asked.to.process === process;
}

describe('a move to a node that crashes after any of its steps', () => {
  it('is as if it had not been tried, or as if the process had been there already, and nobody waits for it', () => {
    const outcomes = { stays: 0, ends: 0, 'had arrived': 0 };
    for (let seed = 0; seed < 15; seed += 1) {
      const vain = drawVain(new Random(seed));
      const alone = onOneMachine(vain.script, vain.placement.map(() => 0)).map((seen) => seen.map(({ line }) => line));
      for (let calls = 0; calls < LONGEST_MOVE; calls += 1) {
        const { play, outcome } = tryInVain(vain, calls);
        if (outcome === null) break;
        outcomes[outcome] += 1;
        if (outcome === 'stays') expect(play.observations.map((seen) => seen.map(({ line }) => line))).toEqual(alone);
        for (let i = 0; i < CHECKUPS; i += 1) for (const node of [0, 1]) play.happen({ operation: 'checkup', node } as never);
        if (outcome !== 'stays') expect(vain.placement.filter((_, other) => waitsForTheLost(vain, play, other))).toEqual([]);
        if (outcome === 'had arrived') break;
      }
    }
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(5);
  });
});
