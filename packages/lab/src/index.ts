export { closingText, SLOT_HEADER, slotText } from './churn/churn-display.ts'
export { ChurnReport } from './churn/churn-report.ts'
export { LiveChurn } from './churn/live-churn.ts'
export { type LoadedScenario, loadScenario, scenarioPath, shippedScenarios } from './churn/load-scenario.ts'
export {
  type LabReadings,
  type ReadingsRecipe,
  readerOf,
  readingsOfRecording,
  recordedReadings,
  syntheticReadings
} from './meters/lab-readings.ts'
export { type FleetNode, MeterFleet } from './meters/meter-fleet.ts'
export { type HostOperation, MeterHost } from './meters/meter-host.ts'
export { obfuscatorsFor, PesMeterHost } from './meters/pes-meter-host.ts'
export { wireBytes, wireBytesRead } from './meters/wire-bytes.ts'
export { firstAddress } from './neighbourhood/first-address.ts'
export type {
  LabNeighbourhood,
  LabSample,
  Membership,
  NeighbourhoodOptions,
  RegistrarNews,
  SlotCourse,
  TimedResult
} from './neighbourhood/lab-neighbourhood.ts'
export { labNetwork } from './neighbourhood/lab-network.ts'
export { Neighbourhood } from './neighbourhood/neighbourhood.ts'
export { dealShares, labLimits } from './neighbourhood/pes-terms.ts'
export { SlotResults } from './neighbourhood/slot-results.ts'
export { stateFolder } from './neighbourhood/state-folder.ts'
export { type ComparedEnvironment, comparedEnvironment } from './report/environment.ts'
export { machine } from './report/report.ts'
export { QUARTILE_METHOD, type Spread, spread } from './report/statistics.ts'
export { verifyRun } from './report/verify-run.ts'
export { privateMasksIn, type SlotPrivateMasks } from './run/double-mask-figures.ts'
export type { SlotRow } from './run/lab-events.ts'
export type { LabPlan, LabWebOptions } from './run/lab-plan.ts'
export { runLab } from './run/lab-run.ts'
export { DEFAULT_BITS, processesFor } from './run/lab-switch.ts'
export { median, runSlots } from './run/run.ts'
