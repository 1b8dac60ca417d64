import type { MachState } from '#model/mach/state';
import { contents, objectOf, setPage } from '#model/mach/memory/object';
import { mappingAt, memoryOf } from '#model/mach/memory/space';
import type { Mach } from '#model/mach/world';
import { ask, asked, serverOf, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';
import { ModelError } from '#model/operation';

/** A stretch of bytes within one page. */
interface Stretch { readonly page: number; readonly address: number; readonly length: number }

/** A range of memory, cut at its pages. */
function stretches({ pageSize }: { readonly pageSize: number }, address: number, size: number): readonly Stretch[] {
  const cut: Stretch[] = [];
  for (let at = address; at < address + size;) {
    const page = Math.floor(at / pageSize);
    const length = Math.min((page + 1) * pageSize, address + size) - at;
    cut.push({ page, address: at, length });
    at += length;
  }
  return cut;
}

const kernelOf = (world: Servers, node: NodeId): MachState => world.state.nodes[node]!.kernel;

/**
 * What the server reads in its memory. Its thread touches each page as any thread does, which decides whether it may, and
 * what must be fetched first; the other bytes of the page are then as much there as the first.
 */
export function readMemory(world: Servers, node: NodeId, address: number, size: number): string {
  const kernel = kernelOf(world, node);
  const { pageSize } = memoryOf(kernel);
  return stretches({ pageSize }, address, size).map(({ page, address: at, length }) => {
    const first = asked(world, node, 'load', { address: at })!.byte;
    const { object, index } = mappingAt(kernel, serverOf(world, node).task, page)!;
    const from = 2 * (at - page * pageSize);
    return first + contents({ state: kernel } as Mach, object, index).slice(from + 2, from + 2 * length);
  }).join('');
}

/** Puts bytes into memory of the server's own that nobody shares: its thread writes to each page, and so has it to itself. */
export function writeMemory(world: Servers, node: NodeId, address: number, bytes: string): void {
  const kernel = kernelOf(world, node);
  const { pageSize } = memoryOf(kernel);
  for (const { page, address: at, length } of stretches({ pageSize }, address, bytes.length / 2)) {
    const own = bytes.slice(2 * (at - address), 2 * (at - address + length));
    ask(world, node, 'store', { address: at, byte: own.slice(0, 2) });
    const { object, index } = mappingAt(kernel, serverOf(world, node).task, page)!;
    const written = objectOf(kernel, object).pages[index]!;
    if (written.tag !== 'resident') throw new ModelError('a page that was just written is there');
    const from = 2 * (at - page * pageSize);
    setPage(kernel, object, index, { ...written, bytes: written.bytes.slice(0, from) + own + written.bytes.slice(from + own.length) });
  }
}
