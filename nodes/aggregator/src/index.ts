export { type AggregatorNode, startAggregator } from './aggregator-node.ts'
export { AggregatorStore } from './aggregator-store.ts'
