// How strong each mode's cryptography is, and whom one trusts with what. Written down, not measured.
import type { ComparedMode } from '../results/compare-result.ts'
import { type Combination, type Series, seriesOf } from '../results/series.ts'
import type { Table } from './table.ts'

const NIST = 'NIST SP 800-57 part 1 revision 5 (2020), table 2'

/** Of curves of 256 bits, AES-256 keys that are agreed on them, and Ed25519. */
const CURVE_STRENGTH = 128

/** Strength of factoring a modulus, in bits of security, after the sizes that the table has. */
export function paillierStrength(bits: number): string {
  const known = [
    [1024, 80],
    [2048, 112],
    [3072, 128],
    [7680, 192],
    [15360, 256]
  ] as const
  const exact = known.find(([size]) => size === bits)
  if (exact) return `≈ ${exact[1]}`
  const below = known.findLast(([size]) => size < bits)
  const above = known.find(([size]) => size > bits)
  if (!below) return 'below 80: for tests only'
  return above ? `between ${below[1]} and ${above[1]}` : `above ${below[1]}`
}

/** The weakest link of a mode, in bits of security. */
export function strengthOf({ mode, bits }: Series): string {
  if (mode === 'plain') return 'none'
  // From 3072 bits on Paillier is no weaker than the curves that the rest stands on.
  return bits === null || bits >= 3072 ? `≈ ${CURVE_STRENGTH}` : paillierStrength(bits)
}

const ALGORITHMS: Readonly<Record<ComparedMode, (bits: string) => string>> = {
  plain: () => 'none on readings',
  dcnet: () => 'masks: X25519, HKDF, AES-256-CTR; signatures: Ed25519',
  'dcnet-double': () => 'masks and shares: X25519, HKDF, AES-256-CTR; signatures: Ed25519',
  'pes-reencrypt': bits => `readings: AES-256-GCM, its key by RSA-OAEP of 3072 bits; sums: Paillier of ${bits} bits; signatures: Ed25519`,
  'pes-direct': bits => `readings and sums: threshold Paillier, 2 of 2, of ${bits} bits; signatures: Ed25519`
}

const STRENGTHS: Readonly<Record<ComparedMode, (bits: number | null) => string>> = {
  plain: () => '–',
  dcnet: () => 'all ≈ 128',
  'dcnet-double': () => 'all ≈ 128',
  'pes-reencrypt': bits => `RSA and Ed25519 ≈ 128, Paillier ${bits === null ? '–' : paillierStrength(bits)}`,
  'pes-direct': bits => `Ed25519 ≈ 128, Paillier ${bits === null ? '–' : paillierStrength(bits)}`
}

/** Security levels, a row a series. */
export function securityTable(combinations: readonly Combination[]): Table {
  return {
    name: 'security',
    title: 'Security levels',
    columns: [
      { title: 'mode', align: 'left' },
      { title: 'cryptography', align: 'text' },
      { title: 'strength of each', unit: 'bits', align: 'text' },
      { title: 'weakest', unit: 'bits', align: 'left' }
    ],
    rows: seriesOf(combinations).map(series => [
      series.label,
      ALGORITHMS[series.mode](String(series.bits ?? '–')),
      STRENGTHS[series.mode](series.bits),
      strengthOf(series)
    ]),
    notes: [
      `Against today's computers, after ${NIST}: factoring a modulus of 2048 bits ≈ 112, 3072 ≈ 128, 4096 between 128 and 192 (7680 is the next in the table); curves of 256 bits ≈ 128. AES-256 alone is stronger than the key agreement that its keys come from.`,
      'The links between libp2p nodes are encrypted by Noise in every mode, plain included; that protects from whoever listens, not from who receives.'
    ]
  }
}

/** The fewest honest readings in any sum that can be learnt. */
const HONEST = 3

/** Neighbours of a meter that may collude with the aggregator, README, "Which recovery mode". */
export function bearableCollusion(mode: 'dcnet' | 'dcnet-double', degree: number): number {
  const bearable = mode === 'dcnet' ? Math.ceil(degree / 2) - HONEST + 1 : 2 * (Math.floor((2 * degree) / 3) + 1) - degree - HONEST + 1
  return Math.max(0, bearable)
}

interface Trust {
  readonly sees: string
  readonly together: string
  readonly besides: string
}

const NO_REGISTRAR = 'whoever runs the concentrator decides which meters are in, and may invent some to single one out'

const TRUST: Readonly<Record<ComparedMode, Trust>> = {
  plain: {
    sees: 'the aggregator, every one',
    together: 'the aggregator alone',
    besides: 'whoever has the aggregator has the household: this is the floor of the comparison, not a proposal'
  },
  dcnet: {
    sees: 'nobody',
    together: 'the aggregator with more than f − h + 1 of a meter’s d mask neighbours, those out of contact counted in',
    besides:
      'trusted to follow the protocol, or to fear being caught, is the aggregator: a meter that is cut off once it has submitted is exposed to one that hides its submission; trusted not to collude with the aggregator is the registrar'
  },
  'dcnet-double': {
    sees: 'nobody',
    together: 'the aggregator with more than 2t − d − h + 1 of a meter’s d mask neighbours',
    besides: 'trusted not to collude with the aggregator is the registrar; the aggregator itself may lie, delay and hide'
  },
  'pes-reencrypt': {
    sees: 'the PES, every one, for a moment',
    together: 'the PES alone, if its operator looks; PES and supplier together know everything',
    besides: `nothing but its operator’s word keeps the PES from looking; ${NO_REGISTRAR}`
  },
  'pes-direct': {
    sees: 'nobody',
    together: 'PES and supplier, who must not collude; or the dealer of the key, who must forget it',
    besides: `the PES gives its part of a decryption for sums of enough readings only; ${NO_REGISTRAR}`
  }
}

/** Whom each mode trusts with what, a row a mode. */
export function trustTable(combinations: readonly Combination[]): Table {
  const modes = [...Map.groupBy(combinations, ({ mode }) => mode)]
  return {
    name: 'trust',
    title: 'Whom each mode trusts with what',
    columns: [
      { title: 'mode', align: 'left' },
      { title: 'a single reading is seen by', align: 'text' },
      { title: 'it can be learnt by', align: 'text' },
      { title: 'besides', align: 'text' }
    ],
    rows: modes.map(([mode, own]) => {
      const { sees, together, besides } = TRUST[mode]
      const degrees = [...new Set(own.flatMap(({ degree }) => degree ?? []))].sort((a, b) => a - b)
      const bounds =
        mode === 'dcnet' || mode === 'dcnet-double'
          ? degrees.map(degree => `${bearableCollusion(mode, degree)} at degree ${degree}`).join(', ')
          : ''
      return [mode, sees, bounds === '' ? together : `${together}; it bears ${bounds}`, besides]
    }),
    notes: [
      `d is the number of a meter’s mask neighbours, f = ⌈d/2⌉, t = ⌊2d/3⌋ + 1, and h = ${HONEST} the fewest honest readings in any sum that can be learnt.`,
      'No mode protects from what successive totals tell about a member that comes or goes between them, or from false readings. Research software, not audited.'
    ]
  }
}
