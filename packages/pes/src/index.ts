/**
 * The path by data concentrator, privacy enhancing system (PES) and Paillier encryption, the way earlier work does what
 * the DC-net does here: machines for meter, concentrator, PES and supplier, without I/O. With `reencrypt` the PES sees each
 * reading for a moment; with `direct` it sees ciphertexts, and the decryption key is split between it and the supplier.
 * All four keep the contract of `@hushgrid/machine`, and say what is their own at the top of their `machine.ts`.
 *
 * @example
 * ```ts
 * import { createPesMeter, stepPesMeter, type PesMeterConfig } from '@hushgrid/pes'
 * import { millis } from '@hushgrid/primitives'
 *
 * declare const config: PesMeterConfig
 * const meter = createPesMeter(config, [], millis(Date.now()))
 * const { outputs } = stepPesMeter(meter, { type: 'set-up' }, millis(Date.now()))
 * // [{ type: 'request', bytes }]: for the concentrator, whose answer is fed back as a message. `pesEnrolment` has the order.
 * ```
 *
 * @packageDocumentation
 */

export { createConcentrator, stepConcentrator } from './concentrator/machine.ts'
export type {
  ConcentratorConfig,
  ConcentratorInput,
  ConcentratorOutput,
  ConcentratorRecord,
  ConcentratorState
} from './concentrator/state.ts'
export { checkDealt, signDealt } from './dealt.ts'
export { MeterListError, PesSetupError } from './errors.ts'
export { acceptSetup, type FormingPes, formSetup, sealSetupRequest } from './formation.ts'
export { decodeIndexSet } from './index-set.ts'
export { type EnrollingPesMeter, type PesConversation, pesEnrolment, pesLeave } from './meter/enrolment.ts'
export { createPesMeter, stepPesMeter } from './meter/machine.ts'
export type { PesMeterConfig, PesMeterInput, PesMeterOutput, PesMeterRecord, PesMeterState } from './meter/state.ts'
export { openMeterList, signMeterList } from './meter-list.ts'
export { createPes, stepPes } from './pes/machine.ts'
export {
  dailyBilling,
  openPesSetup,
  type PesLimits,
  type PesTerms,
  type PesVariantName,
  sealPaillierKey,
  sealPesSetup
} from './pes/setup.ts'
export type { PesConfig, PesInput, PesOutput, PesState } from './pes/state.ts'
export { METER_KEY_BYTES, openProven, openReading, type ReadingOrigin, sealProven, unwrapKey, wrapKey } from './reading.ts'
export { answerAsPes, answerForward, answerMeter, answerReading, Forwards, readMeter } from './streams.ts'
export {
  decodeKeyShare,
  decodeSupplierKey,
  decryptWith,
  encodeKeyShare,
  encodeSupplierKey,
  KeyFileError,
  type KeyShare,
  partialOf
} from './supplier/key.ts'
export {
  createSupplier,
  type SupplierConfig,
  type SupplierInput,
  type SupplierOutput,
  type SupplierState,
  stepSupplier
} from './supplier/machine.ts'
