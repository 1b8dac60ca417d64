import { describe, expect, it } from 'vitest';
import { machNetwork } from '#model/mach-network/kernel';
import { machMigration } from '#properties/mach-network/migration';
import { onOneMachine } from '#properties/mach-network/stage';
import { compareJourney, drawJourney, travel } from '#properties/network/migration';
import { Random } from '#properties/random';

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
