export { verifyBills } from './bills/verify-bills.ts'
export { openHouseholdAccounts } from './household/pseudonyms.ts'
export { type SupplierNode, startSupplier } from './results/supplier-node.ts'
export { openIdentity, SupplierStore } from './results/supplier-store.ts'
