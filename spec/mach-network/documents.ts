import { machDocuments } from '#spec/mach/documents';

/** The documents the rules cite: those of Mach. */
export const machNetworkDocuments = machDocuments;
