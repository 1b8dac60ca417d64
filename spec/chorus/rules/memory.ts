import { cite, rules } from '#spec/rule';

/** Address spaces, segments and their mappers, and copies that are put off. */
export const memoryRules = rules({
  'chorus/memory-is-local': {
    number: 'CHO-NET-03e',
    states: 'Operations on address spaces take actors of the calling site; others are refused with K_ESITE.',
    source: cite('MAN: rgnAllocate'),
    standing: 'inferred',
  },
  'chorus/new-region-is-as-asked': {
    number: 'CHO-MEM-01a',
    states:
      'rgnAllocate gives fresh volatile memory: where it is asked for or anywhere, in whole pages, filled ' +
      'with zeros if that is asked for, with the attributes asked for. Nothing else changes.',
    source: cite('MAN: rgnAllocate'),
    standing: 'stated',
  },
  'chorus/regions-do-not-overlap': {
    number: 'CHO-MEM-01b',
    states:
      'The regions of an actor are whole pages and never overlap. What would overlap is refused with ' +
      'K_EOVERLAP, what does not begin at a page with K_EROUND, nothing with K_ESIZE, and what there is ' +
      'no room for with K_ESPACE.',
    source: cite('MAN: rgnAllocate; PAP: 5.3'),
    standing: 'inferred',
  },
  'chorus/unfilled-memory-is-unspecified': {
    number: 'CHO-MEM-01c',
    states: 'Memory that was not asked to be filled holds anything.',
    source: cite('MAN: rgnAllocate'),
    standing: 'silent',
    readings: {
      '00': 'zeros',
      a5: 'something else',
    },
  },
  'chorus/free-takes-exactly-the-range': {
    number: 'CHO-MEM-02',
    states:
      'rgnFree takes the pages of a range, whatever regions they are in, and leaves all others as they ' +
      'are. A range that has no page is refused with K_EADDRESS.',
    source: cite('INT4: example 7-1'),
    standing: 'stated',
  },
  'chorus/mapped-memory-is-shared': {
    number: 'CHO-MEM-03',
    states: 'rgnMapFromActor lets the target map what the source maps: what either writes the other reads.',
    source: cite('MAN: rgnMapFromActor'),
    standing: 'stated',
  },
  'chorus/copies-are-snapshots': {
    number: 'CHO-MEM-17',
    states:
      'A copy holds the bytes that its source held when it was made, whatever is written to the source, ' +
      'to the copy, to other copies and to copies of it, and whatever is freed or evicted. So do copies ' +
      'of copies.',
    source: cite('GMI: abstract; MAN: rgnInitFromActor'),
    standing: 'stated',
  },
  'chorus/source-has-one-history': {
    number: 'CHO-MEM-16',
    states:
      'Copies are put off: a source has at most one object that keeps what it loses, and where there are ' +
      'several copies an object stands between.',
    source: cite('GMI: abstract; OVW: memory management'),
    standing: 'inferred',
  },
  'chorus/copies-outlive-their-source': {
    number: 'CHO-MEM-16b',
    states:
      'What a copy depends on stays for as long as the copy, though nobody maps it any more. What nobody maps, no ' +
      'message has and no copy depends on is gone.',
    source: cite('GMI: abstract'),
    standing: 'inferred',
  },
  'chorus/duplication-goes-by-inheritance': {
    number: 'CHO-MEM-05',
    states:
      'rgnDup gives an empty address space the regions of another at the same addresses: shared or copied ' +
      'as the call says, or else as each region has it, and not at all where neither does. An address ' +
      'space that is not empty is refused with K_EINVAL.',
    source: cite('MAN: rgnDup'),
    standing: 'stated',
  },
  'chorus/fork-is-built-of-calls': {
    number: 'CHO-GAP-08',
    states:
      'Creating processes as UNIX does is the work of a subsystem. To fork it makes an actor, shares or ' +
      'copies each region as that is inherited, and makes a thread: ports, messages and other threads are ' +
      'not inherited. To execute another program it frees the memory of an actor, maps the new image, and ' +
      'goes on with one new thread; the actor stays who it is, and its ports stay.',
    source: cite('OVW: MiX; PAP: 5.1'),
    standing: 'inferred',
  },
  'chorus/segments-are-mapped-by-offset': {
    number: 'CHO-MEM-06',
    states: 'rgnMap shows a range of a segment from an offset in whole pages; rgnInit a private copy of it.',
    source: cite('MAN: rgnMap; MAN: rgnInit'),
    standing: 'stated',
  },
  'chorus/explicit-and-mapped-access-agree': {
    number: 'CHO-MEM-07',
    states:
      'What is written to a segment by sgWrite is read where it is mapped on that site, and the other way ' +
      'round.',
    source: cite('GMI: abstract'),
    standing: 'stated',
  },
  'chorus/supervisor-regions-outlive-actors': {
    number: 'CHO-MEM-08',
    states: 'Regions of the supervisor space belong to no actor: they stay when the actor goes that made them.',
    source: cite('MAN: actorDelete'),
    standing: 'stated',
  },
  'chorus/attributes-change-on-the-range': {
    number: 'CHO-MEM-09',
    states:
      'rgnSetProtect and rgnSetInherit give the pages of a range the attribute asked for, and nothing ' +
      'else another. A range that is not mapped throughout is refused with K_EADDRESS.',
    source: cite('MAN: rgnSetProtect'),
    standing: 'inferred',
  },
  'chorus/illegal-access-is-an-exception': {
    number: 'CHO-MEM-10',
    states:
      'An access to a page that is not mapped, or not for that use, is an exception: told to the handler ' +
      'of the actor, without which the actor is deleted. No other access is.',
    source: cite('INT4: exceptions; PAP: 5.3'),
    standing: 'stated',
  },
  'chorus/absent-page-is-pulled-in': {
    number: 'CHO-MEM-11a',
    states:
      'A page that is not in memory is asked for from its mapper, by a call to the port in the capability ' +
      'of the segment, and is what the mapper gives. Who needs it waits; whoever needs it meanwhile waits ' +
      'for the same answer. What a copy is made of is asked for to be read.',
    source: cite('MAN: MpPullIn'),
    standing: 'stated',
  },
  'chorus/write-needs-granted-access': {
    number: 'CHO-MEM-11b',
    states:
      'A page of a segment is written only if its mapper has granted that; otherwise the mapper is asked ' +
      'first.',
    source: cite('MAN: MpPullIn; MAN: MpGetAccess'),
    standing: 'stated',
  },
  'chorus/dirty-pages-are-pushed-out-first': {
    number: 'CHO-MEM-12',
    states:
      'A page that was written is dropped only after its mapper has taken it back, as it is by then: what ' +
      'is written while it is on its way has to be pushed out again.',
    source: cite('MAN: MpPushOut'),
    standing: 'inferred',
  },
  'chorus/temporary-memory-has-a-default-mapper': {
    number: 'CHO-MEM-13a',
    states:
      'Volatile memory that has to leave main memory is given to the default mapper. When a page of it is ' +
      'first to be pushed out the default mapper is asked for a segment; its pages are pushed out to that, ' +
      'and pulled in from it, page by page.',
    source: cite('MAN: MpCreate; PAP: 5.3'),
    standing: 'stated',
  },
  'chorus/temporary-segments-are-released': {
    number: 'CHO-MEM-13b',
    states: 'When volatile memory has gone its segment is released at the default mapper, once, and not before.',
    source: cite('MAN: MpRelease'),
    standing: 'stated',
  },
  'chorus/flush-leaves-what-it-may': {
    number: 'CHO-MEM-15b',
    states:
      'sgFlush and lcFlush come to their end when the mapper has all that was written in the range. Then ' +
      'the cache has of it what may be kept: everything as it is, everything but the right to write, or ' +
      'nothing. Beyond the range nothing changes. Ranges are whole pages of the segment: others are refused ' +
      'with K_EROUND, and what is beyond its end with K_EADDRESS.',
    source: cite('MAN: lcFlush; MAN: rgnFlush'),
    standing: 'stated',
  },
  'chorus/caches-elsewhere-are-flushed-too': {
    number: 'CHO-MEM-15c',
    states:
      'lcFlush flushes the cache of a segment on the site it names, which may be another: its answer comes ' +
      'after that site has done it. A site that cannot be reached is refused with K_EUNKNOWN.',
    source: cite('MAN: lcFlush; OVW: memory management'),
    standing: 'stated',
  },
  'chorus/failing-mapper-fails-the-flush': {
    number: 'CHO-MEM-14b',
    states:
      'A page whose mapper does not take it back stays where it is, as it is; who waits for a flush of it is ' +
      'told K_EMAPPER.',
    source: cite('MAN: MpPushOut'),
    standing: 'inferred',
  },
  'chorus/failing-mapper-fails-the-access': {
    number: 'CHO-MEM-14',
    states:
      'Where a mapper cannot be reached, or fails, the access of who waits for it is an exception, and an ' +
      'explicit operation is refused with K_EMAPPER. Others go on.',
    source: cite('MAN: MpPullIn'),
    standing: 'inferred',
  },
  'chorus/one-cache-for-a-segment': {
    number: 'CHO-MEM-15',
    states:
      'A site has one cache of a segment at most; caches of different sites are kept coherent by the ' +
      'mapper, not by the nucleus.',
    source: cite('GMI: abstract; OVW: memory management'),
    standing: 'stated',
  },
  'chorus/explicit-copy-is-whole-or-nothing': {
    number: 'CHO-MEM-18',
    states:
      'vmCopy copies the bytes of one range to another. Where either is not mapped throughout, or may not ' +
      'be written, it is refused with K_EADDRESS and copies nothing.',
    source: cite('MAN: vmCopy'),
    standing: 'inferred',
  },
  'chorus/bodies-are-copied-later': {
    number: 'CHO-IPC-28',
    states:
      'A body that is whole pages of memory is transferred to a receiver on the same site by a copy that is ' +
      'put off. What is received is what was in memory when it was sent, whoever writes, frees or pushes ' +
      'out what afterwards: nobody notices but by the cost.',
    source: cite('PAP: 5.2; GMI: abstract'),
    standing: 'stated',
  },
  'chorus/bodies-are-in-own-memory': {
    number: 'CHO-IPC-06g',
    states:
      'A body is taken from the memory of who sends it: one that is not all mapped there is refused with ' +
      'K_EFAULT. Pages that are not in main memory are pulled in first; where they cannot be had the send is ' +
      'refused with K_EMAPPER.',
    source: cite('ACE: error map; MAN: ipcReply'),
    standing: 'inferred',
  },
});
