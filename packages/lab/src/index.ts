/**
 * A neighbourhood of real nodes on this machine, its report and its page, and the contenders: the ways to aggregate, as a
 * comparison or a page knows them.
 *
 * ```ts
 * const network = labNetwork(7)
 * const contender = contenderFor({ mode: 'dcnet', recovery: network.recovery })
 * const readings = syntheticReadings(network, 7, 'seed')
 * const plan = { network, members: 7, readings, seed: 'seed', slots: 4, contender, slotMs: 1000, processes: 1 }
 * process.exitCode = await runLab({ ...plan, port: undefined, notes: [] }, { report: 'runs/first' })
 * ```
 *
 * @packageDocumentation
 */

export { closingText, SLOT_HEADER, slotText } from './churn/churn-display.ts'
export { ChurnReport } from './churn/churn-report.ts'
export { LiveChurn } from './churn/live-churn.ts'
export { type LoadedScenario, loadScenario, scenarioPath, shippedScenarios } from './churn/load-scenario.ts'
export { type Contender, checkMembers, type Mark } from './contender/contender.ts'
export { CONTENDERS, contenderFor, contenderOf } from './contender/contenders.ts'
export { privateMasksIn, type SlotPrivateMasks } from './contender/dcnet/double-mask-figures.ts'
export { SCHEME_CONTENDERS } from './contender/schemes/contenders.ts'
export { homesOf } from './contender/simulated-homes.ts'
export { type ComparedEnvironment, comparedEnvironment, machine } from './measures/environment.ts'
export { othersText, watchMachine } from './measures/machine-use.ts'
export { median, QUARTILE_METHOD, type Spread, spread } from './measures/statistics.ts'
export type { HostOperation } from './meters/operation.ts'
export {
  fillableOf,
  type LabReadings,
  type ReadingsRecipe,
  readerOf,
  readingsOfRecording,
  recordedReadings,
  syntheticReadings
} from './meters/readings.ts'
export type { SlotRow } from './neighbourhood/events.ts'
export { firstAddress } from './neighbourhood/first-address.ts'
export { labNetwork } from './neighbourhood/network.ts'
export { livingFolders, stateFolder } from './neighbourhood/state-folder.ts'
export { parquetTable, readTable, type TableColumn } from './report/parquet.ts'
export { prepareReport } from './report/report.ts'
export { verifyRun } from './report/verify/verify-run.ts'
export { RoleNeighbourhood } from './roles/neighbourhood.ts'
export type { RoleCost, RoleSample } from './roles/protocol.ts'
export { ROLE_TITLES, ROLES, type RoleName } from './roles/role.ts'
export { type LoadVerdict, loadVerdict } from './run/busy-machine.ts'
export { checkDescriptors, descriptorsApart } from './run/descriptors.ts'
export type { LabWebOptions } from './run/plan.ts'
export { type LabWish, planLab } from './run/plan-lab.ts'
export { runLab } from './run/run-lab.ts'
export { unsupportedLanes } from './run/slot-sums.ts'
export { runSlots } from './run/slots.ts'
