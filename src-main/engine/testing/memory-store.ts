export { type Disk, MemoryStore } from '../../adapters/memory-store/memory-store.ts';
