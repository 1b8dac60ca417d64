import { machNetworkDocuments } from '#spec/mach-network/documents';
import { paper } from '#spec/paper';
import { implementedBy } from '#model/mach-network/world';
import type { PageSources } from '#reports/pages';

/** What the pages of Mach networks are made of beside their suite. */
export const sources: PageSources = {
  documents: machNetworkDocuments,
  statements: paper.filter(({ kernels }) => (kernels as readonly string[]).includes('mach-network')),
  implementedBy,
};
