import type { Document } from '#spec/rule';

/** The documents Chorus rules cite, by the abbreviation used in citations. */
export const chorusDocuments = {
  PAP: { title: 'Microkernels as Foundations for Distributed Systems', authors: 'Bellardo, Copenhafer, Hamerly', year: 1999 },
  MAN: { title: 'ChorusOS man pages, sections 2K and 2SEG', authors: 'Sun Microsystems', year: 2000 },
  ARCH5: { title: 'ChorusOS 5.0 Features and Architecture Overview', authors: 'Sun Microsystems', year: 2001 },
  INT4: { title: 'ChorusOS 4.0 Introduction', authors: 'Sun Microsystems', year: 1999 },
  DEV5: { title: "ChorusOS 5.0 Developer's Guide", authors: 'Sun Microsystems', year: 2001 },
  ACE: { title: 'The port of ACE to CLASSIX: error map and reactor', authors: 'the ACE developers', year: 1998 },
  OVW: { title: 'Overview of the CHORUS Distributed Operating Systems', authors: 'Rozier et al.', year: 1991 },
  GMI: { title: 'Generic Virtual Memory Management for Operating System Kernels', authors: 'Abrossimov, Rozier, Shapiro', year: 1989 },
  BYTE: { title: 'Byte, glossary of Chorus', authors: 'Byte', year: 1994 },
} as const satisfies Readonly<Record<string, Document>>;
