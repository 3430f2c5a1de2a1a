export { verifyBills } from './bills/bill-workers.ts'
export { openHouseholdAccounts } from './household/household-account.ts'
export { type SupplierNode, startSupplier } from './results/supplier-node.ts'
export { openIdentity, SupplierStore } from './results/supplier-store.ts'
