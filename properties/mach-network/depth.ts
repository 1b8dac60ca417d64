import { arrived, postedOf } from '#properties/mach-network/facts';
import { ledgerAfter } from '#properties/mach-network/ledger';
import type { MachNetworkStep } from '#properties/mach-network/obligation';

interface Depth { readonly what: string; readonly met: (step: MachNetworkStep) => boolean }

const completes = (completion: string) => (step: MachNetworkStep): boolean => arrived(step, 'completion')?.cargo.completion === completion;

/** A message is sent that carries a receive right. */
const movesReceive = (step: MachNetworkStep): boolean => postedOf(step, 'message').some(({ cargo: { content } }) =>
  content.body.some((item) => item.tag === 'rights' && item.kind === 'receive'));

/** What shows how deep runs on networks go. */
export const machNetworkDepth: readonly Depth[] = [
  { what: 'a program receives from another node', met: (step) => ledgerAfter(step).receipts.some(({ sent, node }) => sent.from !== node) },
  { what: 'a receive right goes to another node', met: movesReceive },
  { what: 'a message is refused for a while', met: completes('blocked') },
  { what: 'a message follows its port', met: completes('moved') },
  { what: 'a message is sent to a port that is dead', met: completes('dead') },
  { what: 'a machine crashes', met: ({ call }) => call.operation === 'node_crashes' },
];
