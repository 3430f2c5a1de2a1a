// Common parts of both variants of the path by concentrator and PES: facts, roles, and the order of their start.
import { ConcentratorStore } from '@hushgrid/node-concentrator'
import type { PesVariantName } from '@hushgrid/pes'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { simulatePes } from '@hushgrid/simulator'
import { type RoleProcesses, roleProcesses } from '../../roles/runner.ts'
import type { Contender, ContenderFacts, ShownFacts, Sight } from '../contender.ts'
import { homesOf } from '../simulated-homes.ts'
import { paillierStrength, weakestWithPaillier } from '../strength.ts'
import { PesNeighbourhood } from './neighbourhood.ts'
import { replayPes } from './replay-run.ts'
import type { roles } from './roles.ts'
import { DEFAULT_BITS, dealShares, labLimits, PES_ROUNDS, virtualKeys } from './terms.ts'

/** Word on who is in, on both paths. */
export const NO_REGISTRAR =
  'the dealer signs which meters are in; in a lab, without a list, whoever runs the concentrator may invent some to single one out'

/** Facts in which the variants differ. */
interface OwnFacts extends Pick<ContenderFacts, 'title' | 'trust' | 'marks'>, Pick<ShownFacts, 'label' | 'forms'> {
  readonly variant: PesVariantName
  readonly slowWhenLong: boolean
  readonly cryptography: (bits: string) => string
  /** Cryptography beside Paillier. */
  readonly curves: string
  /** Views of all roles but the meter. */
  readonly sight: readonly Sight[]
  /** Work of the PES on readings, in a few words. */
  readonly pesDoes: string
}

/** Makes a contender of a variant. */
export function pesContender(own: OwnFacts): Contender {
  const { variant, title, slowWhenLong, cryptography, curves, trust, marks } = own
  return {
    facts: {
      name: `pes-${variant}`,
      title,
      family: 'pes',
      roles: ['meter', 'concentrator', 'pes', 'supplier'],
      masks: false,
      descriptors: { meters: 3, roles: 1 },
      key: { bits: DEFAULT_BITS, slowWhenLong },
      missing: 'the concentrator closes the slot without it, and the sum is over those who are there',
      strength: {
        cryptography: bits => cryptography(String(bits ?? '–')),
        ofEach: bits => `${curves} ≈ 128, Paillier ${bits === null ? '–' : paillierStrength(bits)}`,
        weakest: weakestWithPaillier
      },
      trust,
      marks
    },
    shown: shownFacts(own),
    replay: replayPes,
    simulated: ({ network, seed, operations, slots, onSlot, prepare, bits = DEFAULT_BITS }) => {
      const homes = homesOf({ network, seed, operations })
      return simulatePes(
        variant,
        { ...homes, keys: virtualKeys(bits), billing: labLimits(network) },
        { plan: operations, slots, onSlot, prepare }
      )
    },
    live: options => new PesNeighbourhood(options, { variant, bits: options.bits ?? DEFAULT_BITS }),
    processes: pesProcesses(variant)
  }
}

function shownFacts({ variant, label, forms, sight, pesDoes }: OwnFacts): ShownFacts {
  return {
    mode: 'pes',
    variant,
    label,
    called: `concentrator and PES (${variant})`,
    collector: 'concentrator',
    starting: 'Start supplier, PES and concentrator',
    forms,
    sight: [{ role: 'meter', plaintext: true, sees: "Its own household's reading, and nobody else's." }, ...sight],
    path: [
      { role: 'concentrator', passesOn: 'each ciphertext' },
      { role: 'pes', does: pesDoes, passesOn: 'encrypted sum' },
      { role: 'supplier' }
    ],
    oneProcess: true,
    notAskedTwice: 'With the PES there are no masks to ask for: this attack is one on the DC-net.'
  }
}

function pesProcesses(variant: PesVariantName): RoleProcesses {
  const made = roleProcesses<typeof roles>(new URL('./roles.ts', import.meta.url).href, async ({ start, meters, folder, options }) => {
    const bits = options.bits ?? DEFAULT_BITS
    const shares = variant === 'direct' ? dealShares(options, bits) : undefined
    const dealer = shares?.dealer
    const supplier = await start('supplier', { bits, ...(shares && { share: shares.supplier, dealer }) })
    const store = ConcentratorStore.open(folder('concentrator'), systemRng, false)
    const concentratorKey = store.identity.id
    store.close()
    const pes = await start('pes', {
      variant,
      limits: labLimits(options.network),
      supplier: supplier.address,
      concentratorKey,
      ...(shares && { share: shares.pes, dealer })
    })
    const { address } = await start('concentrator', { pes: pes.address, supplier: supplier.address, dealer })
    const [pesKey, supplierKey] = [pes.id, supplier.id]
    if (!pesKey || !supplierKey) throw new HushgridError('PES and supplier: expected their keys')
    await start('meter', { concentrator: address, pesKey, supplierKey, dealer, ...meters })
  })
  return { ...made, rounds: PES_ROUNDS }
}
