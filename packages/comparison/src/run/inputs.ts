/**
 * Inputs of a run, whatever the contender: network, readings and churn; without what measures and draws:
 * `@hushgrid/comparison/inputs`.
 *
 * @packageDocumentation
 */
import {
  type LabReadings,
  labNetwork,
  loadScenario,
  readingsOfRecording,
  type recordedReadings,
  scenarioPath,
  syntheticReadings
} from '@hushgrid/lab'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { metersOf, type PlannedOperation, planScenario } from '@hushgrid/scenarios'
import { changeNetwork, type Network, type NetworkChanges, resolveDegree } from '@hushgrid/topology'

/** Readings of a file, loaded once for all runs. */
export type Recording = Awaited<ReturnType<typeof recordedReadings>>

/** What the inputs are made of. */
export interface InputsWish {
  readonly n: number
  /** Keys of the network that are not the default's. */
  readonly network: NetworkChanges
  /** Churn scenario in place of one join, one leave and one crash: a file or the name of a shipped one. */
  readonly churn?: string | undefined
  /** Number of slots that are measured, and of those that warm up before them. */
  readonly slots: number
  readonly warmUp: number
  readonly seed: string
  /** Readings, and the name of their file; synthetic homes unless given. */
  readonly recorded?: { readonly recording: Recording; readonly name: string } | undefined
}

/** Input of all runs at a size. */
export interface RunInputs {
  readonly network: Network
  readonly readings: LabReadings
  readonly churn: readonly PlannedOperation[] | undefined
}

/**
 * Makes the inputs of a run.
 *
 * @throws HushgridError where the network, the scenario or the readings do not fit the number of meters
 */
export function runInputs(wish: InputsWish): RunInputs {
  const { n, seed, recorded } = wish
  const network = changeNetwork(labNetwork(n), wish.network)
  resolveDegree(network, n)
  if (n < network.minMembers) throw new HushgridError(`--n ${n}: expected at least the network's minMembers, ${network.minMembers}`)
  const churn = wish.churn === undefined ? undefined : churnFor(wish.churn, wish)
  // Meters that join later have readings too.
  const households = churn ? metersOf(churn, n) : n + 1
  if (recorded && recorded.recording.households.length < households)
    throw new HushgridError(
      `--n ${n}: expected readings of ${households} households, of which ${households - n} join${households - n === 1 ? 's' : ''} later, got those of ${recorded.recording.households.length} in ${recorded.name}; a smaller --n needs fewer`
    )
  const readings = recorded
    ? readingsOfRecording(recorded.recording, network, households, recorded.name)
    : syntheticReadings(network, households, seed)
  return { network, readings, churn }
}

/** Operations on meters that the processes of roles can carry out. */
const BEFALLS_METERS: readonly PlannedOperation['do'][] = ['join', 'leave', 'crash', 'restart']

/**
 * Plans the operations of a scenario for so many meters and slots.
 *
 * @param path - its file, or the name of a shipped one
 * @throws InvalidArgumentError where the scenario does not fit; HushgridError where it cannot be read
 */
export function churnFor(
  path: string,
  { n: members, slots, warmUp, seed }: Pick<InputsWish, 'n' | 'slots' | 'warmUp' | 'seed'>
): readonly PlannedOperation[] {
  const loaded = loadScenario(scenarioPath(path), { seed })
  const { scenario } = loaded
  if (scenario.trace !== undefined && scenario.members !== members)
    throw new InvalidArgumentError(`--churn ${path}`, `n = ${scenario.members}, for which its trace is`, String(members))
  const planned = scenario.trace === undefined ? planScenario({ ...scenario, members, slots }, []) : loaded.operations
  const other = planned.find(
    operation => !BEFALLS_METERS.includes(operation.do) || (operation.do === 'restart' && operation.journal === 'rolled-back')
  )
  if (other) throw new InvalidArgumentError(`--churn ${path}`, `${BEFALLS_METERS.join(', ')}, which all modes know`, `'${other.do}'`)
  return planned.map(operation => ({ ...operation, at: operation.at + warmUp }))
}
