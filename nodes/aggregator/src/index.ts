export { type AggregatorNode, startAggregator } from './node.ts'
export { AggregatorStore } from './store.ts'
