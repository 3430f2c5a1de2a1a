export { verifyBills } from './bills/verify-bills.ts'
export { openPseudonyms } from './household/pseudonyms.ts'
export { type SupplierNode, startSupplier } from './results/supplier-node.ts'
export { openIdentity, SupplierStore } from './results/supplier-store.ts'
