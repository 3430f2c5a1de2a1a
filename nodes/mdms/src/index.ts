/**
 * The supplier's meter data management, `pnpm node:mdms`: `results/` takes in the totals of a DC-net or the sums of a PES,
 * `bills/` checks what meters and customers bring, `web/` serves the supplier's page, `household/` what a household may ask,
 * `commands/` is what people type.
 *
 * @packageDocumentation
 */

export { verifyBills } from './bills/verify-bills.ts'
export { openPseudonyms } from './household/pseudonyms.ts'
export { type SupplierNode, startSupplier } from './results/supplier-node.ts'
export { openIdentity, SupplierStore } from './results/supplier-store.ts'
