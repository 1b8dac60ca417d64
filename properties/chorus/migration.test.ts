import { describe, expect, it } from 'vitest';
import { chorus } from '#model/chorus/kernel';
import { chorusMutants } from '#properties/chorus/mutants';
import { chorusMigration, chorusOnOneSite } from '#properties/chorus/migration';
import { compareJourney, drawJourney, travel } from '#properties/network/migration';
import { mutate } from '#properties/obligation';
import { Random } from '#properties/random';

const journeys = Array.from({ length: 300 }, (_, seed) => drawJourney(chorusMigration, new Random(seed)));
const together = chorusOnOneSite(chorus);

describe('actors of Chorus that move while their programs run', () => {
  it('see what they see where nothing moves, but for what stays behind and what is counted anew', () => {
    const compared = journeys.map((journey) => compareJourney(chorusMigration, chorus, journey, together));
    expect(compared.flatMap(({ violations }) => violations)).toEqual([]);
    expect(new Set(compared.flatMap(({ excused }) => excused)).size).toBe(3);
  });

  it('do move', () => {
    const moved = journeys.filter((journey) => {
      const play = travel(chorusMigration, chorus, journey);
      return journey.placement.some((site, process) => chorusMigration.nodeOf(play, process) !== site);
    });
    expect(moved.length).toBeGreaterThan(100);
  });

  it('would see it if what waits in a port stayed behind', () => {
    const faulty = mutate(chorus, chorusMutants['migration-drops-the-queue']!);
    expect(journeys.some((journey) => compareJourney(chorusMigration, faulty, journey, together).violations.length > 0)).toBe(true);
  });
});
