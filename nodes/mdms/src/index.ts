export * from './bill-workers.ts'
export { type HouseholdAccounts, openHouseholdAccounts } from './household-account.ts'
export * from './supplier-node.ts'
export * from './supplier-store.ts'
