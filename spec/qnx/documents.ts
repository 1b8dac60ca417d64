import type { Document } from '#spec/rule';

/** The documents QNX rules cite, by the abbreviation used in citations. */
export const qnxDocuments = {
  PAP: { title: 'Microkernels as Foundations for Distributed Systems', authors: 'Bellardo, Copenhafer, Hamerly', year: 1999 },
  CL: { title: 'Watcom C Library Reference for QNX 4.25', authors: 'QNX Software Systems', year: 1996 },
  COG: { title: 'Cogent QNX 4 API documentation', authors: 'Cogent Real-Time Systems', year: 2001 },
  SA: { title: 'QNX 4.25 System Architecture', authors: 'QNX Software Systems', year: 1997 },
  MAZ: { title: 'Tutorial condensed from the QNX 4 System Architecture', authors: 'University of Miskolc', year: 1998 },
  RU: { title: 'Russian translations of the QNX 4 System Architecture', authors: 'smit-151.narod.ru, all-unix', year: 1999 },
  KB: { title: 'QNX 4 knowledge base', authors: 'QNX Software Systems', year: 1999 },
  NTO: { title: 'Neutrino source, services/system/ker', authors: 'QNX Software Systems', year: 2009 },
  ND: { title: 'QNX Neutrino documentation', authors: 'QNX Software Systems', year: 2005 },
  POSIX: { title: 'POSIX.1', authors: 'IEEE', year: 1990 },
} as const satisfies Readonly<Record<string, Document>>;
