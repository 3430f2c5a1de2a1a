export * from './batch.ts'
export { decodeBatch, encodeBatch } from './batch-encoding.ts'
export {
  type BatchHeader,
  type BatchTranscript,
  batchEnd,
  batchTranscript,
  countReadings,
  MAX_BATCH_LANES,
  MAX_BATCH_SLOTS,
  readingPlaces
} from './batch-header.ts'
export * from './batch-period.ts'
export * from './bill.ts'
export { decodeBill, encodeBill } from './bill-encoding.ts'
export * from './billing-record.ts'
export * from './combination.ts'
export * from './commitment.ts'
export { type BillPrices, MAX_BILL_BATCHES, MAX_BILL_SLOTS, type Weights } from './coverage.ts'
export * from './errors.ts'
export * from './group.ts'
export * from './home-messages.ts'
export * from './local-period.ts'
export * from './meter-billing.ts'
export * from './pairing.ts'
export { countPresent, isPresent } from './presence.ts'
export * from './secrets.ts'
export * from './tariffs/index.ts'
