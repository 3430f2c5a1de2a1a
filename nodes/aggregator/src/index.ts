/**
 * The aggregator, `pnpm node:aggregator`: it collects masked readings, and publishes the total of each slot.
 * `command.ts` is its program, `node.ts` the libp2p node, `store.ts` the SQLite file that keeps it from signing two
 * results for a slot.
 *
 * @packageDocumentation
 */

export { type AggregatorNode, startAggregator } from './node.ts'
export { AggregatorStore } from './store.ts'
