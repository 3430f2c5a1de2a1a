// Common parts of the DC-net's contenders: facts, roles, a run in virtual time.
import { simulate } from '@hushgrid/simulator'
import { colludersTolerated, type RecoveryMode } from '@hushgrid/topology'
import { roleProcesses } from '../../roles/runner.ts'
import type { Contender, ContenderFacts, Mark, ShownFacts, TrustFacts } from '../contender.ts'
import { homesOf } from '../simulated-homes.ts'
import { ELLIPTIC_STRENGTH } from '../strength.ts'
import { replayRun } from './replay-run.ts'
import type { roles } from './roles.ts'

/** Facts in which the contenders of the DC-net differ. */
interface OwnFacts {
  readonly name: string
  readonly title: string
  readonly recovery: RecoveryMode
  /** Modes without recovery that this contender serves too. */
  readonly alsoFor?: readonly RecoveryMode[]
  readonly hidden: string
  readonly missing: string
  readonly trust: Pick<TrustFacts, 'together' | 'besides'>
  readonly mark: Mark
}

export function ringFacts({ name, title, recovery, alsoFor = [], hidden, missing, trust, mark }: OwnFacts): ContenderFacts {
  return {
    name,
    title,
    family: 'dcnet',
    roles: ['meter', 'aggregator', 'registrar'],
    masks: true,
    descriptors: { meters: 6, roles: 2 },
    recoveries: [recovery, ...alsoFor],
    missing,
    strength: {
      cryptography: () => `${hidden}: X25519, HKDF, AES-256-CTR; signatures: Ed25519`,
      ofEach: () => `all ${ELLIPTIC_STRENGTH}`,
      weakest: () => ELLIPTIC_STRENGTH
    },
    trust: { sees: 'nobody', ...trust, bears: degree => Math.max(0, colludersTolerated(recovery, degree)) },
    marks: [mark]
  }
}

const SHOWN: ShownFacts = {
  mode: 'dcnet',
  label: 'DC-net',
  called: 'the DC-net',
  collector: 'aggregator',
  starting: 'Start registrar and aggregator',
  forms: ['masked'],
  sight: [
    { role: 'meter', plaintext: true, sees: "Its own household's reading, and nobody else's." },
    {
      role: 'aggregator',
      plaintext: false,
      sees: 'Each reading under masks, indistinguishable from noise; the masks cancel only in the sum of all, which it publishes.'
    },
    { role: 'supplier', plaintext: false, sees: 'The published total of the neighbourhood.' }
  ],
  path: [{ role: 'aggregator' }],
  oneProcess: false
}

/** The part of a contender that both have. */
export const RING = {
  shown: SHOWN,
  processes: roleProcesses<typeof roles>(new URL('./roles.ts', import.meta.url).href, async ({ start, meters }) => {
    const { address } = await start('registrar', {})
    await start('aggregator', { registrar: address })
    await start('meter', { registrar: address, ...meters })
  }),
  simulated: ({ network, seed, operations, slots, onSlot, prepare }) =>
    simulate(homesOf({ network, seed, operations }), operations, { slots, onSlot, prepare }),
  replay: replayRun
} satisfies Partial<Contender>
