export { closingText, SLOT_HEADER, slotText } from './churn/churn-display.ts'
export { ChurnReport } from './churn/churn-report.ts'
export { LiveChurn, metersOf, whyNotLive } from './churn/live-churn.ts'
export { type LoadedScenario, loadScenario, scenarioPath, shippedScenarios } from './churn/load-scenario.ts'
export {
  type LabReadings,
  type ReadingsRecipe,
  readerOf,
  readingsOfRecording,
  recordedReadings,
  syntheticReadings
} from './meters/readings.ts'
export { type FleetNode, MeterFleet } from './meters/fleet.ts'
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
} from './neighbourhood/neighbourhood.ts'
export { labNetwork } from './neighbourhood/network.ts'
export { Neighbourhood } from './contender/dcnet/neighbourhood.ts'
export { dealShares, labLimits } from './contender/pes/terms.ts'
export { SlotResults } from './neighbourhood/slot-results.ts'
export { stateFolder } from './neighbourhood/state-folder.ts'
export { type ComparedEnvironment, comparedEnvironment } from './measures/environment.ts'
export { machine } from './report/report.ts'
export { QUARTILE_METHOD, type Spread, spread } from './measures/statistics.ts'
export { verifyRun } from './report/verify-run.ts'
export { privateMasksIn, type SlotPrivateMasks } from './contender/dcnet/double-mask-figures.ts'
export type { SlotRow } from './neighbourhood/events.ts'
export type { LabPlan, LabWebOptions } from './run/plan.ts'
export { runLab } from './run/run-lab.ts'
export { DEFAULT_BITS, processesFor } from './run/switch.ts'
export { median, runSlots } from './run/slots.ts'
