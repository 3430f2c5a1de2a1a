// The folder of an evaluation: `evaluation.json` says what was asked for and where it ran, `planned.json` lists the runs,
// `runs` has a file for each that is over, and `failed` one for each that failed. A file is written whole or not at all, so
// that an evaluation that is ended at any moment goes on with the runs that have none.
import { existsSync, globSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ComparedEnvironment } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import { makeFolder, prepareFolder, writeResult } from '@hushgrid/runtime'
import type { EvaluationPlan } from '../plan/plan.ts'
import { readingsText } from '../plan/plan.ts'
import { runName } from '../plan/run-name.ts'
import type { EvaluationHead } from '../record/evaluation.ts'
import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun } from '../record/run.ts'
import type { Basis } from './basis.ts'
import { ARCHIVE, type KeptHead, readHead, readPlanned, readRun } from './read-evaluation.ts'

/** Mode of folders that a person asks for, less the umask. */
const FOR_ALL = 0o777

/** What an evaluation begins with. */
export interface Beginning {
  readonly plan: EvaluationPlan
  /** Command that repeats it. */
  readonly command: string
  readonly environment: ComparedEnvironment
  readonly basis: Basis
}

/** Folder of an evaluation that runs. */
export class EvaluationFolder {
  readonly path: string
  readonly #runs: Map<string, EvaluatedRun>

  private constructor(path: string, runs: Map<string, EvaluatedRun>) {
    this.path = path
    this.#runs = runs
  }

  /**
   * Begins an evaluation in a folder, or goes on with the one that is there.
   *
   * @param warn - told of files that cannot be read, whose runs are made again
   * @throws HushgridError where the folder has another evaluation, or cannot be written to
   */
  static open(path: string, beginning: Beginning, warn: (text: string) => void): EvaluationFolder {
    const { plan } = beginning
    const isThere = existsSync(join(path, 'evaluation.json'))
    if (!isThere && existsSync(join(path, 'runs')))
      throw new HushgridError(`--out ${path}: expected an evaluation or nothing in it, got runs without evaluation.json`)
    if (existsSync(join(path, ARCHIVE)))
      throw new HushgridError(`--out ${path}: expected a folder that runs can be added to, got an archive; --from makes figures of it`)
    const head = isThere ? readHead(path) : undefined
    if (head) checkSame(path, head, beginning)
    prepareFolder('--out', path)
    for (const room of ['runs', 'failed']) makeFolder(join(path, room), FOR_ALL)
    // A process that was killed while it wrote may leave one.
    for (const part of globSync('{runs,failed}/.*.part', { cwd: path })) rmSync(join(path, part), { force: true })
    const runs = head ? keptRuns(path, plan, warn) : new Map<string, EvaluatedRun>()
    writeResult(join(path, 'planned.json'), plannedText(plan.orders))
    writeResult(join(path, 'evaluation.json'), jsonText(headOf(beginning, head)))
    return new EvaluationFolder(path, runs)
  }

  /** Gives the run of an order, where it is there. */
  runOf(order: RunOrder): EvaluatedRun | undefined {
    return this.#runs.get(runName(order.point))
  }

  /** Keeps a run; a failure of it before is forgotten. */
  keep(order: RunOrder, run: EvaluatedRun): void {
    const name = runName(order.point)
    writeResult(join(this.path, 'runs', `${name}.json`), `${JSON.stringify(run)}\n`)
    rmSync(this.#failure(name), { force: true })
    this.#runs.set(name, run)
  }

  /** Keeps the reason why a run is not there. */
  fail({ point }: RunOrder, failed: string, trace: string | undefined): void {
    writeResult(this.#failure(runName(point)), jsonText({ point, failed, ...(trace !== undefined && { trace }) }))
  }

  #failure(name: string): string {
    return join(this.path, 'failed', `${name}.json`)
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** Writes orders a line each. Readings are known by their digest: where they lie is nobody's business. */
function plannedText(orders: readonly RunOrder[]): string {
  return `[\n${orders.map(order => JSON.stringify(keptOrder(order))).join(',\n')}\n]\n`
}

function keptOrder(order: RunOrder): RunOrder {
  return order.data === undefined ? order : { ...order, data: basename(order.data) }
}

function headOf({ plan, command, environment, basis }: Beginning, before: KeptHead | undefined): KeptHead {
  const head: EvaluationHead = {
    format: 'hushgrid-evaluation/1',
    name: plan.name,
    command: before?.command ?? command,
    started: before?.started ?? new Date().toISOString(),
    seed: plan.seed,
    readings: readingsText(plan),
    lanes: plan.lanes,
    exhibits: plan.exhibits
  }
  return { ...head, environment: before?.environment ?? environment, basis }
}

/** @throws HushgridError where runs that are there and runs of the plan cannot stand in one evaluation */
function checkSame(path: string, head: KeptHead, { plan, environment, basis }: Beginning): void {
  const refuse = (what: string, there: string, here: string): never => {
    throw new HushgridError(`--out ${path}: expected an evaluation of ${what} ${here}, got one of ${there}; another folder takes it`)
  }
  if (head.name !== plan.name) refuse('the file', head.name, plan.name)
  if (head.seed !== plan.seed) refuse('the seed', head.seed, plan.seed)
  if (head.basis.data !== basis.data) refuse('the readings', 'others', readingsText(plan))
  if (head.basis.code !== basis.code) refuse('the code of commit', commitText(head.environment), commitText(environment))
  for (const [name, digest] of Object.entries(basis.churn ?? {}))
    if ((head.basis.churn?.[name] ?? digest) !== digest) refuse('the churn', `another ${name}`, name)
  const { cpu, cores, node } = head.environment
  if (cpu !== environment.cpu || cores !== environment.cores || node !== environment.node)
    refuse('the machine', machineText(head.environment), machineText(environment))
  checkOrders(path, plan)
}

function commitText({ commit, changed }: ComparedEnvironment): string {
  return `${commit?.slice(0, 12) ?? 'unknown'}${changed ? ' with changes' : ''}`
}

function machineText({ cpu, cores, node }: ComparedEnvironment): string {
  return `${cores} × ${cpu}, Node ${node}`
}

/** Checks that runs that are there are still wanted as they were made; the plan may have more. */
function checkOrders(path: string, { name, orders }: EvaluationPlan): void {
  const now = new Map(orders.map(order => [runName(order.point), keptOrder(order)]))
  const before = new Map(readPlanned(path).map(order => [runName(order.point), order]))
  for (const run of namesIn(join(path, 'runs'))) {
    const order = now.get(run)
    if (order === undefined)
      throw new HushgridError(`--out ${path}: expected runs that ${name} asks for, got ${run}; another folder takes a changed file`)
    const there = before.get(run)
    if (!isDeepStrictEqual(there, order))
      throw new HushgridError(
        `--out ${path}: expected runs of ${order.slots} + ${order.warmUpSlots} slots and the same changes, got ${run} made otherwise; another folder takes a changed file`
      )
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).flatMap(file => (file.endsWith('.json') ? [basename(file, '.json')] : [])) : []
}

function keptRuns(path: string, { orders }: EvaluationPlan, warn: (text: string) => void): Map<string, EvaluatedRun> {
  const runs = new Map<string, EvaluatedRun>()
  for (const { point } of orders) {
    const name = runName(point)
    if (!existsSync(join(path, 'runs', `${name}.json`))) continue
    try {
      runs.set(name, readRun(path, name))
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      warn(`${cause.message}; it runs again`)
    }
  }
  return runs
}
