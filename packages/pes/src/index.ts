export { createConcentrator, stepConcentrator } from './concentrator/machine.ts'
export type {
  ConcentratorConfig,
  ConcentratorInput,
  ConcentratorOutput,
  ConcentratorRecord,
  ConcentratorState
} from './concentrator/state.ts'
export { PesSetupError } from './errors.ts'
export { type EnrollingPesMeter, type PesConversation, pesEnrolment, pesLeave } from './meter/enrolment.ts'
export { createPesMeter, stepPesMeter } from './meter/machine.ts'
export type { PesMeterConfig, PesMeterInput, PesMeterOutput, PesMeterRecord, PesMeterState } from './meter/state.ts'
export { createPes, stepPes } from './pes/machine.ts'
export {
  openPesSetup,
  PES_VARIANTS,
  type PesLimits,
  type PesTerms,
  type PesVariantName,
  sealPaillierKey,
  sealPesSetup
} from './pes/setup.ts'
export type { PesConfig, PesInput, PesOutput, PesState } from './pes/state.ts'
export { METER_KEY_BYTES, openReading, unwrapKey, wrapKey } from './reading.ts'
export {
  decodeKeyShare,
  decodeSupplierKey,
  decryptWith,
  encodeKeyShare,
  encodeSupplierKey,
  KeyFileError,
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
