import { HushgridError } from '@hushgrid/primitives'

/** Fault of a batch: its bytes, a decrypted value out of range, or the signature over its readings. */
export type BatchFault = 'encoding' | 'reading' | 'signature'

/** A batch that its meter did not seal so, or that another key sealed. The message never holds a reading. */
export class BatchRejectedError extends HushgridError {
  override name = 'BatchRejectedError'
  readonly fault: BatchFault

  constructor(fault: BatchFault, message: string) {
    super(`batch, ${fault}: ${message}`)
    this.fault = fault
  }
}

/**
 * Fault of a bill:
 *
 * - `encoding`: its bytes, a point, a scalar or a count of commitments
 * - `meter`: the bill, or one of its batches, is of another meter
 * - `period`: its period or length of slot is not that of the tariff's prices
 * - `tariff`: it was computed with another tariff
 * - `lanes`: a batch lacks a lane that the tariff prices
 * - `coverage`: a slot is missing, counted twice, or its batch is outside the period
 * - `signature`: the meter did not sign these commitments for these slots in this order
 * - `amount`: beyond what a bill can be, so that it could wrap around the group's order
 * - `opening`: the weighted commitments do not open to the amount
 */
export type BillFault = 'encoding' | 'meter' | 'period' | 'tariff' | 'lanes' | 'coverage' | 'signature' | 'amount' | 'opening'

/** A bill, or a combination of readings, that does not follow from what the meter signed. */
export class BillRejectedError extends HushgridError {
  override name = 'BillRejectedError'
  readonly fault: BillFault

  constructor(fault: BillFault, message: string) {
    super(`bill, ${fault}: ${message}`)
    this.fault = fault
  }
}
