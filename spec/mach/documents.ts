import type { Document } from '#spec/rule';

/** The documents Mach rules cite, by the abbreviation used in citations. */
export const machDocuments = {
  PAP: { title: 'Microkernels as Foundations for Distributed Systems', authors: 'Bellardo, Copenhafer, Hamerly', year: 1999 },
  KP: { title: 'Mach 3 Kernel Principles', authors: 'Loepere', year: 1992 },
  KI: { title: 'Mach 3 Kernel Interfaces', authors: 'Loepere', year: 1992 },
  DR: { title: 'A Revised IPC Interface', authors: 'Draves', year: 1990 },
  SOSP: { title: 'The Duality of Memory and Communication in the Implementation of a Multiprocessor Operating System', authors: 'Young et al.', year: 1987 },
  NMS: { title: 'Network Server Design', authors: 'Julin', year: 1989 },
  BAR: { title: 'A Fast Mach Network IPC Implementation', authors: 'Barrera', year: 1991 },
  FOR: { title: 'The Design, Implementation, and Performance Evaluation of a Distributed Shared Memory Server for Mach', authors: 'Forin et al.', year: 1988 },
  EXC: { title: 'The Mach Exception Handling Facility', authors: 'Black et al.', year: 1988 },
  AD: { title: 'Data Movement in Kernelized Systems', authors: 'Armand, Dean', year: 1992 },
  GM: { title: 'The GNU Mach Reference Manual', authors: 'Brinkmann et al.', year: 2024 },
  SRC: { title: 'GNU Mach source, commit eb7b9cf', authors: 'Carnegie Mellon University, the GNU project', year: 2024 },
  GM18: { title: 'GNU Mach 1.8 as packaged by Debian, observed under QEMU', authors: 'the GNU project', year: 2022 },
  XNU: { title: 'XNU, osfmk/ipc', authors: 'Apple', year: 2024 },
  UN1: { title: 'comp.os.mach, on backup ports', authors: 'Draves', year: 1990 },
  UN2: { title: 'comp.os.mach, on port death over the network', authors: 'Julin', year: 1989 },
  UN3: { title: 'comp.os.mach, on the path of a network message', authors: 'Draves', year: 1989 },
} as const satisfies Readonly<Record<string, Document>>;
