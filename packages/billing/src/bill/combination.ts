// A linear combination of a meter's readings, opened to somebody who learns nothing else of them.
import { ed25519Verifier, type MeterId, type VerifierOf } from '@hushgrid/primitives'
import type { OpenedBatch } from '../batch/batch.ts'
import { type BatchHeader, batchTranscript, countReadings } from '../batch/header.ts'
import { type Commitment, combine, combineOpenings, isWithin, type Opening, opens, VALUE_BITS } from '../commitments/commitment.ts'
import { BillRejectedError } from '../errors.ts'
import { checkBatchOrder, type Weights, weightsInOrder } from './coverage.ts'

/** A batch as its checker sees it: commitments instead of readings. */
export interface CommittedBatch {
  readonly header: BatchHeader
  /** Commitments in the order of slots and then of lanes, without the gaps. */
  readonly commitments: readonly Commitment[]
  /** Signature of the meter, 64 bytes. */
  readonly signature: Uint8Array
}

/** Gives the part of an opened batch that may be shown. */
export function committedBatch({ header, commitments, signature }: OpenedBatch): CommittedBatch {
  return { header, commitments, signature }
}

/**
 * Opens Σ w·C for public weights. Each opened combination is a linear equation about the readings: as many independent
 * ones as readings tell all of them, and one with a single weight other than 0 tells that reading.
 *
 * @param weights - units per Wh, by lane and slot; between −2^63 and 2^63
 */
export function openCombination(batches: readonly OpenedBatch[], weights: Weights): Opening {
  return combineOpenings(
    batches.flatMap(batch => batch.openings),
    weightsInOrder(
      batches.map(batch => batch.header),
      weights
    )
  )
}

/** @throws BillRejectedError with fault `encoding` or `signature` */
function checkSignatures(batches: readonly CommittedBatch[], meter: MeterId, verifierOf: VerifierOf): void {
  const verifier = verifierOf(meter)
  batches.forEach(({ header, commitments, signature }, i) => {
    const batch = `batch ${i}, from slot ${header.firstSlot}`
    const count = countReadings(header)
    if (commitments.length !== count)
      throw new BillRejectedError('encoding', `${batch}: expected ${count} commitments, got ${commitments.length}`)
    if (!verifier.verify(batchTranscript(header, commitments), signature)) {
      const expected = `${batch}: expected the meter's signature over these slots, gaps and commitments in this order`
      throw new BillRejectedError('signature', `${expected}, got one that does not hold`)
    }
  })
}

/**
 * Checks a combination against the meter's signatures: the batches are of this meter, in the order of their slots, none
 * twice; each signature holds; and Σ w·C opens to the value.
 *
 * The work is an addition for each commitment and a multiplication for each distinct weight: a price for each slot of a
 * month takes four times as long as three prices.
 *
 * @param slotSeconds - length of the slots that the weights are for
 * @throws BillRejectedError with fault `meter`, `period`, `coverage`, `encoding`, `signature`, `amount` or `opening`;
 * WeakKeyError where the meter's id is no key that may be trusted
 */
export function verifyCombination(
  batches: readonly CommittedBatch[],
  weights: Weights,
  opening: Opening,
  meter: MeterId,
  slotSeconds: number,
  verifierOf: VerifierOf = ed25519Verifier
): void {
  const headers = batches.map(batch => batch.header)
  checkBatchOrder(headers, meter, slotSeconds)
  if (!isWithin(opening.value, VALUE_BITS))
    throw new BillRejectedError('amount', `expected an integer between ±2^${VALUE_BITS}, got one beyond`)
  checkSignatures(batches, meter, verifierOf)
  const commitments = batches.flatMap(batch => batch.commitments)
  if (!opens(combine(commitments, weightsInOrder(headers, weights)), opening)) {
    const expected = 'expected the weighted commitments to open to the amount, they do not'
    throw new BillRejectedError('opening', `${expected}: the amount, the opening or the weights are not those of the signed readings`)
  }
}
