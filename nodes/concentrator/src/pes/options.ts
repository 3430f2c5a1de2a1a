// Options of a PES, whether it runs beside the concentrator or as a program of its own.
import { existsSync } from 'node:fs'
import { networkId } from '@hushgrid/dcnet'
import { nodeAddress, nodeKey, type RoleNodeInit } from '@hushgrid/network'
import { checkDealt, decodeKeyShare, type KeyShare, openMeterList, type PesLimits, type PesTerms } from '@hushgrid/pes'
import { HushgridError, type MeterId, systemRng } from '@hushgrid/primitives'
import { type LogLines, ObfuscatorWorkers, readSecret, readTextFile, wholeNumber } from '@hushgrid/runtime'
import { laneCodes, type Network } from '@hushgrid/topology'
import type { Command } from 'commander'
import type { ConcentratorEvents } from '../events.ts'
import { type PesNode, startPes } from './node.ts'
import { PesStore } from './store.ts'

/** Options of a PES. */
export interface PesOptions {
  readonly supplier: string
  readonly supplierKey?: MeterId
  readonly pesShare?: string
  readonly allow?: string
  readonly billingSlots?: number
  readonly minReadings?: number
}

const DAY_SECONDS = 86_400
/** Days of a billing period unless given. */
const BILLING_DAYS = 30
const MOST_SLOTS = 2 ** 31

/** Meters that are taken, where there is no list. */
const ANY = 'any meter, which is for labs'

/** Adds the options. */
export function withPesOptions(command: Command): Command {
  return command
    .requiredOption('--supplier <multiaddr>', 'where the supplier is, with its peer id, as the log of pnpm node:mdms says', nodeAddress)
    .option(
      '--supplier-key <hex|multiaddr>',
      'who signs the Paillier key, where it is not the node at --supplier',
      nodeKey('--supplier-key')
    )
    .option('--pes-share <file>', "the PES's share of a key that was dealt, for the variant 'direct' (default: 'reencrypt')")
    .option('--allow <file>', `the list of meters that are taken, signed by the dealer that the network file names (default: ${ANY})`)
    .option(
      '--billing-slots <number>',
      `slots of a billing period (default: those of ${BILLING_DAYS} days)`,
      wholeNumber('--billing-slots', 2, MOST_SLOTS)
    )
    .option(
      '--min-readings <number>',
      'fewest readings of a household in a sum that the supplier is given or can work out (default: half the slots)',
      wholeNumber('--min-readings', 2, MOST_SLOTS)
    )
}

/** Finds a given option that only a PES has. */
export function strayPesOption({ pesShare, billingSlots, minReadings }: PesOptions): string | undefined {
  if (pesShare !== undefined) return '--pes-share'
  if (billingSlots !== undefined) return '--billing-slots'
  return minReadings === undefined ? undefined : '--min-readings'
}

/**
 * Gives the limits that the PES keeps to.
 *
 * @throws HushgridError
 */
export function limitsOf(network: Network, options: PesOptions): PesLimits {
  const { slotSeconds, minMembers } = network
  const billingSlots = options.billingSlots ?? Math.max(2, Math.ceil((BILLING_DAYS * DAY_SECONDS) / slotSeconds))
  const minReadings = options.minReadings ?? Math.max(2, Math.ceil(billingSlots / 2))
  if (minReadings > billingSlots)
    throw new HushgridError(`--min-readings: expected at most the ${billingSlots} slots of a billing period, got ${minReadings}`)
  return { lanes: laneCodes(network), slotSeconds, minMembers, billingSlots, minReadings }
}

/** Files that the dealer gave. */
export interface FromDealer {
  /** Share of the decryption key, with `direct`. */
  readonly share: KeyShare | undefined
  /** Meters on the list; any where there is none. */
  readonly allowed: ReadonlySet<MeterId> | undefined
}

/**
 * Reads what the dealer gave, and makes sure that it is the word of the dealer that the network file names.
 *
 * @throws SecretFileError, KeyFileError, PesSetupError, UnreadableFileError, MeterListError
 */
export function fromDealer({ pesShare, allow }: PesOptions, { name, dealerKey: dealer }: Network): FromDealer {
  const of = { networkId: networkId(name), dealer }
  const allowed = allow === undefined ? undefined : openMeterList(readTextFile(allow, 'a signed list of meter ids'), allow, of)
  if (pesShare === undefined) return { share: undefined, allowed }
  if (!existsSync(pesShare)) throw new HushgridError(`--pes-share ${pesShare}: expected a file, got none there`)
  const share = decodeKeyShare(readSecret(pesShare, undefined))
  checkDealt(of, share.publicKey, share.dealt)
  return { share, allowed }
}

/** Warns where a lab has no list of meters. */
export function warnUnlisted({ allowed }: FromDealer, log: LogLines): void {
  if (!allowed) log.warn('open', { problem: 'any meter may join, for there is no --allow' }, 'open to meters')
}

/** Setting that a PES is started with. */
export interface PesStart extends Omit<RoleNodeInit<never>, 'network' | 'observe'> {
  readonly directory: string
  readonly network: Network
  readonly options: PesOptions
  readonly dealt: FromDealer
  readonly concentrator: MeterId
  readonly events: ConcentratorEvents
  readonly signal: AbortSignal
}

/** Starts a PES as its options say; with `reencrypt` a thread makes obfuscators ahead. */
export async function startPesFor(start: PesStart): Promise<Pick<PesNode, 'node' | 'terms' | 'stop'>> {
  const { directory, network, options, dealt, events } = start
  const limits = limitsOf(network, options)
  let workers: ObfuscatorWorkers | undefined
  const obfuscators = ({ publicKey }: PesTerms): (() => bigint | undefined) => {
    const { members } = network
    const made = new ObfuscatorWorkers(publicKey, {
      capacity: 4 * members,
      low: 2 * members,
      onError: cause => events.trouble(`obfuscators: ${String(cause)}`)
    })
    workers = made
    return () => made.pool.take()
  }
  const pes = await startPes({
    ...start,
    store: PesStore.open(directory, systemRng, true),
    network: network.name,
    limits,
    supplier: options.supplier,
    supplierKey: options.supplierKey,
    ...dealt,
    dealer: network.dealerKey,
    ...(dealt.share ? {} : { obfuscators }),
    observe: output => events.pes(output)
  }).catch(async cause => {
    await workers?.stop()
    throw cause
  })
  return {
    node: pes.node,
    terms: pes.terms,
    stop: async () => {
      await pes.stop()
      await workers?.stop()
    }
  }
}
