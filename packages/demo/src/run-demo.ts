// The whole system on this machine: makes the month behind it, then runs everything until Ctrl-C.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { servedPages } from '@hushgrid/http'
import type { LabReadings } from '@hushgrid/lab'
import { contenderFor, labNetwork, prepareReport, runLab, stateFolder } from '@hushgrid/lab'
import { bringBill, type ClockAnchor, NetworkNode, presetNamed, withPeerId } from '@hushgrid/network'
import { openIdentity } from '@hushgrid/node-mdms'
import { HushgridError, IdentityKey, systemRng } from '@hushgrid/primitives'
import { makeFolder, stopSignal } from '@hushgrid/runtime'
import { laneCodes, type Network } from '@hushgrid/topology'
import type { DemoState } from '@hushgrid/web-api'
import { portOrFree } from './free-port.ts'
import { demoTerms, type MadeHousehold } from './household.ts'
import { makeHouseholds } from './households.ts'
import { type DemoMonth, demoMonth, SLOT_SECONDS, TIME_ZONE } from './month.ts'
import { NodeProgram } from './node-program.ts'
import { present } from './present.ts'
import { demoTariff, drawPassword, makeSupplier } from './supplier.ts'

export interface DemoPlan {
  readonly members: number
  readonly seed: string
  readonly slotMs: number
  /** True where the lab lengthens slots on a busy machine. */
  readonly adapts?: boolean
  readonly slots: number | undefined
  /** Port of the first page. */
  readonly port: number
  readonly report: string | undefined
}

/** Time for a node to start, and for a bill to be taken, ms. */
const PATIENCE = 60_000

/** Programs beside the neighbourhood. */
interface Beside {
  readonly programs: NodeProgram[]
  /** Ends what else runs beside. */
  readonly endings: (() => unknown)[]
  readonly stopping: AbortController
  /** Anchors from which on the lab's clock goes at another rate, in order. */
  readonly paces: ClockAnchor[]
  /** The supplier's program, once it hears of them. */
  mdms?: NodeProgram
}

/**
 * Runs the demonstration.
 *
 * @returns the exit status: 0, also after Ctrl-C; 1 where something failed
 */
