export { createConcentrator, stepConcentrator } from './concentrator/machine.ts'
export type {
  ConcentratorConfig,
  ConcentratorInput,
  ConcentratorOutput,
  ConcentratorRecord,
  ConcentratorState
} from './concentrator/state.ts'
export { PesSetupError } from './errors.ts'
export {
  createPesMeter,
  type PesMeterConfig,
  type PesMeterInput,
  type PesMeterOutput,
  type PesMeterRecord,
  type PesMeterState,
  stepPesMeter
} from './meter/machine.ts'
export { createPes, type PesConfig, type PesInput, type PesOutput, type PesState, stepPes } from './pes/privacy-enhancing-system.ts'
export {
  openPesSetup,
  PES_VARIANTS,
  type PesLimits,
  type PesTerms,
  type PesVariantName,
  sealPaillierKey,
  sealPesSetup
} from './pes/setup.ts'
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
