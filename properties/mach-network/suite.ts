import { machVocabulary } from '#spec/mach/vocabulary';
import { machNetworkRules } from '#spec/mach-network/rules';
import { serverOperations } from '#spec/mach-network/vocabulary';
import type { AnyCall } from '#model/kernel';
import { legacyMachNetwork, machNetwork, type MachNetworkKernel } from '#model/mach-network/kernel';
import type { Cargo, MachNetworkState, Server } from '#model/mach-network/state';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { threadWithin } from '#model/network/nodes';
import { machNetworkDischarges } from '#properties/mach-network/discharges';
import { machNetworkMutants } from '#properties/mach-network/mutants';
import { simplerNetworks } from '#properties/mach-network/simpler-scopes';
import { machNetworkTheme } from '#properties/mach-network/theme';
import { isEnabled } from '#properties/mach/draw';
import { machSymbols } from '#properties/mach/symbols';
import { networkSuite } from '#properties/network/suite-of';
import type { Suite } from '#properties/suite';

/** Everything to check networks of Mach machines with. */
export const machNetworkSuite: Suite<MachNetworkState, AnyCall, MachNetworkKernel> = networkSuite<MachState, MachCall, Server, Cargo, MachNetworkKernel>(
  { vocabulary: machVocabulary('model'), symbols: machSymbols, isEnabled },
  {
    kernel: machNetwork,
    variants: { ideal: machNetwork, legacy: legacyMachNetwork },
    rules: machNetworkRules,
    discharges: machNetworkDischarges,
    mutants: machNetworkMutants,
    theme: machNetworkTheme,
    simplerScopes: simplerNetworks,
    managers: serverOperations,
    isEnabledHere,
  },
);

/** Servers act on machines that are up; their own threads make no calls but theirs, and nobody else lays hands on them. */
export function isEnabledHere({ nodes }: MachNetworkState, call: AnyCall): boolean {
  const { node, operation, thread } = call as AnyCall & { readonly node: number };
  if (nodes[node]?.up !== true) return false;
  if (operation in serverOperations) return true;
  const { manager } = nodes[node];
  if (thread !== undefined && threadWithin(thread) === manager.thread) return false;
  return !isAbout(call, 'task', manager.task) && !isAbout(call, 'target', manager.thread);
}

const isAbout = (call: AnyCall, argument: 'task' | 'target', identity: number): boolean => {
  const reference = (call as unknown as Record<string, { tag?: string; identity?: number } | undefined>)[argument];
  return reference?.tag === 'identity' && reference.identity === identity;
};
