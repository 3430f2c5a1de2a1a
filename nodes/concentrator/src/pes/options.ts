// Options of a PES, whether it runs beside the concentrator or as a program of its own.
import { existsSync } from 'node:fs'
import { nodeAddress, nodeKey, type RoleNodeInit } from '@hushgrid/network'
import type { Ciphertext } from '@hushgrid/paillier'
import { decodeKeyShare, type PesLimits, type PesTerms, partialOf } from '@hushgrid/pes'
import { HushgridError, type MeterId, systemRng } from '@hushgrid/primitives'
import { ObfuscatorWorkers, readSecret, wholeNumber } from '@hushgrid/runtime'
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
  readonly billingSlots?: number
  readonly minReadings?: number
}

const DAY_SECONDS = 86_400
/** Days of a billing period unless given. */
const BILLING_DAYS = 30
const MOST_SLOTS = 2 ** 31

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
    .option(
      '--billing-slots <number>',
      `slots of a billing period (default: those of ${BILLING_DAYS} days)`,
      wholeNumber('--billing-slots', 2, MOST_SLOTS)
    )
    .option(
      '--min-readings <number>',
      'fewest readings of a household in a billing period that is summed for it (default: half the slots)',
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

/**
 * Makes the PES's partial decryption with `direct`; undefined with `reencrypt`.
 *
 * @throws SecretFileError, KeyFileError
 */
export function partialFor({ pesShare }: PesOptions): PartialDecryption | undefined {
  if (pesShare === undefined) return undefined
  if (!existsSync(pesShare)) throw new HushgridError(`--pes-share ${pesShare}: expected a file, got none there`)
  return partialOf(decodeKeyShare(readSecret(pesShare, undefined)))
}

/** Partial decryption of an aggregate by the PES. */
export type PartialDecryption = (aggregate: Ciphertext) => Uint8Array

/** Setting that a PES is started with. */
export interface PesStart extends Omit<RoleNodeInit<never>, 'network' | 'observe'> {
  readonly directory: string
  readonly network: Network
  readonly options: PesOptions
  readonly partial: PartialDecryption | undefined
  readonly concentrator: MeterId
  readonly events: ConcentratorEvents
  readonly signal: AbortSignal
}

/** Starts a PES as its options say; with `reencrypt` a thread makes obfuscators ahead. */
export async function startPesFor(start: PesStart): Promise<Pick<PesNode, 'node' | 'terms' | 'stop'>> {
  const { directory, network, options, partial, events } = start
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
    ...(partial ? {} : { obfuscators }),
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
