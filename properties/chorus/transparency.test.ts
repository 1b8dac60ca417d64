import { describe, expect, it, test } from 'vitest';
import { chorus } from '#model/chorus/kernel';
import { chorusMutants } from '#properties/chorus/mutants';
import { chorusExcuses, chorusStage } from '#properties/chorus/stage';
import { compareProgram, placements } from '#properties/network/transparency';
import { mutate } from '#properties/obligation';
import { Random } from '#properties/random';

const programs = (count: number) => Array.from({ length: count }, (_, seed) => chorusStage.draw(new Random(seed)));
const compare = (kernel: typeof chorus) => (script: ReturnType<typeof chorusStage.draw>) => compareProgram(chorusStage, chorusExcuses, kernel, script);

/** Faults that a program sees when its actors are on several sites, or only when they are on one. */
const seen = [
  'queue-takes-one-too-many', 'ports-stay-on-their-site', 'message-after-a-moved-port-vanishes', 'empty-group-falls-back-on-any-port',
  'dead-ports-stay-in-groups', 'message-for-nobody-finds-somebody', 'local-message-is-lost', 'arriving-message-vanishes',
  'arriving-message-goes-to-the-default-port', 'failed-call-succeeds', 'lost-request-is-not-noticed', 'remote-messages-are-cut',
] as const;

describe('placements', () => {
  it('are all there are, but for the names of the nodes', () => {
    expect(placements(2)).toEqual([[0, 0], [0, 1]]);
    expect(placements(3)).toEqual([[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [0, 1, 2]]);
    expect(placements(4)).toHaveLength(14);
  });
});

describe('programs of actors on several sites', () => {
  it('see what they see on one site, but for what the network is allowed to change', () => {
    const compared = programs(500).map(compare(chorus));
    expect(compared.flatMap(({ violations }) => violations)).toEqual([]);
    expect(compared.reduce((sum, one) => sum + one.compared, 0)).toBeGreaterThan(2500);
    expect(compared.filter(({ excused }) => excused.length > 0).length).toBeGreaterThan(10);
  });

  test.each(seen)('show the fault of %s', (mutant) => {
    const faulty = mutate(chorus, (chorusMutants as Readonly<Record<string, never>>)[mutant]!);
    expect(programs(200).some((script) => compare(faulty)(script).violations.length > 0)).toBe(true);
  });
});
