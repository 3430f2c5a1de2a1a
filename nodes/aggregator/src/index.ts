export * from './aggregator-node.ts'
export * from './aggregator-store.ts'
