// Strength of each contender's cryptography, and the trust it needs. Taken from its facts, not measured.
import { HONEST_IN_SUM } from '@hushgrid/topology'
import { comparedContender } from '../contenders.ts'
import { type Combination, type Series, seriesOf } from '../results/series.ts'
import type { Table } from './table.ts'

const NIST = 'NIST SP 800-57 part 1 revision 5 (2020), table 2'

/** Gives the weakest link of a contender, in bits of security. */
export function strengthOf({ mode, bits }: Pick<Series, 'mode' | 'bits'>): string {
  return comparedContender(mode).facts.strength.weakest(bits)
}

/** Makes the table of security levels, a row for each series. */
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
    rows: seriesOf(combinations).map(({ label, mode, bits }) => {
      const { cryptography, ofEach, weakest } = comparedContender(mode).facts.strength
      return [label, cryptography(bits), ofEach(bits), weakest(bits)]
    }),
    notes: [
      `Against today's computers, after ${NIST}: factoring a modulus of 2048 bits ≈ 112, 3072 ≈ 128, 4096 between 128 and 192 (7680 is the next in the table); curves of 256 bits ≈ 128. AES-256 alone is stronger than the key agreement that its keys come from.`,
      'The links between libp2p nodes are encrypted by Noise in every mode, plain included; that protects from whoever listens, not from who receives.'
    ]
  }
}

/** Makes the table of trust, a row for each contender. */
export function trustTable(combinations: readonly Combination[]): Table {
  return {
    name: 'trust',
    title: 'Whom each mode trusts with what',
    columns: [
      { title: 'mode', align: 'left' },
      { title: 'a single reading is seen by', align: 'text' },
      { title: 'it can be learnt by', align: 'text' },
      { title: 'besides', align: 'text' }
    ],
    rows: [...Map.groupBy(combinations, ({ mode }) => mode)].map(([mode, own]) => {
      const { sees, together, besides, bears } = comparedContender(mode).facts.trust
      const degrees = [...new Set(own.flatMap(({ degree }) => degree ?? []))].sort((a, b) => a - b)
      const bounds = bears ? degrees.map(degree => `${bears(degree)} at degree ${degree}`).join(', ') : ''
      return [mode, sees, bounds === '' ? together : `${together}; it bears ${bounds}`, besides]
    }),
    notes: [
      `d is the number of a meter’s mask neighbours, f = ⌈d/2⌉, t = ⌊2d/3⌋ + 1, and h = ${HONEST_IN_SUM} the fewest honest readings in any sum that can be learnt.`,
      'No mode protects from what successive totals tell about a member that comes or goes between them, or from false readings. Research software, not audited.'
    ]
  }
}
