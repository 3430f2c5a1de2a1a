/**
 * The smart meter, `pnpm node:meter`, on either path: `dcnet/` masks readings in a ring, `pes/` sends them encrypted by
 * way of a concentrator. `readings/` is where they come from, `billing/` the customer's side on the home network,
 * `commands/` the programs.
 *
 * @packageDocumentation
 */

export { BillingStore } from './billing/billing-store.ts'
export { type HomeSetting, startHome } from './billing/home.ts'
export { type MeterNode, startMeter } from './dcnet/node.ts'
export { MeterStore } from './dcnet/store.ts'
export { type PesMeterNode, startPesMeter } from './pes/node.ts'
export { PesMeterStore } from './pes/store.ts'
export { DATA_HELP, type DataFacts, loadOptionsOf, withDataFacts } from './readings/data-options.ts'
export { type LoadedReadings, loadReadings } from './readings/readings-file.ts'
export { readingsNotes } from './readings/readings-notes.ts'
