export { VirtualClock } from '../../adapters/virtual-clock/virtual-clock.ts';
