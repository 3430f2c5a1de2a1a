/**
 * Bills that a supplier can check without a reading, after Danezis et al., "Privacy-friendly smart metering". The meter
 * encrypts its readings, commits to them and signs batches; the customer decrypts, and computes the bill with its opening;
 * the supplier checks the bill against the signed commitments and learns the amount.
 *
 * ```ts
 * import { makeBill, openBatch, parseTariff, sealBatch, verifyBill } from '@hushgrid/billing'
 * import { IdentityKey, IMPORT_LANE, type Slot, systemRng } from '@hushgrid/primitives'
 *
 * const [identity, key] = [IdentityKey.generate(systemRng), systemRng.bytes(32)]
 * const [firstSlot, slotSeconds, readings] = [990_000 as Slot, 1800, [[250n], [310n], [95n]]]
 * const { batch } = sealBatch({ identity, key, slotSeconds, firstSlot, lanes: [IMPORT_LANE], readings })
 * const prices = parseTariff(text, 'flat.yaml').prices({ from: firstSlot, until: (firstSlot + 3) as Slot, slotSeconds })
 * const bill = makeBill({ batches: [openBatch(batch, key)], prices })
 * const { amount, gaps } = verifyBill(bill, prices, identity.id) // or a BillRejectedError that names what failed
 * ```
 *
 * @packageDocumentation
 */

export { type OpenedBatch, openBatch, type ReadingBatch, sealBatch } from './batch/batch.ts'
export { decodeBatch, encodeBatch } from './batch/encoding.ts'
export { batchEnd, countReadings } from './batch/header.ts'
export { type KeyEpoch, keyEpoch } from './batch/key-epoch.ts'
export { BATCH_PERIODS, type BatchPeriod, type BatchSpan, batchSpans } from './batch/period.ts'
export { isPresent } from './batch/presence.ts'
export { type Bill, makeBill, verifyBill } from './bill/bill.ts'
export type { BillPrices } from './bill/coverage.ts'
export { decodeBill, encodeBill } from './bill/encoding.ts'
export { type LocalPeriod, PERIOD_HELP, periodSlots } from './bill/local-period.ts'
export { BillChecker, type PublishedTerms } from './check/bill-checker.ts'
export { type CheckedBill, decodeOffered, MAX_BILL_BYTES, type OfferedBill, type ProvenBill } from './check/checked-bill.ts'
export { Commitment, commit } from './commitments/commitment.ts'
export { BatchRejectedError, type BillFault, BillRejectedError } from './errors.ts'
export {
  type BillingKeys,
  decodeBillingKeys,
  encodeBillingKeys,
  firstBillingKeys,
  type MeterKey
} from './meter/billing-keys.ts'
export { type BillingRecord, type BillingTerms, decodeBillingRecord, encodeBillingRecord } from './meter/billing-record.ts'
export {
  billingRecords,
  createMeterBilling,
  type KeptBilling,
  type MeterBillingConfig,
  type MeterBillingOutput,
  type MeterBillingState
} from './meter/billing-state.ts'
export {
  type BatchPlace,
  decodeHomeReply,
  encodeHomeRequest,
  type HomeReply,
  type HomeRequest,
  MAX_HOME_REPLY,
  MAX_HOME_REQUEST,
  provenRequest
} from './meter/home-messages.ts'
export { type MeterBillingInput, stepMeterBilling } from './meter/meter-billing.ts'
export {
  decodePairingTicket,
  encodePairingTicket,
  formatPairingCode,
  newPairingTicket,
  PAIRING_TICKET_BYTES,
  PairingError,
  type PairingTicket,
  parsePairingCode
} from './meter/pairing.ts'
export { type BillPath, runBill } from './path/bill-path.ts'
export { type Overhead, overheadsOf, PUBLISHED_OVERHEADS } from './path/overhead.ts'
export { type Bands, parseBands } from './tariffs/bands-file.ts'
export { currencyNames, describeUnit, formatAmount, formatExact } from './tariffs/currency.ts'
export { describeRows, describeTariff } from './tariffs/describe-tariff.ts'
export { priceBands } from './tariffs/price-bands.ts'
export { PARSED_TARIFFS, type PublishedTariff } from './tariffs/published-tariff.ts'
export { roundAmount } from './tariffs/rounding.ts'
export { Tariff } from './tariffs/tariff.ts'
export { parseTariff } from './tariffs/tariff-file.ts'
export { TariffFileError } from './tariffs/tariff-file-error.ts'
export type { TariffPrices } from './tariffs/tariff-prices.ts'
export { tariffJsonSchema } from './tariffs/tariff-schema.ts'
