/**
 * The supplier's meter data management, `pnpm node:mdms`: `results/` takes in the totals of a DC-net or the sums of a
 * PES, `bills/` checks the deliveries of meters and customers, `web/` serves the supplier's page, `household/` answers
 * households, `commands/` are those that people type.
 *
 * @packageDocumentation
 */

export { verifyBills } from './bills/verify-bills.ts'
export { openPseudonyms } from './household/pseudonyms.ts'
export { type SupplierNode, startSupplier } from './results/supplier-node.ts'
export { openIdentity, SupplierStore } from './results/supplier-store.ts'
