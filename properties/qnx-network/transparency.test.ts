import { describe, expect, it, test } from 'vitest';
import { qnxNetwork } from '#model/qnx-network/kernel';
import { compareProgram } from '#properties/network/transparency';
import { mutate } from '#properties/obligation';
import { qnxNetworkMutants } from '#properties/qnx-network/mutants';
import { onOneNode, qnxNetworkExcuses, qnxNetworkStage } from '#properties/qnx-network/stage';
import { Random } from '#properties/random';

const compare = (kernel: typeof qnxNetwork, seed: number) =>
  compareProgram(qnxNetworkStage, qnxNetworkExcuses, kernel, qnxNetworkStage.draw(new Random(seed)), onOneNode);

/** Faults of the network that programs can see. */
const seen = [
  'far-end-is-made-at-proc', 'near-end-never-knows-the-other', 'carried-sender-stays-send-blocked', 'circuit-changes-hands', 'message-loses-its-last-byte',
  'receiver-is-given-the-far-pid', 'message-comes-by-the-first-circuit', 'reply-goes-to-another-circuit', 'reply-wakes-nobody',
  'end-of-a-circuit-is-silent', 'far-death-leaves-its-clients', 'far-signal-is-not-answered',
];

describe('programs of QNX processes on several nodes', () => {
  it('see what they see on one node, but that nothing is relayed over a circuit', () => {
    const all = Array.from({ length: 150 }, (_, seed) => compare(qnxNetwork, seed));
    expect(all.flatMap(({ violations }) => violations)).toEqual([]);
    expect(all.reduce((total, one) => total + one.compared, 0)).toBeGreaterThan(700);
    expect(all.filter(({ excused }) => excused.length > 0).length).toBeGreaterThan(2);
  });

  test.each(seen)('show the fault of %s', (mutant) => {
    const faulty = mutate(qnxNetwork, qnxNetworkMutants[mutant as keyof typeof qnxNetworkMutants]! as never) as typeof qnxNetwork;
    expect(Array.from({ length: 100 }).some((_, seed) => compare(faulty, seed).violations.length > 0)).toBe(true);
  });
});