export async function runDemo(plan: DemoPlan): Promise<number> {
  // Comes first: the month before takes a while.
  if (plan.report !== undefined) prepareReport(plan.report)
  const folder = stateFolder('demo')
  const beside: Beside = { programs: [], endings: [], stopping: new AbortController(), paces: [] }
  // The programs must go however this process ends, even where a node is not put away in time.
  const end = (): void => {
    for (const program of beside.programs) program.end()
  }
  process.once('exit', end)
  const stop = stopSignal()
  const interrupted = (): void => beside.stopping.abort()
  stop.signal.addEventListener('abort', interrupted, { once: true })
  try {
    return await run(plan, folder.path, beside)
  } catch (cause) {
    if (beside.stopping.signal.aborted) return 0
    if (!(cause instanceof HushgridError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  } finally {
    stop.dispose()
    beside.stopping.abort()
    await Promise.all([...beside.programs.map(program => program.stop()), ...beside.endings.map(ending => ending())])
    process.off('exit', end)
    folder.remove()
  }
}

async function run(plan: DemoPlan, folder: string, beside: Beside): Promise<number> {
  const { members, seed, slotMs, adapts, slots } = plan
  const { signal } = beside.stopping
  // Building the pages first keeps two nodes from doing so at the same time.
  await servedPages()
  const month = demoMonth(Date.now())
  const network: Network = { ...labNetwork(members), slotSeconds: SLOT_SECONDS }
  const readings = demoReadings(network, members, seed, month)
  say(`A month of ${members} households, seed ${seed}: readings, sealed batches, accounts and bills of ${month.period}`)
  const { households, passwords } = await makeAllHouseholds({ plan, folder, network, readings, month, signal })
  const supplierFolder = join(folder, 'mdms')
  const { recipe } = readings
  const supplierOrder = { folder: supplierFolder, network, recipe, members, from: month.from, until: month.live, households }
  const { accounts, oneTimePasswords } = await makeSupplier(supplierOrder)
  signal.throwIfAborted()

  const ports = await demoPorts(plan.port)
  const supplier = openIdentity(supplierFolder)
  const address = withPeerId(`/ip4/127.0.0.1/tcp/${ports.supplier}`, supplier.id)
  let lab = ''
  const begun = (aggregator: string, anchor: ClockAnchor): void => {
    if (signal.aborted) return
    const made = { accounts, households, passwords, oneTimePasswords, period: month.period }
    const order = { folder, network, ports, lab, anchor, aggregator, address, ...made }
    startBeside(order, beside).catch(cause => {
      if (signal.aborted) return
      process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
      // The neighbourhood ends as at Ctrl-C.
      process.exitCode = 1
      process.kill(process.pid, 'SIGTERM')
    })
  }
  const served = (url: string): void => {
    lab = url
  }
  const paced = (anchor: ClockAnchor): void => {
    beside.paces.push(anchor)
    beside.mdms?.pace(anchor)
  }
  const status = await runLab(
    {
      network,
      members,
      readings,
      seed,
      slots,
      contender: contenderFor({ mode: 'dcnet', recovery: network.recovery }),
      slotMs,
      adapts,
      processes: 1,
      port: undefined,
      notes: [`readings: ${readings.source}`],
      state: join(folder, 'lab'),
      supplier: { id: supplier.id, home: { period: 'day', timeZone: TIME_ZONE, supplier: address }, begun, paced }
    },
    { web: { port: plan.port, orFree: true, served }, ...(plan.report !== undefined && { report: plan.report }) }
  )
  return process.exitCode === 1 ? 1 : status
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function demoReadings(network: Network, members: number, seed: string, { live }: DemoMonth): LabReadings {
  // Some more households have meters that may join.
  const households = members + Math.max(5, Math.round(members / 10))
  return {
    recipe: { kind: 'synthetic', seed, households, slotSeconds: network.slotSeconds, lanes: laneCodes(network) },
    households,
    firstSlot: live,
    notes: [],
    source: `synthetic neighbourhood, seed ${seed}`
  }
}

interface HouseholdsOrder {
  readonly plan: DemoPlan
  readonly folder: string
  readonly network: Network
  readonly readings: LabReadings
  readonly month: DemoMonth
  readonly signal: AbortSignal
}

async function makeAllHouseholds({ plan, folder, network, readings, month, signal }: HouseholdsOrder): Promise<{
  readonly households: readonly MadeHousehold[]
  readonly passwords: ReadonlyMap<string, string>
}> {
  const terms = demoTerms(network.slotSeconds, laneCodes(network))
  const orders = Array.from({ length: plan.members }, (_, household) => ({
    household,
    account: `flat-${household}`,
    password: drawPassword(),
    meterFolder: join(folder, 'lab', `meter-${household}`),
    customerFolder: join(folder, 'customers', `flat-${household}`),
    recipe: readings.recipe,
    terms,
    period: month.period,
    from: month.from,
    // Meters read the slot before the first themselves, since it runs when they are started.
    until: (month.live - 1) as DemoMonth['live'],
    tariff: demoTariff()
  }))
  for (const { customerFolder } of orders) makeFolder(customerFolder)
  const households = await makeHouseholds(orders, progress(orders.length), signal)
  return { households, passwords: new Map(orders.map(({ account, password }) => [account, password])) }
}

/** Shows progress: in a line that is written over on a terminal, elsewhere in one at the end. */
function progress(of: number): (done: number) => void {
  const text = (done: number): string => `Seal and bill a month: ${done}/${of}`
  return done => {
    if (process.stdout.isTTY) process.stdout.write(`\r${text(done)}${done === of ? '\n' : ''}`)
    else if (done === of) say(text(done))
  }
}

interface Ports {
  readonly desk: number
  readonly portal: number
  /** Port of the supplier's node. */
  readonly supplier: number
  /** Port of the start page. */
  readonly start: number
}

async function demoPorts(first: number): Promise<Ports> {
  const desk = await portOrFree(first + 1)
  const portal = await portOrFree(first + 2)
  // A port that the system gives out might go to the neighbourhood’s connections, which come first.
  const supplier = await portOrFree(first + 3)
  return { desk, portal, supplier, start: await portOrFree(first + 4) }
}

interface BesideOrder {
  readonly folder: string
  readonly network: Network
  readonly ports: Ports
  /** Address of the lab's page. */
  readonly lab: string
  readonly anchor: ClockAnchor
  readonly aggregator: string
  /** Address of the supplier's node. */
  readonly address: string
  readonly accounts: DemoState['desk']
  readonly households: readonly MadeHousehold[]
  readonly passwords: ReadonlyMap<string, string>
  readonly oneTimePasswords: ReadonlyMap<string, string>
  /** Month that is billed. */
  readonly period: string
}

/** Starts the supplier and the portal as programs of their own, registers the customers and sends their bills. */
async function startBeside(order: BesideOrder, beside: Beside): Promise<void> {
  const { programs, endings, stopping } = beside
  const { folder, network, ports, anchor, aggregator, households, oneTimePasswords } = order
  const within = AbortSignal.any([stopping.signal, AbortSignal.timeout(PATIENCE)])
  const fail = (cause: unknown): void => {
    // Ctrl-C in a terminal reaches the programs too.
    if (stopping.signal.aborted) return
    process.stderr.write(`${(cause as Error).message}\n`)
    process.exitCode = 1
    process.kill(process.pid, 'SIGTERM')
  }
  const line = ({ level, event, ...rest }: { readonly level: string; readonly event: string }): void => {
    if (level === 'error') process.stderr.write(`${event}: ${JSON.stringify(rest)}\n`)
  }
  const networkFile = join(folder, 'network.yaml')
  writeFileSync(networkFile, networkText(network))
  const clock = [new Date(anchor.real).toISOString(), new Date(anchor.protocol).toISOString(), String(anchor.rate)].join(',')
  const listen = `/ip4/127.0.0.1/tcp/${ports.supplier}`
  const mdms = new NodeProgram(
    'nodes/mdms/src/main.ts',
    [
      ...['--network', networkFile, '--data-dir', join(folder, 'mdms'), '--aggregator', aggregator, '--listen', listen],
      ...['--preset', 'lab', '--lab-clock', clock, '--web', `127.0.0.1:${ports.desk}`]
    ],
    { line, fail }
  )
  programs.push(mdms)
  const desk = String((await mdms.event('web', within)).url)
  for (const pace of beside.paces) mdms.pace(pace)
  beside.mdms = mdms
  // A program that starts after the end would be nobody's to stop.
  within.throwIfAborted()
  const portal = new NodeProgram(
    'nodes/customer/src/main.ts',
    ['serve', '--data-dir', join(folder, 'portal'), '--supplier', desk, '--listen', `127.0.0.1:${ports.portal}`],
    { line, fail }
  )
  programs.push(portal)
  const page = String((await portal.event('listening', within)).url)
  for (const { account, record, proof } of households)
    await register(page, { account, password: oneTimePasswords.get(account), proof, record }, within)
  await sendBills(order, within)
  stopping.signal.throwIfAborted()
  const state = stateOf(order, { lab: order.lab, desk, customers: page })
  await present(state, { folder, port: ports.start, say, stopping: stopping.signal, endings })
}

function stateOf({ accounts, households, passwords, network, period }: BesideOrder, pages: DemoState['pages']): DemoState {
  return {
    members: network.members,
    period,
    timeZone: TIME_ZONE,
    pages,
    desk: accounts,
    customers: households.map(({ account, toPay }) => ({ account, password: passwords.get(account) ?? '', for: toPay }))
  }
}

/** Writes the network for the supplier's program, which plans for no missing meter. */
function networkText({ name, members, minMembers, slotSeconds, recovery }: Network): string {
  return [
    `name: ${name}`,
    `members: ${members}`,
    `minMembers: ${minMembers}`,
    `slotSeconds: ${slotSeconds}`,
    `recovery: ${recovery}`,
    'dropout: 0',
    ''
  ].join('\n')
}

async function register(portal: string, body: object, signal: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${portal}api/registration`, { method: 'POST', headers, body: JSON.stringify(body), signal })
  if (!answer.ok)
    throw new HushgridError(`the customers' portal: expected to take an account, got status ${answer.status}: ${await answer.text()}`)
}

/** Sends each customer's bill, under a key made for that, as `pnpm node:customer send` does. */
async function sendBills({ network, address, households }: BesideOrder, signal: AbortSignal): Promise<void> {
  const identity = IdentityKey.generate(systemRng)
  const preset = presetNamed('lab', network.name, network.members)
  const node = await NetworkNode.start({ identity, network: network.name, listen: [], preset })
  try {
    for (const { bill } of households) await bringBill({ node, identity, network: network.name, address }, bill, signal)
  } finally {
    await node.stop()
  }
}
