import { qnxVocabulary } from '#spec/qnx/vocabulary';
import { netOperations } from '#spec/qnx-network/vocabulary';
import type { AnyCall } from '#model/kernel';
import type { Cargo, QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { QnxKernel } from '#model/qnx/kernel';
import type { QnxNetworkKernel } from '#model/qnx-network/kernel';
import type { Machine, QnxNetworkState } from '#model/qnx-network/state';
import { qnxNetworkDepth } from '#properties/qnx-network/depth';
import { qnxNetworkSuite } from '#properties/qnx-network/suite';
import type { Bundle } from '#traces/bundle';
import { networkBundle } from '#traces/network/bundle-of';
import { bundle as qnxBundle } from '#traces/qnx/bundle';
import { showWire } from '#traces/qnx-network/show';

/** Everything that running, recording, judging and replaying need to know of networks of QNX. */
export const bundle: Bundle<QnxNetworkState, AnyCall, QnxNetworkKernel> = networkBundle<QnxState, QnxCall, QnxKernel, Machine, Cargo>(qnxBundle, {
  suite: qnxNetworkSuite as never,
  managers: () => netOperations,
  vocabulary: qnxVocabulary,
  explorations: {},
  depth: qnxNetworkDepth as never,
  conformanceTheme: qnxNetworkSuite.theme,
  showNetwork: showWire,
  spontaneous: () => [],
}) as never;
